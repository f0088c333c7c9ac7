import { join } from "node:path";
import type { Ledger, View } from "./ledger.ts";
import { type FileMark, isSameMark, markOf } from "./projection_file.ts";

/** Up to this many beads the projection is written at the end of a command; beyond, by `bd sync` and the steward. */
export const SMALL_LEDGER = 2_000;

/** How long a projection may be behind before a command writes it, in ms. */
export const PROJECTION_DELAY_MS = 2_000;

/** How long the projection of a larger ledger may be behind before a sync writes it, in ms. */
export const LARGE_PROJECTION_DELAY_MS = 5 * 60_000;

/** What was written last. */
export interface Written {
  /** Of the last operation in it. */
  arrival: number;
  /** When, in ms since the epoch. */
  at: number;
  hash: string;
  /** The last operation of each replica in it. */
  heads?: Record<string, number>;
  /** The file as it was left. */
  mark?: FileMark;
}

/** Whether the projection lacks anything, and since when it is as it is (ms since the epoch; 0: never written). */
export interface ProjectionState {
  stale: boolean;
  written: number;
}

/** Where the projection of a ledger is: `.beads/issues.jsonl`. */
export function projectionPath(folder: string): string {
  return join(folder, "issues.jsonl");
}

/** Whether the projection shows the ledger as it is, and nobody else has written it since. */
export function projectionState(ledger: Ledger): ProjectionState {
  const written = readWritten(ledger);
  const stale = written?.arrival !== newestArrival(ledger.view) ||
    !isSameMark(written.mark, markOf(projectionPath(ledger.folder)));
  return { stale, written: written?.at ?? 0 };
}

/** Whether the projection of a small ledger has been behind for long enough; `now` in ms since the epoch. */
export function isProjectionDue(ledger: Ledger, now: number): boolean {
  // Asked first: it costs less than opening the other database, and every command of a large ledger comes by here.
  if (!isSmall(ledger.view)) return false;
  const { stale, written } = projectionState(ledger);
  return stale && now - written >= PROJECTION_DELAY_MS;
}

/** Whether a sync may leave the projection behind: that of a large ledger which was written a moment ago. */
export function mayWait(ledger: Ledger, now: number): boolean {
  const written = readWritten(ledger)?.at ?? 0;
  return !isSmall(ledger.view) && now >= written && now - written < LARGE_PROJECTION_DELAY_MS;
}

/** Whether there are beads, and not too many of them. */
function isSmall(view: View): boolean {
  const [row] = view.rows<{ any_bead: number; too_many: number }>(
    `SELECT EXISTS (SELECT 1 FROM beads) AS any_bead, EXISTS (SELECT 1 FROM beads LIMIT 1 OFFSET ${SMALL_LEDGER}) AS too_many`,
  );
  return row!.any_bead === 1 && row!.too_many === 0;
}

/** Number of the last operation to reach this index. */
export function newestArrival(view: View): number {
  return view.rows<{ n: number | null }>("SELECT MAX(arrival) AS n FROM ops")[0]?.n ?? 0;
}

/** What was written last, as far as this machine remembers. */
export function readWritten(ledger: Ledger): Written | undefined {
  return ledger.ephemeral.get("projection", "written") as unknown as Written | undefined;
}
