import type { BeadKey, JournalEntry, Ledger, View } from "../../../ledger/ledger.ts";
import type { Clock } from "../../../ports/clock.ts";
import {
  type Happened,
  isBefore,
  type OpenRun,
  type Reading,
  readRun,
  runEntries,
  type RunEntry,
  withEntry,
} from "./run_log.ts";
import { summaryOf } from "./run_summary.ts";
import { runOrTrouble } from "./unreadable.ts";
import { hasEnded, type RunState } from "../../machine/run.ts";
import { recordsOf } from "../../machine/step_list.ts";
import { stepId } from "../../machine/step_number.ts";

/** How often a ledger is looked at for changes of a run that somebody else drives, in ms. */
const LOOK_MS = 150;

/** What is seen of a run: the steps that something happened to, when, and what; that is not known of several things at once. */
export interface Seen {
  steps: ReadonlySet<string>;
  at: number;
  happened?: Happened;
}

/** Sees a run after a change. */
export type RunSeen = (open: OpenRun, seen: Seen) => void;

/** The steps whose records differ between two states of a run; all of them without an earlier one. */
function changedSteps({ rules, run }: OpenRun, before: RunState | undefined): Set<string> {
  const changed = new Set<string>();
  let index = 0;
  for (const [at, chunk] of run.steps.chunks.entries()) {
    const earlier = before?.steps.chunks[at];
    // A state shares with the one before what has not changed.
    if (earlier === chunk) index += chunk.length;
    else {
      for (const [place, record] of chunk.entries()) {
        if (earlier?.[place] !== record) changed.add(stepId(rules, { run, index }));
        index++;
      }
    }
  }
  return changed;
}

/** All steps of a run as something happened to them. */
export function allSteps(open: OpenRun): ReadonlySet<string> {
  return changedSteps(open, undefined);
}

/** A run and those nested in it, as far as their journals have been read. */
export interface Following {
  /** Reads on in all of them, in the order in which things happened. */
  readOn(seen: RunSeen): void;
  root(): OpenRun;
  /** All that are known, the root first. */
  opens(): Iterable<OpenRun>;
}

type FollowView = Pick<View, "journal" | "beadById">;

/** Follows a run and all that were ever nested in it, from the beginning; `bare`: without what their steps gave. */
export function followFromStart(
  view: FollowView,
  key: BeadKey,
  { bare }: Required<Pick<Reading, "bare">>,
): Following {
  return follow(view, { key, opens: new Map(), bare });
}

/** Follows a run, and those nested in it that are at work, from how they stand now. */
export function followFromNow(view: FollowView, open: OpenRun): Following {
  const opens = new Map<BeadKey, OpenRun>();
  const add = (one: OpenRun) => {
    opens.set(one.key, one);
    for (const key of nestedRuns(view, one)) {
      const nested = runOrTrouble(view, key);
      if (!(nested instanceof Error)) add(nested);
    }
  };
  add(open);
  return follow(view, { key: open.key, opens, bare: false });
}

function follow(
  view: FollowView,
  { key: root, opens, bare }: { key: BeadKey; opens: Map<BeadKey, OpenRun>; bare: boolean },
): Following {
  return {
    readOn(seen) {
      const anew = new Set<BeadKey>();
      for (const { key, entry } of newEntries(view, { root, opens, bare })) {
        const before = opens.get(key);
        if (anew.has(key)) continue;
        if (before && isBefore(entry.stamp, before.stamp)) {
          // What another replica wrote earlier arrives only now: all of it is another story.
          anew.add(key);
          const open = readRun(view, key, { bare })!;
          opens.set(key, open);
          seen(open, { steps: changedSteps(open, before.run), at: timeOf(entry) });
          continue;
        }
        let last = before;
        const after = withEntry(before, {
          key,
          entry,
          seen(open, happened) {
            const from = happened.kind === "upgraded" ? undefined : last?.run;
            last = open;
            seen(open, { steps: changedSteps(open, from), at: timeOf(entry), happened });
          },
        });
        if (after) opens.set(key, after);
      }
    },
    root: () => opens.get(root)!,
    opens: () => opens.values(),
  };
}

function timeOf({ value }: JournalEntry): number {
  return (value as unknown as RunEntry).at;
}

/** What was added to the journals of runs that go on, and of those that they began or went on with, in order. */
function newEntries(
  view: FollowView,
  { root, opens, bare }: { root: BeadKey; opens: ReadonlyMap<BeadKey, OpenRun>; bare: boolean },
): { key: BeadKey; entry: JournalEntry }[] {
  const found: { key: BeadKey; entry: JournalEntry }[] = [];
  const asked = new Set<BeadKey>();
  const gather = (key: BeadKey) => {
    if (asked.has(key)) return;
    asked.add(key);
    for (const entry of runEntries(view, { key, after: opens.get(key)?.arrival ?? 0, bare })) {
      found.push({ key, entry });
      for (const nested of runsOpened(view, { entry, by: key })) gather(nested);
    }
  };
  gather(root);
  for (const [key, { run }] of opens) if (!hasEnded(run)) gather(key);
  return found.sort(({ entry: one }, { entry: other }) =>
    one.stamp[0] - other.stamp[0] || one.stamp[1] - other.stamp[1] || one.arrival - other.arrival
  );
}

function runsOpened(view: FollowView, { entry, by }: { entry: JournalEntry; by: BeadKey }): BeadKey[] {
  const value = entry.value as unknown as RunEntry;
  if (!("events" in value)) return [];
  return value.events.flatMap((event) => {
    const bead = event.kind === "opened" ? view.beadById(event.bead) : undefined;
    return bead && summaryOf(bead)?.parent === by ? [bead.key] : [];
  });
}

/** Follows runs, whoever drives them, until the root has ended or the signal aborts. */
export async function followToEnd(
  { clock, ledger }: { clock: Pick<Clock, "sleep">; ledger: Pick<Ledger, "version"> },
  options: { following: Following; signal: AbortSignal; seen: RunSeen; looked?: () => void },
): Promise<OpenRun> {
  const { following, signal, seen, looked } = options;
  let version = -1;
  for (;;) {
    const now = ledger.version();
    if (now !== version) following.readOn(seen);
    version = now;
    looked?.();
    const open = following.root();
    if (hasEnded(open.run) || signal.aborted) return open;
    await clock.sleep(LOOK_MS, signal);
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

/** A run and those that are at work within it and can be read, each before its own, with how deep it is nested. */
export function runTree(
  view: View,
  { open, depth = 0 }: { open: OpenRun; depth?: number },
): { open: OpenRun; depth: number }[] {
  const nested = nestedRuns(view, open).map((key) => runOrTrouble(view, key))
    .flatMap((open) => open instanceof Error ? [] : runTree(view, { open, depth: depth + 1 }));
  return [{ open, depth }, ...nested];
}

/** The runs within a run that were paused by themselves: going on with it leaves them as they are. */
export function pausedWithin(view: View, open: OpenRun): OpenRun[] {
  return runTree(view, { open }).filter(({ depth }) => depth > 0).map(({ open }) => open)
    .filter(({ run }) => run.status === "paused");
}
