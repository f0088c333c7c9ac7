import type { Bead, BeadKey, View } from "../../../ledger/ledger.ts";

/** What stands in the bead of a run as `metadata.run`, for those that only want to know what it is. */
export interface RunSummary {
  molecule: string;
  version: number;
  /** Hash of the text it is bound to. */
  hash: string;
  /** Path of its file, or `built-in`. */
  source: string;
  /** Values of its variables, as JSON with sorted keys. */
  values: string;
  /** Those that were given when it was begun, as they were written; absent where nobody noted them. */
  given?: Readonly<Record<string, string>>;
  /** Whether the steward drives it. */
  background?: boolean;
  /** Key of the bead that it is for. */
  bead?: string;
  /** Key of the run it is a part of. */
  parent?: string;
}

/** The summary of a run's bead; undefined for any other bead. */
export function summaryOf(bead: Bead): RunSummary | undefined {
  return bead.metadata.run as unknown as RunSummary | undefined;
}

/** The run that a run is a part of, and so on, up to one that is no part. */
export function rootRun(view: Pick<View, "beadByKey">, key: BeadKey): BeadKey {
  const bead = view.beadByKey(key);
  const parent = bead && summaryOf(bead)?.parent as BeadKey | undefined;
  return parent === undefined ? key : rootRun(view, parent);
}

/** A run's bead, with what it says of itself. */
export interface FoundRun {
  bead: Bead;
  summary: RunSummary;
}

/** The runs that have not ended, the oldest first. */
export function liveRuns(view: View): FoundRun[] {
  return runsAmong(view, "status IN ('in_progress', 'open', 'blocked')");
}

/** All runs, the oldest first. */
export function allRuns(view: View): FoundRun[] {
  return runsAmong(view, "status <> 'tombstone'");
}

function runsAmong(view: View, condition: string): FoundRun[] {
  return view.beads(`issue_type = 'molecule' AND ${condition} ORDER BY created, id`).flatMap((bead) => {
    const summary = summaryOf(bead);
    return summary ? [{ bead, summary }] : [];
  });
}
