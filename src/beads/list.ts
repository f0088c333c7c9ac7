import type { Bead, View } from "../ledger/ledger.ts";
import { filterCondition, type ListFilter } from "./list_condition.ts";
import { countReady, notInternal } from "./ready.ts";

const ORDERS: Readonly<Record<string, readonly [column: string, direction: "ASC" | "DESC"]>> = {
  priority: ["priority", "ASC"],
  created: ["created", "DESC"],
  updated: ["updated", "DESC"],
  closed: ["closed", "DESC"],
  status: ["status", "ASC"],
  id: ["id", "ASC"],
  title: ["title", "ASC"],
  type: ["issue_type", "ASC"],
  assignee: ["assignee", "ASC"],
};

/** Issues chosen by a filter; by priority, then newest first. */
export function listBeads(view: View, filter: ListFilter): Bead[] {
  return view.atOnce(() => [...eachListed(view, filter)]);
}

/** The same issues one after the other; walk through them within `atOnce`. */
export function eachListed(view: View, filter: ListFilter): Iterable<Bead> {
  const { condition, values } = filterCondition(filter);
  const [column, direction] = ORDERS[filter.sort ?? "priority"]!;
  const turned = filter.reverse ? (direction === "ASC" ? "DESC" : "ASC") : direction;
  const limit = filter.limit ?? 50;
  const end = limit > 0 ? ` LIMIT ${Math.floor(limit)}` : "";
  return view.eachBead(`${condition} ORDER BY ${column} ${turned}, created DESC, id${end}`, ...values);
}

const GROUPS: Readonly<Record<string, string>> = {
  status: "status",
  priority: "'P' || priority",
  type: "issue_type",
  assignee: "COALESCE(assignee, '(unassigned)')",
};

/** How many issues a filter chooses, by group when one is asked for. */
export function countBeads(
  view: View,
  filter: ListFilter & { by?: "status" | "priority" | "type" | "assignee" | "label" },
): { total: number; groups: { group: string; count: number }[] } {
  const { condition, values } = filterCondition(filter);
  const total =
    view.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM beads WHERE ${condition}`, ...values)[0]!.n;
  if (!filter.by) return { total, groups: [] };
  const sql = filter.by === "label"
    ? `SELECT l.label AS "group", COUNT(*) AS count FROM labels l
       WHERE l.key IN (SELECT key FROM beads WHERE ${condition}) GROUP BY 1 ORDER BY 1`
    : `SELECT ${GROUPS[filter.by]} AS "group", COUNT(*) AS count FROM beads
       WHERE ${condition} GROUP BY 1 ORDER BY 1`;
  return { total, groups: view.rows<{ group: string; count: number }>(sql, ...values) };
}

/** Open issues not touched for `days` days, oldest first, one after the other; walk through them within `atOnce`. */
export function staleBeads(
  view: View,
  { now, days, limit = 50 }: { now: number; days: number; limit?: number },
): Iterable<Bead> {
  return view.eachBead(
    `live = 1 AND status NOT IN ('deferred', 'pinned') AND ${notInternal()} AND updated < ?
     ORDER BY updated, id${limit > 0 ? ` LIMIT ${Math.floor(limit)}` : ""}`,
    now - days * 24 * 3600 * 1000,
  );
}

/** Totals as `bd stats --json` gives them under `summary`. */
export function ledgerTotals(view: View, { now }: { now: number }): Record<string, number> {
  const counts = new Map(
    view.rows<{ status: string; n: number }>(
      `SELECT status, COUNT(*) AS n FROM beads WHERE ${notInternal()} GROUP BY status`,
    ).map((row) => [row.status, row.n]),
  );
  const count = (status: string) => counts.get(status) ?? 0;
  const one = (sql: string) => view.rows<{ n: number | null }>(sql)[0]?.n ?? 0;
  let total = 0;
  for (const [status, n] of counts) if (status !== "tombstone") total += n;
  return {
    total_issues: total,
    open_issues: count("open"),
    in_progress_issues: count("in_progress"),
    closed_issues: count("closed"),
    blocked_issues: one(
      `SELECT COUNT(*) AS n FROM beads
       WHERE blocked = 1 AND status NOT IN ('closed', 'tombstone') AND ${notInternal()}`,
    ),
    deferred_issues: count("deferred"),
    hooked_issues: count("hooked"),
    ready_issues: countReady(view, { now }),
    tombstone_issues: count("tombstone"),
    pinned_issues: count("pinned"),
    epics_eligible_for_closure: one(ELIGIBLE_EPICS),
    average_lead_time_hours: Math.round(one(LEAD_TIME) * 10) / 10,
  };
}

const ELIGIBLE_EPICS = `SELECT COUNT(*) AS n FROM beads e
  WHERE e.issue_type = 'epic' AND e.status NOT IN ('closed', 'tombstone')
  AND EXISTS (SELECT 1 FROM deps d WHERE d.resolved = e.key AND d.type = 'parent-child')
  AND NOT EXISTS (
    SELECT 1 FROM deps d JOIN beads c ON c.key = d.source
    WHERE d.resolved = e.key AND d.type = 'parent-child' AND c.status NOT IN ('closed', 'tombstone'))`;

const LEAD_TIME = `SELECT AVG((closed - created) / 3600000.0) AS n FROM beads
  WHERE status = 'closed' AND closed >= created`;
