import type { Context } from "../../cli/command.ts";
import type { BeadKey, Ledger } from "../../ledger/ledger.ts";
import { present } from "../../lib/present.ts";
import { runElsewhere } from "../../molecules/engine/journal/elsewhere.ts";
import { isAtRest } from "../../molecules/engine/journal/at_rest.ts";
import { driveHere } from "../../molecules/engine/engine.ts";
import { defaultJobs } from "../../molecules/engine/driver/jobs.ts";
import { holderOf } from "../../molecules/engine/driver/lease.ts";
import { followRun, type OpenRun, readRun } from "../../molecules/engine/journal/run_log.ts";
import { summaryOf } from "../../molecules/engine/journal/run_store.ts";
import { stepAt, stepKey } from "../../molecules/engine/journal/step_at.ts";
import { recordsOf } from "../../molecules/machine/step_list.ts";
import { stepId } from "../../molecules/machine/step_number.ts";
import { createRunLines } from "../../ui/run_report.ts";
import { createPrintedSteps } from "../gt_support/printed_steps.ts";
import { engineHere, hintsHere } from "../gt_support/runs.ts";

/** How often a run that somebody else drives is looked at, in ms, and how long it may have no driver. */
const LOOK_MS = 100;
const DRIVERLESS_MS = 10_000;
/** Lines of what a failed step printed. */
const TAIL_LINES = 20;

/** The run that a run is a part of, and so on, up to one that is no part. */
function rootRun({ view }: Pick<Ledger, "view">, key: BeadKey): BeadKey {
  for (let at = key;;) {
    const bead = view.beadByKey(at);
    const parent = bead && summaryOf(bead)?.parent as BeadKey | undefined;
    if (parent === undefined) return at;
    at = parent;
  }
}

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
  const key = rootRun(ledger, own);
  const stop = new AbortController();
  ports.processes.onStop(() => stop.abort());
  const changed = reporter(context, { ledger, known: [key, own] });
  const isBackground = summaryOf(ledger.view.beadByKey(key)!)?.background === true;
  for (;;) {
    if (isBackground || holderOf({ ports, ledger }, key)) {
      const followed = await followElsewhere(context, {
        ledger,
        key,
        signal: stop.signal,
        changed,
        isBackground,
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
      until: (open) => isAtRest(ledger.view, { open, now: ports.clock.now() }),
      changed,
    });
    if (driven.kind === "ended" || driven.kind === "interrupted") return driven.open;
    if (driven.kind === "elsewhere") throw runElsewhere({ key }, { verb: "drive", by: driven.by });
  }
}

/** Tells of steps, but not of those that waited before. */
function reporter(
  { out, ports }: Context,
  { ledger, known }: { ledger: Ledger; known: readonly BeadKey[] },
): (open: OpenRun, steps: ReadonlySet<string>) => void {
  if (out.json || out.quiet) return () => {};
  const printed = createPrintedSteps({ ports, ledger });
  const lines = createRunLines({
    ports,
    style: out.style,
    line: (text) => out.line(text),
    tail: (open, step) => printed(open, { step, most: TAIL_LINES }),
    hints: hintsHere(ports, ledger),
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
    since?: number;
    changed(open: OpenRun, steps: ReadonlySet<string>): void;
  },
): Promise<OpenRun | undefined> {
  const { ledger, key, signal, changed, isBackground, since } = options;
  let open = readRun(ledger.view, key, present({ before: since }))!;
  for (let driven = ports.clock.now();;) {
    const news = followRun(ledger.view, open);
    open = news.open;
    if (news.steps.length > 0) changed(open, new Set(news.steps));
    if (signal.aborted || isAtRest(ledger.view, { open, now: ports.clock.now() })) return open;
    if (holderOf({ ports, ledger }, key)) driven = ports.clock.now();
    else if (!isBackground) return undefined;
    else if (ports.clock.now() - driven > DRIVERLESS_MS) return open;
    await ports.clock.sleep(LOOK_MS, signal);
  }
}
