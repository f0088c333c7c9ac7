import type { Draft, DraftStep } from "../draft.ts";
import type { StepReports } from "./step_reports.ts";

/**
 * Steps among commands that do nothing themselves, and wait until somebody closes them: mostly their `run` was forgotten.
 *
 * What says more of itself than its title is meant so, and so are the steps of a molecule in which commands are fewer than
 * what somebody does; a failure or the end waits for nobody without saying for what.
 */
export function checkItems({ steps }: Draft, reports: StepReports): void {
  const main = steps.filter(isMain);
  const countOf = (...kinds: string[]) => main.filter(({ step }) => kinds.includes(step.action.kind)).length;
  const commands = countOf("run");
  if (commands === 0) return;
  const isChecklist = countOf("checklist", "prompt") > commands;
  for (const each of steps) {
    if (!isBare(each) || isChecklist && isMain(each)) continue;
    const message = `"${each.step.id}" waits until somebody closes it; forgot run: or prompt:? ` +
      "One that is meant so says in acceptance: when it is finished";
    reports(each).warning(each.idPlace, { rule: "checklist", message });
  }
}

function isMain({ list, handles }: DraftStep): boolean {
  return list === "steps" && handles === undefined;
}

function isBare({ step: { action, description, acceptance, outputs } }: DraftStep): boolean {
  return action.kind === "checklist" && !description && !acceptance && outputs.length === 0;
}
