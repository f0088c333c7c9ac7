import type { Database } from "./database.ts";

/** The keys on the way from one bead to another along blocking edges, both included; undefined when there is none. */
export function blockingWay(
  database: Database,
  { from, to }: { from: string; to: string },
): string[] | undefined {
  if (from === to) return [from];
  const cameFrom = new Map<string, string>([[from, ""]]);
  const open = [from];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const next = database.all<{ resolved: string }>(
      `SELECT resolved FROM deps WHERE source = ? AND resolved IS NOT NULL
       AND type IN ('blocks', 'parent-child', 'conditional-blocks', 'waits-for')`,
      at,
    );
    for (const { resolved } of next) {
      if (cameFrom.has(resolved)) continue;
      cameFrom.set(resolved, at);
      if (resolved === to) return wayTo(cameFrom, to);
      open.push(resolved);
    }
  }
  return undefined;
}

function wayTo(cameFrom: ReadonlyMap<string, string>, to: string): string[] {
  const way: string[] = [];
  for (let at = to; at !== ""; at = cameFrom.get(at) ?? "") way.unshift(at);
  return way;
}
