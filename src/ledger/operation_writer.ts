import type { JsonObject } from "../lib/json.ts";
import { type BeadState, emptyState } from "./bead_state.ts";
import type { Database } from "./database.ts";
import { fillIndex } from "./fill_index.ts";
import { CLOCK_TOLERANCE_MS, isLater, nextStamp } from "./hybrid_clock.ts";
import { applyToIndex, insertOperation, loadState } from "./index_write.ts";
import { ENTRY_KIND, journalKey } from "./journal.ts";
import type { Stamp } from "./ledger.ts";
import { nestedTooDeep } from "./ledger_error.ts";
import { startGroup } from "./log_group.ts";
import { formatLine, isTooDeep, type ParsedOperation } from "./operation.ts";
import { readClock, refold, writeClock } from "./replay.ts";

/** Makes operations of one change, applies them to the index, and at the end puts them into the log as one group. */
export interface OperationWriter {
  readonly now: number;
  readonly replica: string;
  readonly actor: string;
  /** Makes one operation. */
  emit(operation: { kind: string; key: string; fields: JsonObject }): BeadState;
  /** Makes the operation of a record from a file, whose bead is there after {@linkcode OperationWriter.settle}. */
  emitRecord(operation: { key: string; fields: JsonObject; at: Stamp }): void;
  /** Takes the records so far into the index, all at once. */
  settle(): void;
  /** Makes one entry of a journal, later than `after`. */
  append(entry: { journal: string; entry: JsonObject; after?: Stamp }): { arrival: number; stamp: Stamp };
  /** Calls back when the group is on disk. */
  whenDurable(tell: () => void): void;
  /** Writes what is left of the group to the log and flushes it; false when there is nothing. */
  flush(): boolean;
  /** Takes back from the log whatever of the group is there, unless it was said to be durable; needs the write lock. */
  undo(): void;
}

/** What a writer works with. */
export interface WriterOptions {
  database: Database;
  folder: string;
  replica: string;
  actor: string;
  now: number;
  warn: (text: string) => void;
}

/** Starts the operations of one change. Needs the write lock. */
export function createOperationWriter(options: WriterOptions): OperationWriter {
  const { database, replica, actor, now } = options;
  const group = startGroup(options);
  const waiting: (() => void)[] = [];
  let told: readonly (() => void)[] = [];
  let records: { first: number; count: number } | undefined;
  const before = readClock(database);
  let clock = before;
  if (clock[0] > now + CLOCK_TOLERANCE_MS) {
    options.warn(
      `The ledger holds changes from ${new Date(clock[0]).toISOString()}, ahead of this machine's clock; ` +
        "check the clocks of the machines that share it",
    );
  }
  let sequence = database.get<{ n: number | null }>(
    "SELECT MAX(sequence) AS n FROM ops WHERE replica = ?",
    replica,
  )?.n ?? 0;
  const stampAfter = (floor: Stamp): Stamp => {
    const t = nextStamp(now, { last: clock, floor });
    if (isLater(t, clock) && t[0] <= now + CLOCK_TOLERANCE_MS) clock = t;
    return t;
  };
  const record = (
    made: { t: Stamp; b: string; k: string; f: JsonObject },
    more = false,
  ): ParsedOperation => {
    sequence++;
    const operation = { o: `${replica}.${sequence}`, a: actor, ...made, replica, sequence };
    const text = formatLine(operation, more);
    if (isTooDeep(text)) throw nestedTooDeep(made.b);
    // Its number is new: nobody else writes this log.
    insertOperation(database, { operation, line: text });
    group.add({ sequence, text, more });
    return operation;
  };
  return {
    now,
    replica,
    actor,
    emit({ kind, key, fields }) {
      const { last } = loadState(database, key) ?? emptyState(key);
      const t = stampAfter([last[0], last[1]]);
      return applyToIndex(database, record({ t, b: key, k: kind, f: fields }));
    },
    emitRecord({ key, fields, at }) {
      record({ t: at, b: key, k: "create", f: fields }, true);
      records ??= { first: sequence, count: 0 };
      records.count++;
    },
    settle() {
      if (!records) return;
      const { first, count } = records;
      records = undefined;
      if (!database.get("SELECT 1 FROM beads LIMIT 1")) return fillIndex(database);
      refold(database, { keys: createdSince(database, { replica, first }), count });
    },
    append({ journal, entry, after }) {
      const stamp = stampAfter(after ?? [0, 0]);
      record({ t: stamp, b: journalKey(journal), k: ENTRY_KIND, f: entry });
      const { arrival } = database.get<{ arrival: number }>("SELECT last_insert_rowid() AS arrival")!;
      return { arrival, stamp };
    },
    whenDurable: (tell) => void waiting.push(tell),
    flush() {
      if (isLater(clock, before)) writeClock(database, clock);
      const isWritten = group.finish();
      if (isWritten) { for (const tell of told = waiting) tell(); }
      return isWritten;
    },
    undo: () => void (told.length > 0 || group.undo()),
  };
}

/** Keys of the beads that operations of a replica have made from one on. */
function* createdSince(
  database: Database,
  { replica, first }: { replica: string; first: number },
): Generator<string> {
  const rows = database.each<{ bead: string }>(
    "SELECT bead FROM ops WHERE replica = ? AND sequence >= ? AND bead LIKE '%@i%' ORDER BY sequence",
    replica,
    first,
  );
  for (const { bead } of rows) yield bead;
}
