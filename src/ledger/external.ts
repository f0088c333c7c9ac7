import type { BeadState } from "./bead_state.ts";
import type { Database } from "./database.ts";

/** What a dependency waits for outside of the ledger: `external:<project>:<capability>`. */
export interface External {
  project: string;
  capability: string;
}

/** Label of the bead that stands for a capability once it is closed. */
const PROVIDES = "provides:";

/** Reads the target of a dependency; undefined for one that is not external. */
export function parseExternal(target: string): External | undefined {
  const found = /^external:([^:]+):(.+)$/.exec(target);
  return found ? { project: found[1]!, capability: found[2]! } : undefined;
}

/**
 * Whether something outside is there: a closed bead of the project (whose id begins with its name) is labelled
 * `provides:<capability>`, or one of any project `provides:<project>:<capability>`.
 */
export function isProvided(database: Database, target: string): boolean {
  const wanted = parseExternal(target);
  if (!wanted) return false;
  const { project, capability } = wanted;
  const found = database.get(
    `SELECT 1 FROM labels l JOIN beads b ON b.key = l.key
     WHERE b.status = 'closed' AND (l.label = ? OR (l.label = ? AND b.id >= ? AND b.id < ?)) LIMIT 1`,
    `${PROVIDES}${project}:${capability}`,
    `${PROVIDES}${capability}`,
    `${project}-`,
    `${project}-\u{10ffff}`,
  );
  return found !== undefined;
}

/** Keys of the beads that wait for what a bead begins or ceases to provide. */
export function waitingOutside(
  database: Database,
  { before, after }: { before: BeadState | undefined; after: BeadState },
): string[] {
  const names = new Set([...providedBy(before), ...providedBy(after)]);
  if (names.size === 0) return [];
  const rows = database.all<{ source: string; target: string }>(
    "SELECT source, target FROM deps WHERE target >= 'external:' AND target < 'external;'",
  );
  return rows.flatMap(({ source, target }) => {
    const wanted = parseExternal(target);
    if (!wanted) return [];
    const { project, capability } = wanted;
    return names.has(capability) || names.has(`${project}:${capability}`) ? [source] : [];
  });
}

function providedBy(state: BeadState | undefined): string[] {
  return Object.keys(state?.labels ?? {}).filter((label) => label.startsWith(PROVIDES))
    .map((label) => label.slice(PROVIDES.length));
}
