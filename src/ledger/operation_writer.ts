import type { JsonObject } from "../lib/json.ts";
import { type BeadState, emptyState } from "./bead_state.ts";
import type { Database } from "./database.ts";
import { fillIndex } from "./fill_index.ts";
import { CLOCK_TOLERANCE_MS, isLater, nextStamp } from "./hybrid_clock.ts";
import { applyToIndex, loadState, recordOperation } from "./index_write.ts";
import { ENTRY_KIND, journalKey } from "./journal.ts";
import type { Stamp } from "./ledger.ts";
import { appendToSegment, SEGMENT_BYTES } from "./log_files.ts";
import { formatLine, type ParsedOperation } from "./operation.ts";
import { noteClock, readClock } from "./replay.ts";
import { keepSpare } from "./spare_logs.ts";

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
  append(entry: { journal: string; entry: JsonObject; after?: Stamp }): void;
  /** Writes the group to the log and flushes it; returns how to take it back, or undefined when there is nothing. */
  flush(): { undo: () => void } | undefined;
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
  const pending: Pending[] = [];
  let records: ParsedOperation[] = [];
  let clock = readClock(database);
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
    recordOperation(database, { operation, line: formatLine(operation, more) });
    pending.push({ operation, more });
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
      records.push(record({ t: at, b: key, k: "create", f: fields }, true));
    },
    settle() {
      const operations = records;
      records = [];
      if (operations.length === 0) return;
      if (database.get("SELECT 1 FROM beads LIMIT 1")) {
        for (const operation of operations) applyToIndex(database, operation);
      } else fillIndex(database);
    },
    append({ journal, entry, after }) {
      record({ t: stampAfter(after ?? [0, 0]), b: journalKey(journal), k: ENTRY_KIND, f: entry });
    },
    flush() {
      if (pending.length === 0) return undefined;
      noteClock(database, clock);
      return writeGroup(options, pending);
    },
  };
}

/** An operation of the change under way, and whether its line in the index says that more follow. */
interface Pending {
  operation: ParsedOperation;
  more: boolean;
}

function writeGroup(
  { database, folder, replica }: WriterOptions,
  pending: readonly Pending[],
): { undo: () => void } {
  const first = pending[0]!.operation.sequence;
  const final = pending.length - 1;
  const lines = pending.map(({ operation, more }, at) => {
    const line = formatLine(operation, at < final);
    if (more === at < final) return line;
    const { sequence } = operation;
    database.run("UPDATE ops SET line = ? WHERE replica = ? AND sequence = ?", line, replica, sequence);
    return line;
  });
  const last = database.get<{ segment: number; size: number }>(
    "SELECT segment, size FROM logs WHERE replica = ? ORDER BY segment DESC LIMIT 1",
    replica,
  );
  const rotate = !last || last.size >= SEGMENT_BYTES;
  const segment = { replica, number: rotate ? (last?.segment ?? 0) + 1 : last.segment };
  const start = rotate ? 0 : last.size;
  const { size, undo } = appendToSegment(folder, {
    segment,
    text: lines.join("\n") + "\n",
    size: start,
  });
  if (rotate) {
    keepSpare(folder, segment);
    database.run(
      "INSERT INTO logs (replica, segment, first, size) VALUES (?, ?, ?, ?)",
      replica,
      segment.number,
      first,
      size,
    );
  } else {
    database.run("UPDATE logs SET size = ? WHERE replica = ? AND segment = ?", size, replica, segment.number);
  }
  return { undo };
}
