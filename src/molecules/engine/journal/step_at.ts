import type { StepDefinition } from "../../definition.ts";
import type { RunRules } from "../../machine/rules.ts";
import type { RunState, StepRecord } from "../../machine/run.ts";
import { recordAt } from "../../machine/step_list.ts";
import { stepNumber } from "../../machine/step_number.ts";

/** A step at a moment of a run, as those that carry it out see it. */
export interface StepAt {
  /** `build`, or `build[2]` for an element of a fan-out. */
  id: string;
  index: number;
  definition: StepDefinition;
  record: StepRecord;
  attempt: number;
  /** Whether it is one of those that a fan-out was spread into. */
  isElement: boolean;
}

/** A step of a run by its id. */
export function stepAt({ rules, run }: { rules: RunRules; run: RunState }, id: string): StepAt {
  const index = stepNumber(rules, { steps: run.steps, step: id });
  if (index === undefined) throw new Error(`there is no step "${id}"`);
  const record = recordAt(run.steps, index);
  const { definition } = rules.steps[record.of ?? index]!;
  return { id, index, definition, record, attempt: record.attempt, isElement: record.of !== undefined };
}

/** The name of a run that no renaming of its bead changes. */
export function runName(key: string): string {
  return key.slice(0, key.lastIndexOf("@"));
}

/** What tells an attempt apart from all others, of all runs: `<run>/<step>/<attempt>`. */
export function stepKey(
  open: { key: string },
  { id, attempt }: { id: string; attempt: number },
): string {
  return `${runName(open.key)}/${id}/${attempt}`;
}
