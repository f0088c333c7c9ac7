import type { IdClaim } from "./bead_state.ts";
import type { Database } from "./database.ts";

/** What changed about the ids of a bead. */
export interface NameChange {
  key: string;
  /** Its claim and former ids as they were; absent for a new bead. */
  before?: { claim: IdClaim; aliases: readonly string[] };
  after: { claim: IdClaim; aliases: readonly string[] };
}

/**
 * Records which ids a bead claims and settles who bears them.
 *
 * Of several claims on one id the earliest wins; the others bear `<id>-<replica>`, which every clone computes alike.
 * Returns the keys of beads that bear another id than before and of those with an edge that leads elsewhere now.
 */
export function updateNames(database: Database, change: NameChange): { rebound: string[] } {
  const { key, before, after } = change;
  const touched = new Set<string>();
  if (before && sameClaim(before.claim, after.claim) && before.aliases.join() === after.aliases.join()) {
    return { rebound: [] };
  }
  if (before) {
    for (const row of database.all<{ name: string }>("SELECT name FROM names WHERE key = ?", key)) {
      touched.add(row.name);
    }
    database.run("DELETE FROM names WHERE key = ?", key);
  }
  const put = (name: string, current: 0 | 1) => {
    touched.add(name);
    const { ms, counter, replica } = after.claim;
    database.run(
      "INSERT OR REPLACE INTO names (name, key, current, ms, counter, replica) VALUES (?, ?, ?, ?, ?, ?)",
      name,
      key,
      current,
      ms,
      counter,
      replica,
    );
  };
  for (const alias of after.aliases) put(alias, 0);
  put(after.claim.id, 1);
  const rebound = resolveTargets(database, { name: key, holder: key });
  for (const name of touched) {
    rebound.push(...settle(database, name));
    for (const base of basesOf(name)) {
      if (isContested(database, base)) rebound.push(...settle(database, base));
    }
  }
  return { rebound };
}

/** Ids for which a bead may have to bear one like this, since another bears them. */
function basesOf(id: string): Set<string> {
  const bases = [/^(.+)-[a-z0-9]{4,16}$/, /^(.+)-[a-z0-9]{4,16}-\d+$/].map((form) => form.exec(id)?.[1]);
  return new Set(bases.filter((base) => base !== undefined));
}

function isContested(database: Database, name: string): boolean {
  return database.all("SELECT 1 FROM names WHERE name = ? AND current = 1 LIMIT 2", name).length > 1;
}

function sameClaim(one: IdClaim, other: IdClaim): boolean {
  return one.id === other.id && one.ms === other.ms && one.counter === other.counter &&
    one.replica === other.replica;
}

function settle(database: Database, name: string): string[] {
  const claims = database.all<{ key: string; current: number; replica: string }>(
    "SELECT key, current, replica FROM names WHERE name = ? ORDER BY current DESC, ms, counter, replica, key",
    name,
  );
  const used = new Set<string>();
  for (const { key, current, replica } of claims) {
    if (current === 0) break;
    let id = name;
    for (let count = 1; used.has(id) || (id !== name && isClaimed(database, id)); count++) {
      id = `${name}-${replica}${count === 1 ? "" : `-${count}`}`;
    }
    used.add(id);
    database.run(
      "UPDATE beads SET id = ?, slug = ? WHERE key = ? AND id <> ?",
      id,
      slugOf(id),
      key,
      id,
    );
  }
  return resolveTargets(database, { name, holder: claims[0]?.key ?? null });
}

function isClaimed(database: Database, name: string): boolean {
  return database.get("SELECT 1 FROM names WHERE name = ? AND current = 1", name) !== undefined;
}

/** Settles every id that several beads claim. */
export function settleAll(database: Database): void {
  const names = database.all<{ name: string }>(
    "SELECT name FROM names WHERE current = 1 GROUP BY name HAVING COUNT(*) > 1",
  );
  for (const { name } of names) settle(database, name);
}

/** Lets edges that were written with a name lead to the bead that bears it now. */
function resolveTargets(
  database: Database,
  { name, holder }: { name: string; holder: string | null },
): string[] {
  const rows = database.all<{ source: string; resolved: string | null }>(
    "SELECT source, resolved FROM deps WHERE target = ?",
    name,
  ).filter((row) => row.resolved !== holder);
  if (rows.length > 0) database.run("UPDATE deps SET resolved = ? WHERE target = ?", holder, name);
  const spawned = database.all<{ source: string }>("SELECT source FROM deps WHERE spawner = ?", name);
  return [...rows, ...spawned].map((row) => row.source);
}

/** The key of the bead a person means: by key, by the id it bears, or by one it bore. */
export function keyOf(database: Database, name: string): string | null {
  const bearer = database.get<{ key: string }>(
    "SELECT key FROM beads WHERE id = ? ORDER BY key LIMIT 1",
    name,
  );
  return bearer?.key ?? resolveTarget(database, name);
}

/** The key of the bead an edge's target means: a key itself, an id, or a former id. */
export function resolveTarget(database: Database, target: string): string | null {
  const direct = database.get<{ key: string }>("SELECT key FROM beads WHERE key = ?", target);
  if (direct) return direct.key;
  return database.get<{ key: string }>(
    "SELECT key FROM names WHERE name = ? ORDER BY current DESC, ms, counter, replica, key LIMIT 1",
    target,
  )?.key ?? null;
}

/** The part of an id after its first dash; the whole id where it has none. */
export function slugOf(id: string): string {
  return id.slice(id.indexOf("-") + 1);
}
