import type { DraftStep } from "../draft.ts";
import type { Report } from "../problem.ts";

/** What problems of a step are put into. */
export type StepReports = (each: DraftStep) => Report;

/** Reports of steps in which a mistake of an aspect is said once, at its place, however many steps the aspect is around. */
export function reportsOf(report: Report): StepReports {
  /** The step of which each place was spoken first, by place and rule. */
  const first = new Map<string, string>();
  return ({ inAspect, step: { id } }) => {
    if (!inAspect) return report;
    const once = (add: Report["error"]): Report["error"] => (place, problem) => {
      const key = `${place.file ?? ""}:${place.line}:${place.column} ${problem.rule}`;
      const known = first.get(key);
      if (known !== undefined && known !== id) return;
      first.set(key, id);
      add(place, problem);
    };
    return { problems: report.problems, error: once(report.error), warning: once(report.warning) };
  };
}
