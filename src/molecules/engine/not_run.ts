import { CommandError } from "../../lib/errors.ts";
import type { Definition, StepDefinition } from "../definition.ts";

/** Kinds and modifiers that no driver carries out yet: a molecule with one is refused before it begins. */
export function refuseNotRun(definition: Definition, { hasTown }: { hasTown: boolean }): void {
  const refuse = (what: string) => {
    throw new CommandError("refused", `Cannot run molecule "${definition.name}": ${what}`, {
      code: "not_run",
    });
  };
  if (definition.budget) refuse("its budget is not kept by this version");
  for (const step of [...definition.steps, ...definition.onFailure, ...definition.finally]) {
    if (step.budget) refuse(`the budget of step "${step.id}" is not kept by this version`);
    if (step.cache) refuse(`the cache of step "${step.id}" is not kept by this version`);
    const alone = hasTown ? undefined : needOfTown(step);
    if (alone) refuse(`step "${step.id}" ${alone}, which needs a town`);
  }
}

/** What of a step can only be done in a town. */
function needOfTown({ action }: StepDefinition): string | undefined {
  if (action.kind === "convoy") return "dispatches a convoy";
  if (action.kind !== "gate") return undefined;
  if (action.gate.condition.type === "mail") return "waits for mail";
  return action.gate.escalate ? "tells somebody when it has waited too long" : undefined;
}
