import { CommandError } from "../lib/errors.ts";
import type { Bead, BeadKey, Transaction, View } from "../ledger/ledger.ts";
import { isExternal } from "./create.ts";
import { resolveBead } from "./ids.ts";
import type { Dependency } from "../ledger/bead_parts.ts";

/** An edge seen from one of its ends. */
export interface Edge {
  /** The bead at the other end; absent when the ledger does not hold it. */
  bead?: Bead;
  /** What the edge says its target is: a key or a bare name. */
  target: string;
  type: string;
  dependency: Dependency;
}

/** What a bead depends on, of one type or all. */
export function dependenciesOf(view: View, { key, type }: { key: BeadKey; type?: string }): Edge[] {
  const edges = view.beadByKey(key)?.dependencies ?? [];
  return edges.filter((edge) => type === undefined || edge.type === type).map((dependency) => {
    const bead = targetBead(view, dependency.target);
    return { target: dependency.target, type: dependency.type, dependency, ...(bead ? { bead } : {}) };
  });
}

/** The bead an edge leads to, by key or by name. */
export function targetBead(view: View, target: string): Bead | undefined {
  return isExternal(target) ? undefined : view.beadByKey(target as BeadKey) ?? view.beadById(target);
}

/** What depends on a bead, of one type or all. */
export function dependentsOf(view: View, { key, type }: { key: BeadKey; type?: string }): Edge[] {
  const rows = view.rows<{ source: BeadKey; target: string; type: string }>(
    `SELECT d.source, d.target, d.type FROM deps d JOIN beads b ON b.key = d.source
     WHERE d.resolved = ?${type === undefined ? "" : " AND d.type = ?"} ORDER BY b.created, b.id`,
    key,
    ...(type === undefined ? [] : [type]),
  );
  return rows.flatMap((row) => {
    const bead = view.beadByKey(row.source);
    const dependency = bead?.dependencies.find((edge) =>
      edge.target === row.target && edge.type === row.type
    );
    return bead && dependency ? [{ bead, target: row.target, type: row.type, dependency }] : [];
  });
}

/** The bead it is a child of. */
export function parentOf(view: View, bead: Bead): Bead | undefined {
  const edge = bead.dependencies.find((one) => one.type === "parent-child");
  return edge && targetBead(view, edge.target);
}

/** Direct children, sorted by id with numbers compared as numbers. */
export function childrenOf(view: View, key: BeadKey): Bead[] {
  return view.beads(
    `key IN (SELECT source FROM deps WHERE resolved = ? AND type = 'parent-child')
     AND status <> 'tombstone'`,
    key,
  ).sort((one, other) => compareIds(one.id, other.id));
}

/** Order of ids in which `cs-4f.2` comes before `cs-4f.10`. */
export function compareIds(one: string, other: string): number {
  // Made once: a comparison that names a language makes one of its own each time.
  collator ??= new Intl.Collator("en", { numeric: true });
  return collator.compare(one, other);
}

let collator: Intl.Collator | undefined;

/** All beads below one, at any depth. */
export function descendantsOf(view: View, key: BeadKey): Bead[] {
  return view.beads(`${UNDER} AND status <> 'tombstone'`, key)
    .sort((one, other) => compareIds(one.id, other.id));
}

/** SQL condition: the bead is below the key given as value, at any depth. */
export const UNDER = `key IN (
  WITH RECURSIVE below(key) AS (
    SELECT source FROM deps WHERE resolved = ? AND type = 'parent-child'
    UNION SELECT d.source FROM deps d JOIN below ON d.resolved = below.key AND d.type = 'parent-child'
  ) SELECT key FROM below)`;

/** One line of a dependency tree; `truncated` marks a bead shown above already. */
export interface TreeRow {
  bead: Bead;
  depth: number;
  /** Key of the row above it. */
  parent?: BeadKey;
  type?: string;
  truncated: boolean;
}

/** The tree of what a bead depends on (`down`) or what depends on it (`up`). */
export function dependencyTree(
  view: View,
  options: { key: BeadKey; direction?: "down" | "up"; maxDepth?: number; type?: string },
): TreeRow[] {
  const { key, direction = "down", maxDepth = 50 } = options;
  const limit = options.type === undefined ? {} : { type: options.type };
  const rows: TreeRow[] = [];
  const seen = new Set<BeadKey>();
  const visit = (bead: Bead, row: { depth: number; parent?: BeadKey; type?: string }) => {
    const truncated = seen.has(bead.key);
    rows.push({ bead, ...row, truncated });
    if (truncated || row.depth >= maxDepth) return;
    seen.add(bead.key);
    const edges = (direction === "down" ? dependenciesOf : dependentsOf)(view, { key: bead.key, ...limit });
    for (const edge of edges) {
      if (edge.bead) visit(edge.bead, { depth: row.depth + 1, parent: bead.key, type: edge.type });
    }
  };
  const root = view.beadByKey(key);
  if (root) visit(root, { depth: 0 });
  return rows;
}

/** Cycles of blocking edges, each as a list of beads; empty unless clones made one between them. */
export function dependencyCycles(view: View): Bead[][] {
  const edges = new Map<string, string[]>();
  const rows = view.rows<{ source: string; resolved: string }>(
    `SELECT source, resolved FROM deps WHERE resolved IS NOT NULL
     AND type IN ('blocks', 'parent-child', 'conditional-blocks', 'waits-for') ORDER BY source, resolved`,
  );
  for (const { source, resolved } of rows) {
    const list = edges.get(source);
    if (list) list.push(resolved);
    else edges.set(source, [resolved]);
  }
  return ringsOf(edges).map((ring) => ring.flatMap((key) => view.beadByKey(key as BeadKey) ?? []));
}

/** One ring for each edge that closes one in a depth-first walk. */
function ringsOf(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const rings: string[][] = [];
  for (const start of edges.keys()) {
    if (done.has(start)) continue;
    const path: string[] = [start];
    const places = new Map<string, number>([[start, 0]]);
    const next: number[] = [0];
    while (path.length > 0) {
      const at = path.at(-1)!;
      const target = edges.get(at)?.[next[next.length - 1]!++];
      if (target === undefined) {
        done.add(at);
        places.delete(at);
        path.pop();
        next.pop();
      } else if (places.has(target)) {
        rings.push(path.slice(places.get(target)));
      } else if (!done.has(target)) {
        places.set(target, path.length);
        path.push(target);
        next.push(0);
      }
    }
  }
  return rings;
}

/**
 * Makes `key` depend on `target` (any name resolveBead takes, or `external:…`).
 *
 * @throws {CommandError} `dependency_cycle` naming the way round, `self_dependency`, or `bead_not_found`.
 */
export function addDependency(
  transaction: Transaction,
  { key, target, type }: { key: BeadKey; target: string; type: string },
): Bead {
  const end = isExternal(target) ? target : resolveBead(transaction, target).key;
  return transaction.addDependency(key, end, validDependencyType(type));
}

function validDependencyType(type: string): string {
  if (/^[a-z][a-z0-9_-]{0,49}$/.test(type)) return type;
  throw new CommandError(
    "usage",
    `Cannot use dependency type "${type}": it must be a word in small letters`,
    {
      code: "bad_dependency_type",
      hints: ["blocks, parent-child, conditional-blocks, waits-for, related, discovered-from, …"],
    },
  );
}

/** Takes an edge away. @throws {CommandError} `dependency_not_found`. */
export function removeDependency(
  transaction: Transaction,
  { key, target, type }: { key: BeadKey; target: string; type?: string },
): Bead {
  const before = transaction.beadByKey(key)!;
  const known = before.dependencies.some((edge) => edge.target === target);
  const end = known || isExternal(target) ? target : resolveBead(transaction, target).key;
  const after = transaction.removeDependency(key, end, type);
  if (after.dependencies.length < before.dependencies.length) return after;
  throw new CommandError("refused", `Cannot remove dependency "${target}" of "${before.id}": there is none`, {
    code: "dependency_not_found",
    hints: [`bd dep list ${before.id}`],
  });
}
