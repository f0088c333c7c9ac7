import type { Language } from "../engine/steps/language.ts";
import type { OpenRun } from "../engine/journal/run_log.ts";
import { type StepAt, stepAt } from "../engine/journal/step_at.ts";
import type { Scope } from "../expressions/evaluate.ts";

/** The groups of steps of a run that is played, each with the attempts that have got a place in it. */
export type Groups = Map<string, { id: string; attempt: number }[]>;

/** Takes a place for a step's next attempt in its group; false when all are taken. @throws {ExpressionError} */
export function takesPlace(
  groups: Groups,
  { open, step, language, scope }: { open: OpenRun; step: StepAt; language: Language; scope: Scope },
): boolean {
  const { definition: { concurrency }, id, attempt } = step;
  if (!concurrency) return true;
  const group = language.fill(concurrency.group, scope).trim();
  const taken = (groups.get(group) ?? []).filter((one) => {
    const { record, attempt } = stepAt(open, one.id);
    return attempt === one.attempt && (record.status === "running" || record.status === "waiting");
  });
  groups.set(group, taken);
  if (taken.length >= concurrency.limit) return false;
  taken.push({ id, attempt: attempt + 1 });
  return true;
}
