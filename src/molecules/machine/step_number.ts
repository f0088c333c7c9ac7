import type { RunRules } from "./rules.ts";
import type { StepRecord } from "./run.ts";
import { recordAt, type StepList } from "./step_list.ts";

/** The number of a step by its id, `build[2]` for an element of a fan-out; undefined where there is none. */
export function stepNumber(
  rules: RunRules,
  { steps, step }: { steps: Pick<StepList<StepRecord>, "chunks">; step: string },
): number | undefined {
  const own = rules.byId.get(step);
  if (own !== undefined || !step.endsWith("]")) return own;
  const element = /^(.*)\[(\d+)\]$/.exec(step);
  const group = element ? rules.byId.get(element[1]!) : undefined;
  if (group === undefined) return undefined;
  const { first, count = 0 } = recordAt(steps, group);
  const place = Number(element![2]);
  return first === undefined || place >= count ? undefined : first + place;
}

/** The id of a step by its number: `build`, `build[2]`. */
export function stepId(
  rules: RunRules,
  { run, index }: { run: { steps: Pick<StepList<StepRecord>, "chunks"> }; index: number },
): string {
  const own = rules.steps[index];
  if (own) return own.id;
  const of = recordAt(run.steps, index).of!;
  return `${rules.steps[of]!.id}[${index - recordAt(run.steps, of).first!}]`;
}
