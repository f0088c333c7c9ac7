import { resolve } from "node:path";
import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { type OpenRun, readRun } from "../../molecules/engine/journal/run_log.ts";
import { stepAt } from "../../molecules/engine/journal/step_at.ts";
import type { Ports } from "../../ports/ports.ts";
import { MOST_SUMMARY, summaryText } from "../../ui/job_summary.ts";
import { endlessText, junitText } from "../../ui/junit.ts";
import type { NestedRuns, ReportStep } from "../../ui/report_steps.ts";
import type { PrintedSteps } from "./printed_steps.ts";

/** Which reports a run leaves behind. */
export interface ReportOptions {
  /** Annotations of GitHub, all output in groups, a summary of the job. */
  ci: boolean;
  /** Where a JUnit report goes. */
  junit?: string;
}

/** Stands for standard output where the path of a report is asked for. */
const OUTPUT = "-";

/** The reports that a call asks for. @throws {CommandError} `report_mixed` where one would stand among other lines. */
export function reportsOf({ flags, out }: Context): ReportOptions {
  const junit = flags.junit as string | undefined;
  if (junit === OUTPUT && (out.json || !out.quiet)) {
    throw new CommandError(
      "usage",
      "Cannot write the JUnit report to standard output: there is more to be printed",
      { code: "report_mixed", hints: ["Nothing else is, with --quiet", "In a file: --junit report.xml"] },
    );
  }
  return { ci: flags.ci === true, ...(junit === undefined ? {} : { junit }) };
}

/** Lines of what a failed step printed that are shown with it. */
export const TAIL_LINES = 20;

/** Finds out whether the reports can be written, before anything is run for them. @throws {CommandError} */
export function refuseReports(ports: Ports, options: ReportOptions): void {
  const { files } = ports;
  for (const path of Object.values(pathsOf(ports, options))) {
    const isNew = files.kind(path) === undefined;
    files.appendText(path, "");
    if (isNew) files.remove(path);
  }
}

/** Writes the reports of a run that has ended. @throws {CommandError} */
export function leaveReports(
  ports: Ports,
  { open, printed, ledger, ...options }: ReportOptions & {
    open: OpenRun;
    printed: PrintedSteps;
    ledger: Pick<Ledger, "view">;
  },
): void {
  const { summary } = pathsOf(ports, options);
  const now = ports.clock.now();
  const nested: NestedRuns = ({ bead }) => {
    const key = bead === undefined ? undefined : ledger.view.beadById(bead)?.key;
    return key && readRun(ledger.view, key);
  };
  if (summary !== undefined) {
    // What others have added in the same step of the job counts as well.
    const room = MOST_SUMMARY - (ports.files.stat(summary)?.size ?? 0);
    ports.files.appendText(summary, summaryText(open, { now, nested, room }));
  }
  if (options.junit === undefined) return;
  const tail = ({ open, id }: ReportStep) => printed(open, { step: stepAt(open, id), most: TAIL_LINES });
  writeJunit(ports, { junit: options.junit, text: junitText(open, { now, nested, tail }) });
}

/** Where a run has come to no end, a JUnit report of an earlier one does not stay: one says why. @throws {CommandError} */
export function leaveNoEarlier(
  ports: Ports,
  { junit, name, message, hints = [] }: Pick<ReportOptions, "junit"> & {
    /** Of its molecule, or of what stands for it. */
    name: string;
    message: string;
    hints?: readonly string[];
  },
): void {
  if (junit !== undefined) writeJunit(ports, { junit, text: endlessText({ name, message, hints }) });
}

function writeJunit(ports: Ports, { junit, text }: { junit: string; text: string }): void {
  const { junit: path } = pathsOf(ports, { ci: false, junit });
  if (path === undefined) ports.terminal.write(text);
  else ports.files.writeText(path, text);
}

function pathsOf({ env }: Ports, { ci, junit }: ReportOptions): { summary?: string; junit?: string } {
  const summary = ci ? env.get("GITHUB_STEP_SUMMARY") : undefined;
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(junit === undefined || junit === OUTPUT ? {} : { junit: resolve(env.cwd(), junit) }),
  };
}
