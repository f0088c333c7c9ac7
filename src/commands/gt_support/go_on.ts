import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import { present } from "../../lib/present.ts";
import type { Bead, Ledger } from "../../ledger/ledger.ts";
import { type EngineDeps, refuseNotDriven } from "../../molecules/engine/engine.ts";
import { forgetDead, type Holder, holderOf } from "../../molecules/engine/driver/lease.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { type SteeringEvent, steerRun } from "../../molecules/engine/journal/steer.ts";
import { summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { endLines } from "../../ui/run_report.ts";
import { runShape } from "../../ui/run_view.ts";
import { openHere } from "../bd_support/ledger.ts";
import { driveAndShow } from "./drive_run.ts";
import { jobsOf } from "../../molecules/engine/driver/jobs.ts";
import { createPrintedSteps } from "./printed_steps.ts";
import { leaveReports, refuseReports, reportsOf } from "./run_reports.ts";
import { engineHere, findRunBead, openOf } from "./runs.ts";
import { tellingRefusal } from "./tell_refusal.ts";
import { stewardNoteHere } from "./steward_note.ts";

/** The run that a command is about, in the ledger of the place. @throws {CommandError} `run_not_found`, `invalid_jobs`, or for a report that cannot be written. */
export async function withRun<T>(
  context: Context,
  use: (found: { ledger: Ledger; bead: Bead; open: OpenRun }) => T | Promise<T>,
): Promise<T> {
  return await withRunBead(
    context,
    async ({ ledger, bead }) => {
      const open = await tellingRefusal(context, reportsOf(context), () => openOf(ledger.view, bead));
      return await use({ ledger, bead, open });
    },
  );
}

/** The bead of the run that a command is about, for one that reads of the run what it needs. @throws {CommandError} as {@linkcode withRun}. */
export async function withRunBead<T>(
  context: Context,
  use: (found: { ledger: Ledger; bead: Bead }) => T | Promise<T>,
): Promise<T> {
  jobsOf(context.flags.jobs as number | undefined);
  const reports = reportsOf(context);
  refuseReports(context.ports, reports);
  const ledger = await tellingRefusal(context, reports, () => openHere(context));
  try {
    const name = context.args.run as string | undefined;
    const bead = await tellingRefusal(context, reports, () => findRunBead(ledger.view, name));
    return await use({ ledger, bead });
  } finally {
    for (const warning of ledger.warnings()) context.out.note(`warning: ${warning}`);
    ledger.close();
  }
}

/** Refuses a run whose steps a digest stands for: it would not tell the truth any more. @throws {CommandError} `squashed`. */
export function refuseSquashed(verb: "retry" | "upgrade", bead: Bead): void {
  const digest = bead.metadata.squashed;
  if (typeof digest !== "string") return;
  throw new CommandError(
    "refused",
    `Cannot ${verb} run "${runName(bead.key)}": it was squashed into ${digest}`,
    {
      code: "squashed",
      hints: [`bd show ${digest}`, `Begin another: gt mol run ${summaryOf(bead)!.molecule}`],
    },
  );
}

/** A run that a command is about. */
interface Found {
  ledger: Ledger;
  bead: Bead;
  open: OpenRun;
}

/**
 * Steers a run and lets it go on: by whoever drives it, by the steward in a town when it runs in the background,
 * otherwise here and now; returns the exit code. `steered` is told what has come of it.
 *
 * @throws {CommandError} as `steerRun`, or `not_run` where it would have to be driven here and cannot: then nothing is
 * written.
 */
export async function steerAndGoOn(
  context: Context,
  { event, steered, ...found }: Found & {
    event: SteeringEvent;
    steered?: (now: ReturnType<typeof steerRun>) => void | Promise<void>;
  },
): Promise<number> {
  const { ports } = context;
  const { ledger, open } = found;
  const { junit, ...others } = reportsOf(context);
  const isOver = hasEnded(open.run);
  const now = await tellingRefusal(context, { ...others, ...present(isOver ? {} : { junit }) }, async () => {
    const driver = await driverOf(context, found);
    return steerRun(ledger, {
      ...{ open, actor: context.actor, event },
      force: context.flags["take-over"] === true,
      accept(then) {
        if (event.kind === "retried") {
          refuseSquashed("retry", ledger.view.beadByKey(open.key)!);
        }
        if (driver.isHere && !hasEnded(then.run)) refuseNotDriven(driver.deps, then);
      },
    });
  }).catch((error) => {
    // That it does not go on is no failure of a run that has ended: the report is its own.
    if (isOver) {
      const printed = createPrintedSteps({ ports, ledger });
      leaveReports(ports, { ...present({ junit }), ci: false, open, ledger, printed });
    }
    throw error;
  });
  await steered?.(now);
  return await goOn(context, { ...found, open: now.open });
}

/** Who goes on with a run: whoever has it, the steward, or this call. */
async function driverOf(
  { ports, flags }: Context,
  { ledger, bead, open }: Found,
): Promise<{ deps: EngineDeps; holder: Holder | undefined; isHere: boolean }> {
  const deps = await engineHere(ports, ledger);
  const force = flags["take-over"] === true;
  const holder = force ? undefined : holderOf(deps, open.key);
  const isBackground = summaryOf(bead)?.background === true && deps.convoy !== undefined && !force;
  return { deps, holder, isHere: !holder && !isBackground };
}

async function goOn(context: Context, found: Found): Promise<number> {
  const { ports, out, flags } = context;
  const { open } = found;
  const jobs = jobsOf(flags.jobs as number | undefined);
  const { deps, holder, isHere } = await driverOf(context, found);
  const name = runName(open.key);
  if (hasEnded(open.run)) {
    // Its driver may have died before it could tell of that, which is done here.
    forgetDead(deps, open.key);
    out.result(runShape(open, ports.clock.now()));
    for (const line of endLines(out.style, open)) out.line(line);
    return open.run.status === "succeeded" ? 0 : 1;
  }
  if (!isHere) {
    out.result(runShape(open, ports.clock.now()));
    const note = holder ? undefined : stewardNoteHere(ports);
    if (holder) out.line(`  ${holder.by} drives it, in process ${holder.pid}`);
    else if (note === undefined) out.line("  the steward drives it");
    out.line(out.style.dim(`  gt mol status ${name} --watch`));
    if (note !== undefined) out.note(note);
    return 0;
  }
  const force = flags["take-over"] === true;
  return await driveAndShow(context, deps, { key: open.key, jobs, force, ...reportsOf(context) });
}
