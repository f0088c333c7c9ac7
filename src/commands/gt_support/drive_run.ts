import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import { present } from "../../lib/present.ts";
import type { BeadKey, Ledger } from "../../ledger/ledger.ts";
import { driveHere, type EngineDeps } from "../../molecules/engine/engine.ts";
import type { Holder } from "../../molecules/engine/driver/lease.ts";
import { runElsewhere } from "../../molecules/engine/journal/elsewhere.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import type { Ports } from "../../ports/ports.ts";
import {
  createRunLines,
  createRunTree,
  endLines,
  type ReportDeps,
  type RunReport,
} from "../../ui/run_report.ts";
import { runShape } from "../../ui/run_view.ts";
import { createWaits } from "./group_waits.ts";
import { createPrintedSteps, type PrintedSteps } from "./printed_steps.ts";
import { leaveNoEarlier, leaveReports, type ReportOptions, TAIL_LINES } from "./run_reports.ts";
import { hintsHere } from "./runs.ts";
import { type CiTeller, createCiTeller } from "./tell_ci.ts";
import { tellingRefusal } from "./tell_refusal.ts";

/** How a run is followed while it is driven here. */
export interface FollowOptions extends ReportOptions {
  key: BeadKey;
  jobs: number;
  force: boolean;
  /** The right to drive it was taken. */
  taken?(): void;
  /** Take nothing from earlier runs. */
  fresh?: boolean;
}

/** Drives a run here and shows it; returns the exit code. @throws {CommandError} `run_held` when somebody else drives it. */
export async function driveAndShow(
  context: Context,
  deps: EngineDeps,
  options: FollowOptions,
): Promise<number> {
  const { ports, out } = context;
  const stop = new AbortController();
  ports.processes.onStop(() => stop.abort(), { hurries: true });
  ports.terminal.outlastReader(stop.signal);
  const printed = createPrintedSteps(deps);
  const ci = options.ci && !out.json && !out.quiet ? createCiTeller(context, printed) : undefined;
  const report = reportFor(context, { printed, ci, ledger: deps.ledger });
  const { open, kind } = await tellingRefusal(
    context,
    options,
    () => drive(context, deps, { ...options, report, signal: stop.signal }),
  );
  out.result(runShape(open, ports.clock.now()));
  if (kind === "interrupted") {
    const id = runName(options.key);
    const message = `${id} interrupted; it goes on with: gt mol resume ${id}`;
    out.line(`${out.style.yellow("‖")} ${message}`);
    leaveNoEarlier(ports, { ...options, name: open.begun.definition.name, message });
    return 130;
  }
  for (const line of endLines(out.style, open)) {
    if (out.quiet && !out.json && open.run.status !== "succeeded") ports.terminal.writeError(`${line}\n`);
    else out.line(line);
  }
  ci?.over(open);
  leaveReports(ports, { ...options, open, printed, ledger: deps.ledger });
  return open.run.status === "succeeded" ? 0 : 1;
}

/** Drives a run to its end, or until it is interrupted. @throws {CommandError} where somebody else drives it. */
async function drive(
  context: Context,
  deps: EngineDeps,
  { report, signal, ...options }: FollowOptions & { report: RunReport; signal: AbortSignal },
): Promise<{ open: OpenRun; kind: "ended" | "interrupted" }> {
  const { ports, actor } = context;
  const driven = await driveHere(deps, {
    key: options.key,
    by: actor,
    jobs: options.jobs,
    force: options.force,
    fresh: options.fresh === true,
    signal,
    changed: report.changed,
    mayBegin: () => ports.terminal.unread() < MOST_UNREAD,
    ...present({ taken: options.taken }),
  }).finally(() => report.end());
  const id = runName(options.key);
  switch (driven.kind) {
    case "held":
      throw held(ports, id, driven.holder);
    case "elsewhere":
      throw runElsewhere(options, { verb: "drive", by: driven.by });
    case "lost":
      throw lost(id);
    default:
      return { open: driven.open, kind: driven.kind };
  }
}

/** How much what was told may be ahead of its reader before no more steps begin, in bytes. */
const MOST_UNREAD = 8 * 1024 * 1024;

function reportFor(
  context: Context,
  { printed, ledger, ci }: { printed: PrintedSteps; ledger: Ledger; ci: CiTeller | undefined },
): RunReport {
  const { ports, out } = context;
  if (out.json || out.quiet) return { changed() {}, end() {} };
  const report: ReportDeps = {
    ports,
    style: out.style,
    line: (text) => out.line(text),
    tail: (open, step) => printed(open, { step, most: TAIL_LINES }),
    hints: hintsHere(context, ledger),
    waits: createWaits({ ports, ledger }),
    asked: (bead) => ledger.view.beadById(bead)?.description,
  };
  if (ports.terminal.canDraw && !ci) return createRunTree(report);
  if (!ci) return createRunLines(report);
  return createRunLines({ ...report, tail: () => [] }, ci);
}

function held({ clock }: Ports, id: string, { by, pid, at }: Holder): CommandError {
  const age = Math.round((clock.now() - at) / 1_000);
  return new CommandError("refused", `Cannot drive run "${id}": ${by} does, in process ${pid}`, {
    code: "run_held",
    hints: [
      `Follow it: gt mol status ${id} --watch`,
      `It showed ${age}s ago that it lives; take the run from it all the same: gt mol resume ${id} --take-over`,
    ],
  });
}

function lost(id: string): CommandError {
  return new CommandError("refused", `Cannot go on with run "${id}": another driver has taken it`, {
    code: "run_lost",
    hints: [`Follow it: gt mol status ${id} --watch`],
  });
}
