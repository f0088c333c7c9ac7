import { type EdgeRow, isEdgeHolding } from "./blocked.ts";
import type { Database } from "./database.ts";

/** What stands in the row of a bead about its waiting. */
interface Flags {
  key: string;
  n: number;
  own_blocked: number;
  blocked: number;
}

/** Computes from nothing what every bead waits for, corrects the index, and returns the keys that were wrong. */
export function recomputeBlocked(database: Database): string[] {
  const own = heldBack(database);
  const blocked = below(own, childrenOf(database));
  const wrong: Flags[] = [];
  for (const row of database.each<Flags>("SELECT n, key, own_blocked, blocked FROM beads")) {
    const own_blocked = own.has(row.n) ? 1 : 0;
    const now = blocked.has(row.n) ? 1 : 0;
    if (own_blocked === row.own_blocked && now === row.blocked) continue;
    wrong.push({ ...row, own_blocked, blocked: now });
  }
  for (const { n, ...flags } of wrong) {
    database.run(
      "UPDATE beads SET own_blocked = ?, blocked = ? WHERE n = ?",
      flags.own_blocked,
      flags.blocked,
      n,
    );
  }
  return wrong.map((row) => row.key);
}

/** The beads, by their number, that an edge of their own holds back. */
function heldBack(database: Database): Set<number> {
  const own = new Set<number>();
  const edges = database.each<EdgeRow & { n: number }>(
    `SELECT s.n, d.source, d.target, d.type, d.gate, d.spawner, d.resolved, b.status, b.failed
     FROM deps d JOIN beads s ON s.key = d.source LEFT JOIN beads b ON b.key = d.resolved
     WHERE d.type IN ('blocks', 'conditional-blocks', 'waits-for')`,
  );
  for (const edge of edges) if (isEdgeHolding(database, edge)) own.add(edge.n);
  return own;
}

function childrenOf(database: Database): Map<number, number[]> {
  const children = new Map<number, number[]>();
  const edges = database.each<{ parent: number; child: number }>(
    `SELECT p.n AS parent, c.n AS child
     FROM deps d JOIN beads c ON c.key = d.source JOIN beads p ON p.key = d.resolved
     WHERE d.type = 'parent-child'`,
  );
  for (const { parent, child } of edges) {
    const list = children.get(parent);
    if (list) list.push(child);
    else children.set(parent, [child]);
  }
  return children;
}

function below(own: ReadonlySet<number>, children: ReadonlyMap<number, readonly number[]>): Set<number> {
  const blocked = new Set(own);
  const open = [...own];
  for (let n = open.pop(); n !== undefined; n = open.pop()) {
    for (const child of children.get(n) ?? []) {
      if (blocked.has(child)) continue;
      blocked.add(child);
      open.push(child);
    }
  }
  return blocked;
}
