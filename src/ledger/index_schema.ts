import type { Database } from "./database.ts";

/** Version of the tables below; an index of another version is made anew from the logs. */
export const INDEX_VERSION = 6;

/**
 * The tables of `.beads/index.db`, all of them derived from the logs.
 *
 * `beads`: one row a bead, also removed ones (status `tombstone`). Times are ms since the epoch. `parent` is the key of
 * the first bead it is a child of; `slug` is the id after its first dash; `own_blocked` leaves ancestors out; `failed`
 * says that it closed with a reason of failure; `live` is 1 unless it is closed or removed, `free` when it is open and
 * not blocked (ask `live = 1` or `free = 1`, which have indexes in the order people read); `clashes` counts what `bd conflicts` shows.
 *
 * `docs`: the folded state of each bead as JSON, apart from its row so that rows are small to walk through.
 *
 * `words`: the full text of every bead that is not removed, by `beads.n`: its ids, its title, and everything else people wrote.
 *
 * `deps`: one row an edge; `target` as written in the log, `resolved` the key of the bead it means, if there is
 * one; `gate` and `spawner` (an id or key) are what a `waits-for` edge says of the children it waits for.
 *
 * `names`: every id a bead claims (`current` 1) or gave up (0), in the order of which claims are honoured.
 */
const INDEX_SCHEMA = `
CREATE TABLE beads (
  n INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  id TEXT NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  priority INTEGER NOT NULL,
  issue_type TEXT NOT NULL,
  assignee TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  closed INTEGER,
  defer_until INTEGER,
  parent TEXT,
  pinned INTEGER NOT NULL,
  ephemeral INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  own_blocked INTEGER NOT NULL DEFAULT 0,
  blocked INTEGER NOT NULL DEFAULT 0,
  clashes INTEGER NOT NULL DEFAULT 0,
  claim TEXT NOT NULL,
  live INTEGER GENERATED ALWAYS AS (status NOT IN ('closed', 'tombstone')) VIRTUAL,
  free INTEGER GENERATED ALWAYS AS (status = 'open' AND blocked = 0) VIRTUAL
);
CREATE TABLE docs (n INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(
  name, title, body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE labels (key TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (key, label)) WITHOUT ROWID;
CREATE TABLE deps (
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  type TEXT NOT NULL,
  resolved TEXT,
  gate TEXT,
  spawner TEXT,
  PRIMARY KEY (source, target, type)
) WITHOUT ROWID;
CREATE TABLE names (
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  current INTEGER NOT NULL,
  ms INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  replica TEXT NOT NULL,
  PRIMARY KEY (name, key)
) WITHOUT ROWID;
CREATE TABLE ops (
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  bead TEXT NOT NULL,
  replica TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  line TEXT NOT NULL,
  UNIQUE (replica, sequence)
);
CREATE TABLE logs (
  replica TEXT NOT NULL,
  segment INTEGER NOT NULL,
  first INTEGER NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (replica, segment)
) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/** What finds rows of the tables above; a load of everything makes them at its end. */
export const INDEX_ORDERS = `
CREATE INDEX IF NOT EXISTS beads_by_id ON beads (id);
CREATE INDEX IF NOT EXISTS beads_by_slug ON beads (slug);
CREATE INDEX IF NOT EXISTS beads_free ON beads (free, priority, created, id) WHERE free = 1;
CREATE INDEX IF NOT EXISTS beads_live ON beads (live, priority, created DESC, id) WHERE live = 1;
CREATE INDEX IF NOT EXISTS beads_by_status ON beads (status);
CREATE INDEX IF NOT EXISTS beads_by_updated ON beads (updated);
CREATE INDEX IF NOT EXISTS beads_by_type ON beads (issue_type, status);
CREATE INDEX IF NOT EXISTS beads_by_assignee ON beads (assignee, status) WHERE assignee IS NOT NULL;
CREATE INDEX IF NOT EXISTS beads_by_parent ON beads (parent) WHERE parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS beads_deferred ON beads (defer_until) WHERE defer_until IS NOT NULL;
CREATE INDEX IF NOT EXISTS beads_blocked ON beads (blocked, status) WHERE blocked = 1;
CREATE INDEX IF NOT EXISTS beads_clashing ON beads (clashes) WHERE clashes > 0;
CREATE INDEX IF NOT EXISTS labels_by_label ON labels (label, key);
CREATE INDEX IF NOT EXISTS deps_by_resolved ON deps (resolved, type);
CREATE INDEX IF NOT EXISTS deps_by_target ON deps (target);
CREATE INDEX IF NOT EXISTS deps_by_spawner ON deps (spawner) WHERE spawner IS NOT NULL;
CREATE INDEX IF NOT EXISTS names_by_key ON names (key);
CREATE INDEX IF NOT EXISTS ops_by_bead ON ops (bead);
`;

/** The tables above, for taking an index down. */
const INDEX_TABLES: readonly string[] = [
  "beads",
  "docs",
  "words",
  "labels",
  "deps",
  "names",
  "ops",
  "logs",
  "meta",
];

/** Makes empty tables in place of those that are there. */
export function makeTables(database: Database): void {
  for (const table of INDEX_TABLES) database.script(`DROP TABLE IF EXISTS ${table}`);
  database.script(INDEX_SCHEMA);
  database.script(INDEX_ORDERS);
}
