import { HOLDING, holdsBack } from "./blocked.ts";
import type { Database } from "./database.ts";
import { isProvided, parseExternal } from "./external.ts";
import { resolveTarget } from "./names.ts";

interface Node {
  key: string;
  status: string;
  failed: number;
  own_blocked: number;
  blocked: number;
}

interface Edge {
  source: string;
  target: string;
  type: string;
  resolved: string | null;
  gate: string | null;
  spawner: string | null;
}

/** Computes from nothing what every bead waits for, corrects the index, and returns the keys that were wrong. */
export function recomputeBlocked(database: Database): string[] {
  const nodes = new Map(
    database.all<Node>("SELECT key, status, failed, own_blocked, blocked FROM beads").map((
      node,
    ) => [node.key, node]),
  );
  const edges = database.all<Edge>(
    `SELECT source, target, type, resolved, gate, spawner FROM deps
     WHERE type IN ('blocks', 'conditional-blocks', 'waits-for', 'parent-child')`,
  ).filter((edge) => nodes.has(edge.source));
  const children = new Map<string, string[]>();
  for (const { type, resolved, source } of edges) {
    if (type !== "parent-child" || resolved === null || !nodes.has(resolved)) continue;
    const list = children.get(resolved);
    if (list) list.push(source);
    else children.set(resolved, [source]);
  }
  const own = new Set<string>();
  for (const edge of edges) if (isHolding(database, { edge, nodes, children })) own.add(edge.source);
  return store(database, { nodes, own, blocked: below(own, children) });
}

function isHolding(
  database: Database,
  { edge, nodes, children }: {
    edge: Edge;
    nodes: ReadonlyMap<string, Node>;
    children: ReadonlyMap<string, readonly string[]>;
  },
): boolean {
  if (!HOLDING.has(edge.type)) return false;
  if (parseExternal(edge.target)) return !isProvided(database, edge.target);
  const spawner = edge.spawner === null ? null : resolveTarget(database, edge.spawner);
  const parent = edge.type === "waits-for" ? spawner ?? edge.resolved : edge.resolved;
  const target = edge.resolved === null ? undefined : nodes.get(edge.resolved);
  if (parent === null || (!target && parent === edge.resolved)) return false;
  return holdsBack(edge, {
    status: target?.status ?? "tombstone",
    failed: target?.failed ?? 0,
    children: () => (children.get(parent) ?? []).map((key) => nodes.get(key)!.status),
  });
}

function below(own: ReadonlySet<string>, children: ReadonlyMap<string, readonly string[]>): Set<string> {
  const blocked = new Set(own);
  const open = [...own];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const child of children.get(key) ?? []) {
      if (blocked.has(child)) continue;
      blocked.add(child);
      open.push(child);
    }
  }
  return blocked;
}

function store(
  database: Database,
  computed: { nodes: ReadonlyMap<string, Node>; own: ReadonlySet<string>; blocked: ReadonlySet<string> },
): string[] {
  const wrong: string[] = [];
  for (const node of computed.nodes.values()) {
    const own = computed.own.has(node.key) ? 1 : 0;
    const blocked = computed.blocked.has(node.key) ? 1 : 0;
    if (own === node.own_blocked && blocked === node.blocked) continue;
    database.run("UPDATE beads SET own_blocked = ?, blocked = ? WHERE key = ?", own, blocked, node.key);
    wrong.push(node.key);
  }
  return wrong;
}
