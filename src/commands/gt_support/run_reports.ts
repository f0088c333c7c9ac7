import { resolve } from "node:path";
import type { Context } from "../../cli/command.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import type { StepRecord } from "../../molecules/machine/run.ts";
import { stepAt } from "../../molecules/engine/journal/step_at.ts";
import type { Ports } from "../../ports/ports.ts";
import { junitText, summaryText } from "../../ui/run_ci.ts";
import type { PrintedSteps } from "./printed_steps.ts";

/** Which reports a run leaves behind. */
export interface ReportOptions {
  /** Annotations of GitHub, all output in groups, a summary of the job. */
  ci: boolean;
  /** Where a JUnit report goes. */
  junit?: string;
}

/** The reports that a call asks for. */
export function reportsOf({ flags }: Context): ReportOptions {
  const junit = flags.junit as string | undefined;
  return { ci: flags.ci === true, ...(junit === undefined ? {} : { junit }) };
}

/** Lines of what a failed step printed that are shown with it. */
export const TAIL_LINES = 20;

/** Finds out whether the reports can be written, before anything is run for them. @throws {CommandError} */
export function refuseReports(ports: Ports, options: ReportOptions): void {
  const { files } = ports;
  for (const path of Object.values(pathsOf(ports, options))) {
    const isNew = !files.exists(path);
    files.appendText(path, "");
    if (isNew) files.remove(path);
  }
}

/** Writes the reports of a run that has ended. @throws {CommandError} */
export function leaveReports(
  ports: Ports,
  { open, printed, ...options }: ReportOptions & { open: OpenRun; printed: PrintedSteps },
): void {
  const { summary, junit } = pathsOf(ports, options);
  const now = ports.clock.now();
  if (summary !== undefined) ports.files.appendText(summary, summaryText(open, now));
  if (junit === undefined) return;
  const tail = ({ id }: { id: string; record: StepRecord }) =>
    printed(open, { step: stepAt(open, id), most: TAIL_LINES });
  ports.files.writeText(junit, junitText(open, { now, tail }));
}

function pathsOf({ env }: Ports, { ci, junit }: ReportOptions): { summary?: string; junit?: string } {
  const summary = ci ? env.get("GITHUB_STEP_SUMMARY") : undefined;
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(junit === undefined ? {} : { junit: resolve(env.cwd(), junit) }),
  };
}
