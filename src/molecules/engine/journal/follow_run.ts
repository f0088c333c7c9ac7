import type { BeadKey, Ledger, View } from "../../../ledger/ledger.ts";
import type { Clock } from "../../../ports/clock.ts";
import { followRun, type OpenRun, readRun, replayEntries } from "./run_log.ts";
import { hasEnded, type RunState } from "../../machine/run.ts";
import { recordsOf } from "../../machine/step_list.ts";
import { stepId } from "../../machine/step_number.ts";

/** How often a ledger is looked at for changes of a run that somebody else drives, in ms. */
const LOOK_MS = 150;

/** Sees a run after a change, with the steps that something happened to, and when. */
export type RunSeen = (open: OpenRun, steps: ReadonlySet<string>, at: number) => void;

/** The steps whose records differ between two states of a run; all of them without an earlier one. */
export function changedSteps(
  { rules, run }: Pick<OpenRun, "rules" | "run">,
  before: RunState | undefined,
): Set<string> {
  const changed = new Set<string>();
  const earlier = before && recordsOf(before.steps);
  let index = 0;
  for (const record of recordsOf(run.steps)) {
    if (earlier?.next().value !== record) changed.add(stepId(rules, { run, index }));
    index++;
  }
  return changed;
}

/** Goes through all that has happened to a run, entry by entry. */
export function replayRun(view: Pick<View, "journal">, key: BeadKey, seen: RunSeen): OpenRun | undefined {
  let last: OpenRun | undefined;
  for (const { open, at } of replayEntries(view, key)) {
    seen(open, changedSteps(open, last?.run), at);
    last = open;
  }
  return last;
}

/** Follows a run and those nested in it, whoever drives them, until it has ended or the signal aborts. */
export async function followToEnd(
  { clock, ledger }: { clock: Pick<Clock, "now" | "sleep">; ledger: Pick<Ledger, "view" | "version"> },
  options: { open: OpenRun; signal: AbortSignal; seen: RunSeen; looked?: () => void },
): Promise<OpenRun> {
  const { signal, seen, looked } = options;
  const known = new Map<BeadKey, OpenRun>();
  const add = (open: OpenRun) => {
    known.set(open.key, open);
    seen(open, changedSteps(open, undefined), clock.now());
    addNested(open);
  };
  const addNested = (open: OpenRun) => {
    for (const key of nestedRuns(ledger.view, open)) {
      const nested = known.has(key) ? undefined : readRun(ledger.view, key);
      if (nested) add(nested);
    }
  };
  add(options.open);
  let version = ledger.version();
  for (;;) {
    looked?.();
    const open = known.get(options.open.key)!;
    if (hasEnded(open.run) || signal.aborted) return open;
    await clock.sleep(LOOK_MS, signal);
    const now = ledger.version();
    if (now === version) continue;
    version = now;
    for (const before of [...known.values()]) {
      const { open: after } = followRun(ledger.view, before);
      if (after.arrival === before.arrival) continue;
      known.set(after.key, after);
      seen(after, changedSteps(after, before.run), clock.now());
      addNested(after);
    }
  }
}

/** The runs that are at work as steps of a run. */
export function nestedRuns(view: Pick<View, "beadById">, { run, rules }: OpenRun): BeadKey[] {
  const keys: BeadKey[] = [];
  let index = -1;
  for (const { bead, of, status } of recordsOf(run.steps)) {
    index++;
    if (bead === undefined || status !== "running") continue;
    if (rules.steps[of ?? index]!.definition.action.kind !== "molecule") continue;
    const key = view.beadById(bead)?.key;
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

/** A run and those that are at work within it, each before its own, with how deep it is nested. */
export function runTree(
  view: View,
  { open, depth = 0 }: { open: OpenRun; depth?: number },
): { open: OpenRun; depth: number }[] {
  const nested = nestedRuns(view, open)
    .flatMap((key) => runTree(view, { open: readRun(view, key)!, depth: depth + 1 }));
  return [{ open, depth }, ...nested];
}
