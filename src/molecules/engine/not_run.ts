import { CommandError } from "../../lib/errors.ts";
import type { Definition, StepDefinition } from "../definition.ts";
import { boundsAgents } from "./spending.ts";

/** Kinds and modifiers that no driver carries out yet: a molecule with one is refused before it begins. */
export function refuseNotRun(definition: Definition, { hasTown }: { hasTown: boolean }): void {
  const { name } = definition;
  const refuse = (what: string, ...hints: string[]) => {
    throw new CommandError("refused", `Cannot run molecule "${name}": ${what}`, { code: "not_run", hints });
  };
  if (
    boundsAgents(definition.budget) && !hasTown && definition.steps.some(({ action }) => hasAgents(action))
  ) {
    refuse("it has a budget for agents, which needs a town");
  }
  for (const step of [...definition.steps, ...definition.onFailure, ...definition.finally]) {
    if (readsBead(step)) {
      const hint = `Work a bead by it: gt sling BEAD RIG --molecule ${name}`;
      refuse(`step "${step.id}" reads the bead that it is worked for, and a run has none`, hint);
    }
    const alone = hasTown ? undefined : needOfTown(step);
    if (alone) refuse(`step "${step.id}" ${alone}, which needs a town`);
  }
}

function hasAgents({ kind }: StepDefinition["action"]): boolean {
  return kind === "prompt" || kind === "molecule";
}

/** What of a step can only be done in a town. */
function needOfTown({ action, budget }: StepDefinition): string | undefined {
  if (boundsAgents(budget)) return "has a budget for its agent";
  if (action.kind === "convoy") return "dispatches a convoy";
  if (action.kind !== "gate") return undefined;
  if (action.gate.condition.type === "mail") return "waits for mail";
  return action.gate.escalate ? "tells somebody when it has waited too long" : undefined;
}

/** Whether an expression of a step reads `bead`, which only a checklist has. */
function readsBead(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(readsBead);
  if (value === null || typeof value !== "object") return false;
  const { text, source } = value as { text?: unknown; source?: unknown };
  if (typeof source === "string" && BEAD.test(source)) return true;
  const inserted = typeof text === "string" ? [...text.matchAll(/\{\{(.*?)\}\}/gs)] : [];
  return inserted.some(([, expression]) => BEAD.test(expression!)) || Object.values(value).some(readsBead);
}

const BEAD = /(?<![\w.])bead\s*\./;
