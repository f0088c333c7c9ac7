import type { Context } from "../../cli/command.ts";
import type { BeadKey, Ledger } from "../../ledger/ledger.ts";
import { present } from "../../lib/present.ts";
import { runElsewhere } from "../../molecules/engine/journal/elsewhere.ts";
import { isAtRest, type RestAsked } from "../../molecules/engine/journal/at_rest.ts";
import { driveHere } from "../../molecules/engine/engine.ts";
import { defaultJobs } from "../../molecules/engine/driver/jobs.ts";
import { holderOf } from "../../molecules/engine/driver/lease.ts";
import { followRun, type OpenRun, readRun } from "../../molecules/engine/journal/run_log.ts";
import { rootRun, summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { stepAt, stepKey } from "../../molecules/engine/journal/step_at.ts";
import { recordsOf } from "../../molecules/machine/step_list.ts";
import { stepId } from "../../molecules/machine/step_number.ts";
import { createRunLines } from "../../ui/run_report.ts";
import { createWaits } from "../gt_support/group_waits.ts";
import { createPrintedSteps } from "../gt_support/printed_steps.ts";
import type { Ports } from "../../ports/ports.ts";
import { engineHere, hintsHere } from "../gt_support/runs.ts";

/** How often a run that somebody else drives is looked at, in ms, and how long it may have no driver. */
const LOOK_MS = 100;
const DRIVERLESS_MS = 10_000;
/** How long a run may wait for a place that will often be free in a moment, in ms. */
const HELD_MS = 5_000;
/** Lines of what a failed step printed. */
const TAIL_LINES = 20;

/**
 * Lets the run that `own` is a part of go on until it has ended or waits for somebody, and prints what its steps come to: here, or where its
 * driver is. One in the background is left to the steward, whose environment is the one that it was begun for.
 */
export async function goOnward(
  context: Context,
  { ledger, own, since }: {
    ledger: Ledger;
    own: BeadKey;
    /** When what lets it go on was written, in ms since the epoch: its driver may have heard of that already. */
    since?: number;
  },
): Promise<OpenRun> {
  const { ports } = context;
  const key = rootRun(ledger.view, own);
  const stop = new AbortController();
  ports.processes.onStop(() => stop.abort(), { hurries: true });
  ports.terminal.outlastReader(stop.signal);
  const changed = reporter(context, { ledger, known: [key, own] });
  const isResting = restOf(ports, ledger);
  const isBackground = summaryOf(ledger.view.beadByKey(key)!)?.background === true;
  for (;;) {
    if (isBackground || holderOf({ ports, ledger }, key)) {
      const followed = await followElsewhere(context, {
        ledger,
        key,
        signal: stop.signal,
        changed,
        ...{ isBackground, isResting },
        ...present({ since }),
      });
      if (followed) return followed;
    }
    const deps = await engineHere(ports, ledger);
    const driven = await driveHere(deps, {
      key,
      by: context.actor,
      jobs: defaultJobs(),
      signal: stop.signal,
      until: isResting,
      changed,
    });
    if (driven.kind === "ended" || driven.kind === "interrupted") return driven.open;
    if (driven.kind === "elsewhere") throw runElsewhere({ key }, { verb: "drive", by: driven.by });
  }
}

/** Whether a run is at rest; one that waits for places in groups is once it has waited for a while. */
function restOf(ports: Ports, ledger: Ledger): (open: OpenRun) => boolean {
  const { clock } = ports;
  const waits = createWaits({ ports, ledger });
  const heldSince = new Map<BeadKey, number>();
  const isHeld: RestAsked["isHeld"] = (open) => {
    if (waits(open).length === 0) heldSince.delete(open.key);
    else if (!heldSince.has(open.key)) heldSince.set(open.key, clock.monotonic());
    return clock.monotonic() - (heldSince.get(open.key) ?? Infinity) >= HELD_MS;
  };
  return (open) => isAtRest(ledger.view, open, { now: clock.now(), isHeld });
}

/** Tells of steps, but not of those that waited before. */
function reporter(
  context: Context,
  { ledger, known }: { ledger: Ledger; known: readonly BeadKey[] },
): (open: OpenRun, steps: ReadonlySet<string>) => void {
  const { out, ports } = context;
  if (out.json || out.quiet) return () => {};
  const printed = createPrintedSteps({ ports, ledger });
  const lines = createRunLines({
    ports,
    style: out.style,
    line: (text) => out.line(text),
    tail: (open, step) => printed(open, { step, most: TAIL_LINES }),
    hints: hintsHere(context, ledger),
  });
  const waited = new Set(known.flatMap((key) => waitingSteps(readRun(ledger.view, key))));
  return (open, steps) => {
    const isNews = (id: string) => {
      const { record, attempt } = stepAt(open, id);
      return record.status !== "waiting" || !waited.has(stepKey(open, { id, attempt }));
    };
    lines.changed(open, new Set([...steps].filter(isNews)));
  };
}

function waitingSteps(open: OpenRun | undefined): string[] {
  if (!open) return [];
  const records = [...recordsOf(open.run.steps)];
  return records.flatMap(({ status, attempt }, index) =>
    status === "waiting" ? [stepKey(open, { id: stepId(open.rules, { run: open.run, index }), attempt })] : []
  );
}

/** Follows a run that another process drives until it is at rest; undefined once nobody drives it any more. */
async function followElsewhere(
  { ports }: Context,
  options: {
    ledger: Ledger;
    key: BeadKey;
    signal: AbortSignal;
    isBackground: boolean;
    isResting(open: OpenRun): boolean;
    since?: number;
    changed(open: OpenRun, steps: ReadonlySet<string>): void;
  },
): Promise<OpenRun | undefined> {
  const { ledger, key, signal, changed, isBackground, isResting, since } = options;
  let open = readRun(ledger.view, key, present({ before: since }))!;
  for (let driven = ports.clock.now();;) {
    const news = followRun(ledger.view, open);
    open = news.open;
    if (news.steps.length > 0) changed(open, new Set(news.steps));
    if (signal.aborted || isResting(open)) return open;
    if (holderOf({ ports, ledger }, key)) driven = ports.clock.now();
    else if (!isBackground) return undefined;
    else if (ports.clock.now() - driven > DRIVERLESS_MS) return open;
    await ports.clock.sleep(LOOK_MS, signal);
  }
}
