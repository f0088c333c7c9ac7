import type { OpenRun } from "../molecules/engine/journal/run_log.ts";
import type { StepRecord } from "../molecules/machine/run.ts";
import { recordAt } from "../molecules/machine/step_list.ts";
import { stepName } from "./step_name.ts";

/** A step as reports tell of it. */
export interface ReportStep {
  /** As `stepName` gives it; `k › build` for a step of the run that is the work of step `k`. */
  name: string;
  id: string;
  /** The run that it is a step of. */
  open: OpenRun;
  record: StepRecord;
  /** Whether its failure, or that of a step around it, is none of the run. */
  allowFailure: boolean;
}

/** The run that is the work of a step, as its record says it; undefined where there is none. */
export type NestedRuns = (record: StepRecord) => OpenRun | undefined;

/** Every step of a run, every element of its fan-outs, and the steps of runs nested in it, in order. */
export function reportSteps(open: OpenRun, nested: NestedRuns): ReportStep[] {
  return stepsIn(open, { nested, prefix: "", allowFailure: false });
}

function stepsIn(
  open: OpenRun,
  around: { nested: NestedRuns; prefix: string; allowFailure: boolean },
): ReportStep[] {
  const { rules, run } = open;
  const { nested, prefix } = around;
  return rules.steps.flatMap(({ index, id, definition }) => {
    const allowFailure = around.allowFailure || definition.allowFailure;
    const told = (id: string, record: StepRecord): ReportStep[] => {
      const name = prefix + stepName(id, record);
      const inner = definition.action.kind === "molecule" ? nested(record) : undefined;
      const below = inner ? stepsIn(inner, { nested, prefix: `${name} › `, allowFailure }) : [];
      return [{ name, id, open, record, allowFailure }, ...below];
    };
    const record = recordAt(run.steps, index);
    const { first, count = 0 } = record;
    if (first === undefined) return told(id, record);
    return Array.from({ length: count }, (_, at) => told(`${id}[${at}]`, recordAt(run.steps, first + at)))
      .flat();
  });
}

/** What a report says of a step; a failure that is allowed must not turn it red. */
export function verdict(
  { record: { status }, allowFailure }: Pick<ReportStep, "record" | "allowFailure">,
): "passed" | "failed" | "skipped" {
  if (status === "succeeded") return "passed";
  return status === "failed" && !allowFailure ? "failed" : "skipped";
}
