import { holdsBack } from "./blocked.ts";
import type { Database } from "./database.ts";

interface Node {
  key: string;
  status: string;
  failed: number;
  own_blocked: number;
  blocked: number;
}

interface Edge {
  source: string;
  type: string;
  resolved: string;
  gate: string | null;
}

/** Computes from nothing what every bead waits for, corrects the index, and returns the keys that were wrong. */
export function recomputeBlocked(database: Database): string[] {
  const nodes = new Map(
    database.all<Node>("SELECT key, status, failed, own_blocked, blocked FROM beads").map((
      node,
    ) => [node.key, node]),
  );
  const edges = database.all<Edge>(
    `SELECT source, type, resolved, gate FROM deps WHERE resolved IS NOT NULL
     AND type IN ('blocks', 'conditional-blocks', 'waits-for', 'parent-child')`,
  ).filter((edge) => nodes.has(edge.source) && nodes.has(edge.resolved));
  const children = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.type !== "parent-child") continue;
    const list = children.get(edge.resolved);
    if (list) list.push(edge.source);
    else children.set(edge.resolved, [edge.source]);
  }
  const own = new Set<string>();
  for (const edge of edges) {
    const target = nodes.get(edge.resolved)!;
    const statuses = () => (children.get(edge.resolved) ?? []).map((key) => nodes.get(key)!.status);
    if (holdsBack(edge, { ...target, children: statuses })) own.add(edge.source);
  }
  return store(database, { nodes, own, blocked: below(own, children) });
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
