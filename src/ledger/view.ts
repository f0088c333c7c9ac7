import type { Json } from "../lib/json.ts";
import { type BeadState, isDeleted, parseState } from "./bead_state.ts";
import { isHeldBackBy } from "./blocked.ts";
import type { Database, SqlValue } from "./database.ts";
import { loadState, operationsOf } from "./index_write.ts";
import { journalsAfter, readJournal } from "./journal.ts";
import type { Arrived, Bead, BeadKey, Conflict, Operation, View } from "./ledger.ts";
import { keyOf } from "./names.ts";
import { compareOperations, type ParsedOperation, parseLine, SETTINGS_KEY } from "./operation.ts";
import { beadOf } from "./shown_bead.ts";

interface BeadRow {
  id: string;
  blocked: number;
  doc: string;
}

/** Beads with their states; every condition on `key` or `clashes` may follow. */
const WITH_STATE = "SELECT id, blocked, doc FROM beads JOIN docs ON docs.n = beads.n";

/** Answers questions from the index. */
export function createView(database: Database): View {
  return {
    beadByKey: (key) => beadByKey(database, key),
    beadById(id) {
      const key = keyOf(database, id);
      return key === null ? undefined : beadByKey(database, key);
    },
    idsByPrefix: (prefix, limit) => idsByPrefix(database, { prefix, limit }),
    beads: (condition, ...values) => atOnce(database, () => [...eachBead(database, { condition, values })]),
    eachBead: (condition, ...values) => eachBead(database, { condition, values }),
    rows: <Row>(sql: string, ...values: SqlValue[]) => {
      if (!/^\s*(select|with)\b/i.test(sql)) throw new Error("only SELECT may be asked of a view");
      return database.all<Row>(sql, ...values).map((row) => ({ ...row }));
    },
    arrivedAfter: (arrival, limit) => arrivedAfter(database, { arrival, limit }),
    history: (key) => operationsOf(database, key).sort(compareOperations).map(plainOperation),
    journal: (name, after, kept) => readJournal(database, { name, after, kept }),
    journalsAfter: (after) => journalsAfter(database, after),
    setting: (name) => loadState(database, SETTINGS_KEY)?.registers[name],
    isHeldBackBy: (key, edge) => isHeldBackBy(database, { key, ...edge }),
    conflicts: (key) => atOnce(database, () => [...eachConflict(database, key)]),
    eachConflict: (key) => eachConflict(database, key),
    atOnce: (work) => atOnce(database, work),
  };
}

function beadOfRow(row: BeadRow): Bead {
  return beadOf(parseState(row.doc), { id: row.id, blocked: row.blocked === 1 });
}

function beadByKey(database: Database, key: string): Bead | undefined {
  const row = database.get<BeadRow>(`${WITH_STATE} WHERE key = ?`, key);
  return row && beadOfRow(row);
}

/** States are read after the choice is made: choosing among many rows would else drag all of their states along. */
function* eachBead(
  database: Database,
  { condition, values }: { condition: string; values: readonly SqlValue[] },
): Generator<Bead> {
  for (const { n } of database.all<{ n: number }>(`SELECT n FROM beads WHERE ${condition}`, ...values)) {
    yield beadOfRow(database.get<BeadRow>(`${WITH_STATE} WHERE beads.n = ?`, n)!);
  }
}

/** Within a change this is a part of it, outside a transaction that only reads. */
function atOnce<T>(database: Database, work: () => T): T {
  database.script("SAVEPOINT reading");
  try {
    return work();
  } finally {
    database.script("RELEASE reading");
  }
}

function idsByPrefix(database: Database, { prefix, limit }: { prefix: string; limit: number }): string[] {
  const end = `${prefix}\u{10ffff}`;
  return database.all<{ id: string }>(
    `SELECT id FROM beads WHERE id >= ? AND id < ? AND status <> 'tombstone'
     UNION SELECT id FROM beads WHERE slug >= ? AND slug < ? AND status <> 'tombstone' ORDER BY id LIMIT ?`,
    prefix,
    end,
    prefix,
    end,
    limit,
  ).map((row) => row.id);
}

function arrivedAfter(database: Database, { arrival, limit }: { arrival: number; limit: number }): Arrived[] {
  const found: Arrived[] = [];
  const rows = database.all<{ arrival: number; line: string; id: string | null }>(
    `SELECT o.arrival, o.line, b.id FROM ops o LEFT JOIN beads b ON b.key = o.bead
     WHERE o.arrival > ? ORDER BY o.arrival LIMIT ?`,
    arrival,
    limit,
  );
  for (const row of rows) {
    const parsed = parseLine(row.line);
    if (typeof parsed === "string") continue;
    found.push({ arrival: row.arrival, id: row.id ?? "", operation: plainOperation(parsed.operation) });
  }
  return found;
}

function plainOperation({ o, t, a, b, k, f }: ParsedOperation): Operation {
  return { o, t, a, b, k, f };
}

/** How many clashes there are that nobody has looked at. */
export function countConflicts(view: View): number {
  return view.atOnce(() => {
    let count = 0;
    for (const _ of view.eachConflict()) count++;
    return count;
  });
}

function* eachConflict(database: Database, key: BeadKey | undefined): Generator<Conflict> {
  const clashing = "SELECT n FROM beads WHERE clashes > 0";
  const rows = key === undefined
    ? database.all<{ n: number }>(`${clashing} ORDER BY +id`)
    : database.all<{ n: number }>(`${clashing} AND key = ?`, key);
  for (const { n } of rows) {
    const { id, doc } = database.get<BeadRow>(`${WITH_STATE} WHERE beads.n = ?`, n)!;
    yield* conflictsOf(database, { id, state: parseState(doc) });
  }
}

function conflictsOf(database: Database, { id, state }: { id: string; state: BeadState }): Conflict[] {
  const base = { key: state.key as BeadKey, id };
  const found: Conflict[] = state.clashes.map((clash) => ({
    ...base,
    register: clash.register,
    kept: clash.kept,
    lost: clash.lost,
    lost_operation: clash.lostOperation,
    lost_by: actorOf(database, clash.lostOperation),
    kept_operation: clash.keptOperation,
  }));
  if (isDeleted(state)) return found;
  for (const deletion of state.deletions) {
    found.push({
      ...base,
      register: "deleted",
      kept: false as Json,
      lost: deletion.reason || true,
      lost_operation: deletion.operation,
      lost_by: deletion.actor,
      kept_operation: "",
    });
  }
  return found;
}

function actorOf(database: Database, operation: string): string {
  if (operation.startsWith("i.")) return "import";
  const dot = operation.lastIndexOf(".");
  const row = database.get<{ line: string }>(
    "SELECT line FROM ops WHERE replica = ? AND sequence = ?",
    operation.slice(0, dot),
    Number(operation.slice(dot + 1)),
  );
  const parsed = row && parseLine(row.line);
  return parsed && typeof parsed !== "string" ? parsed.operation.a : "";
}
