import { CommandError } from "../../../lib/errors.ts";
import type { Definition, StepAction, StepDefinition } from "../../definition.ts";
import { boundsAgents } from "../steps/spending.ts";

/** Refuses a molecule that cannot be run here before it begins: what it needs is not there. @throws {CommandError} `not_run`. */
export function refuseNotRun(
  definition: Definition,
  { hasTown, hasBead }: { hasTown: boolean; hasBead: boolean },
): void {
  const { name, source, readsBead } = definition;
  const refuse = (what: string, ...hints: string[]) => {
    throw new CommandError("refused", `Cannot run molecule "${name}": ${what}`, { code: "not_run", hints });
  };
  if (
    boundsAgents(definition.budget) && !hasTown && definition.steps.some(({ action }) => hasAgents(action))
  ) {
    refuse("it has a budget for agents, which needs a town");
  }
  if (readsBead && !hasBead) {
    const { file = source, line, column } = readsBead;
    refuse(
      `the bead that it is for is read at ${file}:${line}:${column}, and none is named`,
      "Name one: --bead ID",
      `Work a bead by it: gt sling BEAD RIG --molecule ${name}`,
    );
  }
  for (const step of [...definition.steps, ...definition.onFailure, ...definition.finally]) {
    const { id, action: { kind } } = step;
    if (!Object.hasOwn(KINDS, kind)) {
      refuse(`step "${id}" is of a kind that this version of the program does not know: ${kind}`);
    }
    const alone = hasTown ? undefined : needOfTown(step);
    if (alone) refuse(`step "${step.id}" ${alone}, which needs a town`);
  }
}

/** Every kind of step; a newer version that began the run may know others. */
const KINDS: Readonly<Record<StepAction["kind"], true>> = {
  run: true,
  prompt: true,
  gate: true,
  molecule: true,
  convoy: true,
  checklist: true,
};

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
