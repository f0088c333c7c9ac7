import { conditionGroups } from "./edge_metadata.ts";
import type { Database } from "./database.ts";
import { isProvided, parseExternal } from "./external.ts";
import { resolveTarget } from "./names.ts";

/** Dependency types that hold a bead back. */
export const BLOCKING_TYPES: ReadonlySet<string> = new Set([
  "blocks",
  "parent-child",
  "conditional-blocks",
  "waits-for",
]);

/** Dependency types that hold a bead back by what they lead to. */
const HOLDING: ReadonlySet<string> = new Set(["blocks", "conditional-blocks", "waits-for"]);

/** Reasons of closing that count as failure, which open the path of `conditional-blocks`. */
const FAILURE = /failed|rejected|wontfix|won't fix|cancell?ed|abandoned|blocked|error|timeout|aborted/i;

/** Whether a bead that closed for this reason failed. */
export function isFailure(reason: string | undefined): boolean {
  return reason !== undefined && FAILURE.test(reason);
}

/** Whether a status holds nothing back any more. */
export function isSettled(status: string): boolean {
  return status === "closed" || status === "tombstone" || status === "pinned";
}

/** What one edge holds back: whether its source waits, given the end it points to. */
export function holdsBack(
  edge: { type: string; gate: string | null },
  target: { status: string; failed: number; children: () => readonly string[] },
): boolean {
  switch (edge.type) {
    case "blocks":
      return !isSettled(target.status);
    case "conditional-blocks":
      return target.status !== "tombstone" && !(target.status === "closed" && target.failed === 1);
    case "waits-for": {
      const children = target.children();
      const done = children.filter((status) => status === "closed" || status === "tombstone").length;
      return edge.gate === "any-children" ? children.length > 0 && done === 0 : done < children.length;
    }
    default:
      return false;
  }
}

/** What changed about a bead, as far as others may wait for it. */
export interface Disturbance {
  key: string;
  /** Its edges changed, or what one of them resolves to. */
  edges: boolean;
  /** Its status or its way of closing changed, or it appeared. */
  outcome: boolean;
  /** Keys of the beads it was or is a child of. */
  parents: readonly string[];
  /** Keys of the beads that wait for something outside which it provides. */
  outside: readonly string[];
}

/** Brings `own_blocked` and `blocked` up to date after one bead changed. */
export function updateBlocked(database: Database, change: Disturbance): void {
  const waiting = new Set<string>(change.outside);
  if (change.edges) waiting.add(change.key);
  if (change.outcome) {
    for (const row of sourcesOf(database, change.key)) if (row.type !== "waits-for") waiting.add(row.source);
  }
  if (change.outcome || change.edges) {
    for (const parent of change.parents) {
      for (const row of sourcesOf(database, parent)) if (row.type === "waits-for") waiting.add(row.source);
      for (const source of waitingForSpawned(database, parent)) waiting.add(source);
    }
  }
  const stale: string[] = change.edges ? [change.key] : [];
  for (const key of waiting) if (updateOwn(database, key)) stale.push(key);
  propagate(database, stale);
}

function sourcesOf(database: Database, key: string): { source: string; type: string }[] {
  return database.all("SELECT source, type FROM deps WHERE resolved = ? AND type <> 'parent-child'", key);
}

/** Beads that wait for the children of a bead which their edge names apart from its target. */
function waitingForSpawned(database: Database, parent: string): string[] {
  return database.all<{ source: string; spawner: string }>(
    "SELECT source, spawner FROM deps WHERE spawner IS NOT NULL",
  ).filter((row) => resolveTarget(database, row.spawner) === parent).map((row) => row.source);
}

function updateOwn(database: Database, key: string): boolean {
  const before = database.get<{ own_blocked: number }>("SELECT own_blocked FROM beads WHERE key = ?", key);
  if (!before) return false;
  const now = isHeldBack(database, key) ? 1 : 0;
  if (now === before.own_blocked) return false;
  database.run("UPDATE beads SET own_blocked = ? WHERE key = ?", now, key);
  return true;
}

/** An edge with the bead it leads to, if the ledger holds one. */
export interface EdgeRow {
  source: string;
  target: string;
  type: string;
  gate: string | null;
  spawner: string | null;
  resolved: string | null;
  status: string | null;
  failed: number | null;
}

const EDGES = `SELECT d.source, d.target, d.type, d.gate, d.spawner, d.resolved, b.status, b.failed
  FROM deps d LEFT JOIN beads b ON b.key = d.resolved WHERE d.source = ?`;

function isHeldBack(database: Database, key: string): boolean {
  const edges = database.all<EdgeRow>(
    `${EDGES} AND d.type IN ('blocks', 'conditional-blocks', 'waits-for')`,
    key,
  );
  return edges.some((edge) => isEdgeHolding(database, edge));
}

/** Whether one edge of a bead holds it back at this moment. */
export function isHeldBackBy(
  database: Database,
  { key, target, type }: { key: string; target: string; type: string },
): boolean {
  const edge = database.get<EdgeRow>(`${EDGES} AND d.target = ? AND d.type = ?`, key, target, type);
  return edge !== undefined && isEdgeHolding(database, edge);
}

/** Whether an edge holds back the bead it belongs to, as the tables stand. */
export function isEdgeHolding(database: Database, edge: EdgeRow): boolean {
  if (!HOLDING.has(edge.type)) return false;
  if (parseExternal(edge.target)) return !isProvided(database, edge.target);
  const spawner = edge.spawner === null ? null : resolveTarget(database, edge.spawner);
  const parent = edge.type === "waits-for" ? spawner ?? edge.resolved : edge.resolved;
  if (parent === null) return false;
  const groups = edge.type === "conditional-blocks" ? conditionGroups(edge.gate) : [];
  if (groups.length > 0) return groups.some((group) => !isMet(database, { source: edge.source, group }));
  return holdsBack(edge, {
    status: edge.status ?? "tombstone",
    failed: edge.failed ?? 0,
    children: () => childStatuses(database, parent),
  });
}

/** Whether one of those has failed of which a bead waits for any to fail, or none of them is there any more. */
function isMet(database: Database, { source, group }: { source: string; group: string }): boolean {
  const edges = database.all<EdgeRow>(`${EDGES} AND d.type = 'conditional-blocks'`, source)
    .filter(({ gate, status }) =>
      conditionGroups(gate).includes(group) && status !== null && status !== "tombstone"
    );
  return edges.length === 0 || edges.some(({ status, failed }) => status === "closed" && failed === 1);
}

function childStatuses(database: Database, key: string): string[] {
  return database.all<{ status: string }>(
    `SELECT b.status FROM deps d JOIN beads b ON b.key = d.source
     WHERE d.resolved = ? AND d.type = 'parent-child'`,
    key,
  ).map((row) => row.status);
}

/**
 * Recomputes `blocked` for beads and, where it changes, for their children.
 *
 * A bead is blocked when it or any ancestor is held back itself. Asking the ancestors and not the parent's flag keeps
 * it right even in a ring of parents, which only two clones together can make.
 */
function propagate(database: Database, keys: string[]): void {
  for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
    const row = database.get<{ blocked: number }>("SELECT blocked FROM beads WHERE key = ?", key);
    if (!row) continue;
    const now = isUnderHeldBack(database, key) ? 1 : 0;
    if (now === row.blocked) continue;
    database.run("UPDATE beads SET blocked = ? WHERE key = ?", now, key);
    const children = database.all<{ source: string }>(
      "SELECT source FROM deps WHERE resolved = ? AND type = 'parent-child'",
      key,
    );
    for (const child of children) keys.push(child.source);
  }
}

function isUnderHeldBack(database: Database, key: string): boolean {
  const seen = new Set<string>([key]);
  const open = [key];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const row = database.get<{ own_blocked: number }>("SELECT own_blocked FROM beads WHERE key = ?", at);
    if (row?.own_blocked === 1) return true;
    const parents = database.all<{ resolved: string | null }>(
      "SELECT resolved FROM deps WHERE source = ? AND type = 'parent-child'",
      at,
    );
    for (const { resolved } of parents) {
      if (resolved === null || seen.has(resolved)) continue;
      seen.add(resolved);
      open.push(resolved);
    }
  }
  return false;
}
