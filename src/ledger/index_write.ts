import { waitOf } from "./edge_metadata.ts";
import { type BeadState, type EdgeState, emptyNames, emptyState, parseState } from "./bead_state.ts";
import { isFailure, updateBlocked } from "./blocked.ts";
import type { Database, SqlValue } from "./database.ts";
import { waitingOutside } from "./external.ts";
import { applyOperation, foldOperations, isNewest } from "./fold.ts";
import { resolveTarget, slugOf, updateNames } from "./names.ts";
import { type ParsedOperation, parseLine, SETTINGS_KEY } from "./operation.ts";
import { writeWords } from "./words.ts";
import { beadOf } from "./shown_bead.ts";

/** The folded state of a bead, or undefined where none of that key was made yet. */
export function loadState(database: Database, key: string): BeadState | undefined {
  if (key === SETTINGS_KEY) return loadSettings(database);
  const row = database.get<{ doc: string }>(
    "SELECT doc FROM docs WHERE n = (SELECT n FROM beads WHERE key = ?)",
    key,
  );
  return row && parseState(row.doc);
}

/** The operations of a bead that the index holds, in no order. */
export function operationsOf(database: Database, key: string): ParsedOperation[] {
  const found: ParsedOperation[] = [];
  for (const row of database.all<{ line: string }>("SELECT line FROM ops WHERE bead = ?", key)) {
    const parsed = parseLine(row.line);
    if (typeof parsed !== "string") found.push(parsed.operation);
  }
  return found;
}

/** Records an operation as arrived; false when the index has it already. */
export function recordOperation(
  database: Database,
  { operation, line }: { operation: ParsedOperation; line: string },
): boolean {
  const { replica, sequence } = operation;
  if (database.get("SELECT 1 FROM ops WHERE replica = ? AND sequence = ?", replica, sequence)) return false;
  insertOperation(database, { operation, line });
  return true;
}

/** Puts the line of an operation that is new into the index. */
export function insertOperation(
  database: Database,
  { operation: { b, replica, sequence }, line }: { operation: ParsedOperation; line: string },
): void {
  database.run(
    "INSERT INTO ops (bead, replica, sequence, line) VALUES (?, ?, ?, ?)",
    b,
    replica,
    sequence,
    line,
  );
}

/** Takes a recorded operation into the state of its bead, and all that follows from it. */
export function applyToIndex(database: Database, operation: ParsedOperation): BeadState {
  const key = operation.b;
  const before = loadState(database, key);
  let after: BeadState;
  if (before === undefined && operation.k === "create" && countOperations(database, key) === 1) {
    after = emptyState(key);
    applyOperation(after, operation);
  } else if (before && isNewest(before, operation)) {
    // What was there before is compared with it.
    after = loadState(database, key)!;
    applyOperation(after, operation);
  } else {
    after = foldOperations(key, operationsOf(database, key));
  }
  saveState(database, { before, after, maintain: true });
  return after;
}

function countOperations(database: Database, key: string): number {
  return database.get<{ n: number }>("SELECT COUNT(*) AS n FROM ops WHERE bead = ?", key)?.n ?? 0;
}

/** Writes the state of a bead into the tables; with `maintain` also what it means for those that wait for it. */
export function saveState(
  database: Database,
  { before, after, maintain }: { before: BeadState | undefined; after: BeadState; maintain: boolean },
): void {
  if (after.key === SETTINGS_KEY) return saveSettings(database, after);
  if (!after.born || !after.claim) return;
  const parents = new Set([...parentsOf(database, after.key)]);
  const changes = writeRow(database, { before, after });
  writeLabels(database, { before, after });
  const edges = writeEdges(database, { before, after });
  const { rebound } = updateNames(database, {
    key: after.key,
    ...(before?.claim ? { before: { claim: before.claim, aliases: before.aliases } } : {}),
    after: { claim: after.claim, aliases: after.aliases },
  });
  const nowParents = edges || rebound.length > 0 ? parentsOf(database, after.key) : [];
  for (const parent of nowParents) parents.add(parent);
  if (edges) {
    database.run("UPDATE beads SET parent = ? WHERE key = ?", nowParents[0] ?? null, after.key);
  }
  const outside = maintain ? waitingOutside(database, { before, after }) : [];
  if (maintain && (edges || changes || outside.length > 0)) {
    updateBlocked(database, { key: after.key, edges, outcome: changes, parents: [...parents], outside });
  }
  for (const key of new Set(rebound)) {
    const list = parentsOf(database, key);
    database.run("UPDATE beads SET parent = ? WHERE key = ?", list[0] ?? null, key);
    if (maintain) {
      updateBlocked(database, {
        key,
        edges: true,
        outcome: false,
        parents: [...list, after.key],
        outside: [],
      });
    }
  }
}

function parentsOf(database: Database, key: string): string[] {
  return database.all<{ resolved: string }>(
    `SELECT resolved FROM deps WHERE source = ? AND type = 'parent-child' AND resolved IS NOT NULL
     ORDER BY target`,
    key,
  ).map((row) => row.resolved);
}

/** Writes the row of a bead; says whether what others wait for changed: its status, or that it is there at all. */
function writeRow(
  database: Database,
  { before, after }: { before: BeadState | undefined; after: BeadState },
): boolean {
  const { values, status, failed } = rowOf(after);
  const old = before && database.get<{ n: number; status: string; failed: number }>(
    "SELECT n, status, failed FROM beads WHERE key = ?",
    after.key,
  );
  if (!old) {
    insertRow(database, { state: after, values });
    return true;
  }
  database.run(UPDATE_ROW, ...values, after.key);
  database.run("UPDATE docs SET doc = ? WHERE n = ?", JSON.stringify(after), old.n);
  writeWords(database, { n: old.n, before, after });
  return old.status !== status || old.failed !== failed;
}

/** Makes the row of a bead that has none, with its state and its text. */
export function insertRow(
  database: Database,
  { state, values }: { state: BeadState; values: readonly SqlValue[] },
): void {
  const { id } = state.claim!;
  database.run(INSERT_ROW, state.key, id, slugOf(id), ...values);
  const { n } = database.get<{ n: number }>("SELECT last_insert_rowid() AS n")!;
  database.run("INSERT INTO docs (n, doc) VALUES (?, ?)", n, JSON.stringify(state));
  writeWords(database, { n, before: undefined, after: state });
}

/** What stands in the row of a bead, in the order of its columns. */
export function rowOf(state: BeadState): { values: SqlValue[]; status: string; failed: number } {
  const bead = beadOf(state, { id: state.claim!.id, blocked: false });
  const failed = bead.status === "closed" && isFailure(bead.close_reason) ? 1 : 0;
  const values = [
    bead.title,
    bead.status,
    bead.priority,
    bead.issue_type,
    bead.assignee ?? null,
    time(bead.created_at),
    time(bead.updated_at),
    bead.closed_at === undefined ? null : time(bead.closed_at),
    bead.defer_until === undefined ? null : time(bead.defer_until),
    bead.fields.pinned === true || bead.status === "pinned" ? 1 : 0,
    bead.fields.ephemeral === true || bead.fields.wisp === true ? 1 : 0,
    failed,
    state.clashes.length + (state.deletions.length > 0 && bead.status !== "tombstone" ? 1 : 0),
    JSON.stringify(state.claim),
  ];
  return { values, status: bead.status, failed };
}

const COLUMNS = [
  "title",
  "status",
  "priority",
  "issue_type",
  "assignee",
  "created",
  "updated",
  "closed",
  "defer_until",
  "pinned",
  "ephemeral",
  "failed",
  "clashes",
  "claim",
];
const UPDATE_ROW = `UPDATE beads SET ${COLUMNS.map((name) => `${name} = ?`).join(", ")} WHERE key = ?`;
const INSERT_ROW = `INSERT INTO beads (key, id, slug, ${COLUMNS.join(", ")})
  VALUES (?, ?, ?, ${COLUMNS.map(() => "?").join(", ")})`;

function time(text: string): number {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? 0 : ms;
}

function writeLabels(
  database: Database,
  { before, after }: { before: BeadState | undefined; after: BeadState },
): void {
  const old = before?.labels ?? emptyNames();
  for (const label in old) {
    if (!(label in after.labels)) {
      database.run("DELETE FROM labels WHERE key = ? AND label = ?", after.key, label);
    }
  }
  for (const label in after.labels) {
    if (!(label in old)) {
      database.run("INSERT OR IGNORE INTO labels (key, label) VALUES (?, ?)", after.key, label);
    }
  }
}

function writeEdges(
  database: Database,
  { before, after }: { before: BeadState | undefined; after: BeadState },
): boolean {
  const old = new Map((before?.edges ?? []).map((entry) => [edgeName(entry), entry]));
  let changed = false;
  for (const entry of after.edges) {
    if (old.delete(edgeName(entry))) continue;
    changed = true;
    const { target, type, metadata } = entry.edge;
    database.run(
      "INSERT OR REPLACE INTO deps (source, target, type, resolved, gate, spawner) VALUES (?, ?, ?, ?, ?, ?)",
      after.key,
      target,
      type,
      resolveTarget(database, target),
      ...waitOf(metadata),
    );
  }
  for (const { edge } of old.values()) {
    changed = true;
    database.run(
      "DELETE FROM deps WHERE source = ? AND target = ? AND type = ?",
      after.key,
      edge.target,
      edge.type,
    );
  }
  return changed;
}

function edgeName({ edge }: EdgeState): string {
  return `${edge.type} ${edge.target}`;
}

function loadSettings(database: Database): BeadState {
  const row = database.get<{ value: string }>("SELECT value FROM meta WHERE name = 'settings'");
  return row ? parseState(row.value) : emptyState(SETTINGS_KEY);
}

function saveSettings(database: Database, state: BeadState): void {
  database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('settings', ?)", JSON.stringify(state));
}
