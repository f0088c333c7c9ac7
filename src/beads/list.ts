import type { Bead, BeadKey, View } from "../ledger/ledger.ts";

/** Which issues are wanted; all conditions hold at once. Times are ms since the epoch. */
export interface ListFilter {
  /** One of these; without it everything but closed issues and tombstones, unless `all`. */
  statuses?: readonly string[];
  /** Closed issues too (never tombstones, unless `statuses` names them). */
  all?: boolean;
  issueTypes?: readonly string[];
  /** Internal types too, when `issueTypes` names none. */
  includeInternal?: boolean;
  priorities?: readonly number[];
  priorityMin?: number;
  priorityMax?: number;
  assignee?: string;
  unassigned?: boolean;
  /** All of these. */
  labels?: readonly string[];
  /** At least one of these. */
  anyLabels?: readonly string[];
  noLabels?: boolean;
  /** Ids as {@linkcode resolveBead} found them. */
  keys?: readonly BeadKey[];
  /** Direct children of this bead. */
  parent?: BeadKey;
  noParent?: boolean;
  titleContains?: string;
  descriptionContains?: string;
  notesContain?: string;
  createdAfter?: number;
  createdBefore?: number;
  updatedAfter?: number;
  updatedBefore?: number;
  closedAfter?: number;
  closedBefore?: number;
  pinned?: boolean;
  /** Only issues whose `defer_until` has not come. */
  deferredAt?: number;
  /** 50 by default; 0 for all. */
  limit?: number;
  sort?: "priority" | "created" | "updated" | "closed" | "status" | "id" | "title" | "type" | "assignee";
  reverse?: boolean;
}

/** Issues chosen by a filter; by priority, then newest first. */
export function listBeads(_view: View, _filter: ListFilter): Bead[] {
  throw new Error("not written yet");
}

/** How many issues a filter chooses, by group when one is asked for. */
export function countBeads(
  _view: View,
  _filter: ListFilter & { by?: "status" | "priority" | "type" | "assignee" | "label" },
): { total: number; groups: { group: string; count: number }[] } {
  throw new Error("not written yet");
}

/** Open issues not touched for `days` days, oldest first. */
export function staleBeads(_view: View, _options: { now: number; days: number; limit?: number }): Bead[] {
  throw new Error("not written yet");
}

/** Totals as `bd stats --json` gives them under `summary`. */
export function ledgerTotals(_view: View, _options: { now: number }): Record<string, number> {
  throw new Error("not written yet");
}
