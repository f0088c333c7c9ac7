import type { Bead, BeadKey, View } from "../ledger/ledger.ts";
import { isExternal } from "./create.ts";
import { targetBead, UNDER } from "./dependencies.ts";
import { INTERNAL_TYPES } from "./issue_types.ts";

/** Which ready issues are wanted. */
export interface ReadyFilter {
  /** Time by which deferred issues come back, in ms since the epoch. */
  now: number;
  limit?: number;
  assignee?: string;
  unassigned?: boolean;
  priority?: number;
  issueType?: string;
  /** All of these. */
  labels?: readonly string[];
  /** At least one of these. */
  anyLabels?: readonly string[];
  /** Only below this bead, at any depth. */
  under?: BeadKey;
  includeDeferred?: boolean;
  includeEphemeral?: boolean;
  /** `priority` (then age) by default. */
  order?: "priority" | "oldest" | "hybrid";
  /** Also types that are internal, when `issueType` names none. */
  includeInternal?: boolean;
}

type Value = string | number;

/** How long an issue counts as new in the hybrid order, in ms. */
const NEW_FOR_MS = 48 * 3600 * 1000;

/** SQL condition: the bead is none of those given as a JSON list, nor below one. */
const NOT_UNDER = `key NOT IN (
  WITH RECURSIVE deferred(key) AS (
    SELECT value FROM json_each(?)
    UNION SELECT d.source FROM deps d JOIN deferred ON d.resolved = deferred.key AND d.type = 'parent-child'
  ) SELECT key FROM deferred)`;

/** Keys of the beads that wait for a later time themselves. */
function deferredKeys(view: View, now: number): string[] {
  const rows = [
    ...view.rows<{ key: string }>("SELECT key FROM beads WHERE defer_until > ? AND +live = 1", now),
    ...view.rows<{ key: string }>("SELECT key FROM beads WHERE status = 'deferred'"),
  ];
  return rows.map((row) => row.key);
}

/** Open issues that nothing holds back, most urgent first, then oldest. */
export function readyBeads(view: View, filter: ReadyFilter): Bead[] {
  return view.atOnce(() => [...eachReady(view, filter)]);
}

/** The same issues one after the other; walk through them within `atOnce`. */
export function eachReady(view: View, filter: ReadyFilter): Iterable<Bead> {
  const { condition, values } = readyCondition(view, filter);
  const { order, given } = orderOf(filter);
  const limit = filter.limit ? ` LIMIT ${Math.floor(filter.limit)}` : "";
  return view.eachBead(`${condition} ORDER BY ${order}${limit}`, ...values, ...given);
}

/** Keys of all ready issues. */
export function readyKeys(view: View, filter: ReadyFilter): Set<BeadKey> {
  const { condition, values } = readyCondition(view, filter);
  const rows = view.rows<{ key: BeadKey }>(`SELECT key FROM beads WHERE ${condition}`, ...values);
  return new Set(rows.map((row) => row.key));
}

/** How many issues are ready. */
export function countReady(view: View, filter: ReadyFilter): number {
  const { condition, values } = readyCondition(view, filter);
  return view.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM beads WHERE ${condition}`, ...values)[0]!.n;
}

function readyCondition(view: View, filter: ReadyFilter): { condition: string; values: Value[] } {
  const conditions = ["free = 1 AND pinned = 0"];
  const values: Value[] = [];
  const add = (sql: string, ...given: Value[]) => {
    conditions.push(sql);
    values.push(...given);
  };
  if (filter.issueType !== undefined) add("issue_type = ?", filter.issueType);
  else if (!filter.includeInternal) add(notInternal());
  if (!filter.includeEphemeral) add("ephemeral = 0");
  const deferred = filter.includeDeferred ? [] : deferredKeys(view, filter.now);
  if (deferred.length > 0) add(NOT_UNDER, JSON.stringify(deferred));
  if (filter.assignee !== undefined) add("assignee = ?", filter.assignee);
  if (filter.unassigned) add("assignee IS NULL");
  if (filter.priority !== undefined) add("priority = ?", filter.priority);
  for (const label of filter.labels ?? []) add("key IN (SELECT key FROM labels WHERE label = ?)", label);
  if (filter.anyLabels && filter.anyLabels.length > 0) {
    const marks = filter.anyLabels.map(() => "?").join(", ");
    add(`key IN (SELECT key FROM labels WHERE label IN (${marks}))`, ...filter.anyLabels);
  }
  if (filter.under !== undefined) add(UNDER, filter.under);
  return { condition: conditions.join(" AND "), values };
}

/** SQL condition that leaves out the types the program makes for itself. */
export function notInternal(): string {
  return `issue_type NOT IN (${INTERNAL_TYPES.map((type) => `'${type}'`).join(", ")})`;
}

function orderOf({ order, now }: ReadyFilter): { order: string; given: Value[] } {
  if (order === "oldest") return { order: "created, id", given: [] };
  if (order !== "hybrid") return { order: "priority, created, id", given: [] };
  const since = now - NEW_FOR_MS;
  return {
    order: "created < ?, CASE WHEN created >= ? THEN priority END, created, id",
    given: [since, since],
  };
}

/** Why a bead is or is not ready, in sentences; the first entry decides. */
export function explainReady(view: View, { bead, now }: { bead: Bead; now: number }): string[] {
  const reasons: string[] = [];
  if (bead.status !== "open") reasons.push(`its status is ${bead.status}`);
  if (INTERNAL_TYPES.includes(bead.issue_type)) reasons.push(`its type ${bead.issue_type} is internal`);
  if (bead.fields.pinned === true) reasons.push("it is pinned");
  if (bead.fields.ephemeral === true) reasons.push("it is ephemeral");
  for (const { bead: blocker, type, via } of blockersOf(view, bead)) {
    const through = via ? `, through its ancestor ${via.id}` : "";
    const how = type === "conditional-blocks" ? "is only done if" : "waits for";
    const fails = type === "conditional-blocks" ? " fails" : "";
    reasons.push(`it ${how} ${blocker.id}${fails} (${blocker.status})${through}`);
  }
  for (const target of outsideBlockersOf(view, bead)) reasons.push(`it waits for ${target}`);
  for (const one of [bead, ...ancestorsOf(view, bead)]) {
    const late = one.defer_until !== undefined && Date.parse(one.defer_until) > now;
    if (!late && (one.status !== "deferred" || one === bead)) continue;
    const until = one.defer_until ? ` until ${one.defer_until}` : "";
    reasons.push(one === bead ? `it is deferred${until}` : `its ancestor ${one.id} is deferred${until}`);
  }
  return reasons.length > 0 ? reasons : ["it is open and nothing holds it back"];
}

/** What a bead waits for, by which type of edge; `via` names the ancestor that waits. */
export interface Blocker {
  bead: Bead;
  type: string;
  via?: Bead;
}

/** An issue that waits, and the beads it waits for. */
export interface BlockedBead {
  bead: Bead;
  /** Its own open blockers and those of its ancestors; `via` names the ancestor. */
  blockers: Blocker[];
  /** What it waits for outside of the ledger. */
  outside: string[];
}

/** Issues that are held back, with what holds them, most urgent first; `under` limits it to one bead's descendants. */
export function blockedBeads(view: View, filter: BlockedFilter = {}): BlockedBead[] {
  return view.atOnce(() => [...eachBlocked(view, filter)].map((bead) => ({ bead, ...heldBy(view, bead) })));
}

/** Which issues that wait are wanted. */
export interface BlockedFilter {
  under?: BeadKey;
  limit?: number;
  includeInternal?: boolean;
}

/** The same issues one after the other; walk through them within `atOnce`. */
export function eachBlocked(view: View, filter: BlockedFilter): Iterable<Bead> {
  const conditions = ["blocked = 1 AND +live = 1"];
  if (!filter.includeInternal) conditions.push(notInternal());
  if (filter.under !== undefined) conditions.push(UNDER);
  const limit = filter.limit ? ` LIMIT ${Math.floor(filter.limit)}` : "";
  return view.eachBead(
    `${conditions.join(" AND ")} ORDER BY priority, created, id${limit}`,
    ...(filter.under === undefined ? [] : [filter.under]),
  );
}

/** What holds a bead back, in the ledger and outside of it. */
export function heldBy(view: View, bead: Bead): Omit<BlockedBead, "bead"> {
  return { blockers: blockersOf(view, bead), outside: outsideBlockersOf(view, bead) };
}

/** The open beads one bead waits for, its ancestors' included. */
export function blockersOf(view: View, bead: Bead): Blocker[] {
  if (!bead.blocked) return [];
  const own = ownBlockers(view, bead);
  const above = ancestorsOf(view, bead).flatMap((via) =>
    ownBlockers(view, via).map((blocker) => ({ ...blocker, via }))
  );
  const seen = new Set<BeadKey>();
  return [...own, ...above].filter((one) => !seen.has(one.bead.key) && seen.add(one.bead.key));
}

/** The beads above one, nearest first; each once, even in a ring of parents. */
export function ancestorsOf(view: View, bead: Bead): Bead[] {
  const found: Bead[] = [];
  const seen = new Set<BeadKey>([bead.key]);
  const open = [bead];
  for (let at = open.shift(); at; at = open.shift()) {
    for (const edge of at.dependencies) {
      const parent = edge.type === "parent-child" ? targetBead(view, edge.target) : undefined;
      if (!parent || seen.has(parent.key)) continue;
      seen.add(parent.key);
      found.push(parent);
      open.push(parent);
    }
  }
  return found;
}

/** What a bead waits for outside of the ledger, its ancestors' included: `external:<project>:<capability>`. */
export function outsideBlockersOf(view: View, bead: Bead): string[] {
  if (!bead.blocked) return [];
  const found = [bead, ...ancestorsOf(view, bead)].flatMap((one) =>
    one.dependencies.filter((edge) =>
      isExternal(edge.target) && view.isHeldBackBy(one.key, { target: edge.target, type: edge.type })
    )
  );
  return [...new Set(found.map((edge) => edge.target))];
}

function ownBlockers(view: View, bead: Bead): Blocker[] {
  return bead.dependencies.flatMap((edge) => {
    const target = targetBead(view, edge.target);
    return target && view.isHeldBackBy(bead.key, { target: edge.target, type: edge.type })
      ? [{ bead: target, type: edge.type }]
      : [];
  });
}
