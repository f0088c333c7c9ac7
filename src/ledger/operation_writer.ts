import type { JsonObject } from "../lib/json.ts";
import { type BeadState, emptyState } from "./bead_state.ts";
import type { Database } from "./database.ts";
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
  /** Makes one operation; `at` only for records that come from a file. */
  emit(operation: { kind: string; key: string; fields: JsonObject; at?: Stamp }): BeadState;
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
  const pending: ParsedOperation[] = [];
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
  const record = (made: { t: Stamp; b: string; k: string; f: JsonObject }): ParsedOperation => {
    sequence++;
    const operation = { o: `${replica}.${sequence}`, a: actor, ...made, replica, sequence };
    recordOperation(database, { operation, line: formatLine(operation, false) });
    pending.push(operation);
    return operation;
  };
  return {
    now,
    replica,
    actor,
    emit({ kind, key, fields, at }) {
      const { last } = loadState(database, key) ?? emptyState(key);
      const t = at ?? stampAfter([last[0], last[1]]);
      return applyToIndex(database, record({ t, b: key, k: kind, f: fields }));
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

function writeGroup(
  { database, folder, replica }: WriterOptions,
  operations: readonly ParsedOperation[],
): { undo: () => void } {
  const first = operations[0]!.sequence;
  const final = operations.length - 1;
  const lines = operations.map((operation, at) => formatLine(operation, at < final));
  if (final > 0) {
    database.run(
      `UPDATE ops SET line = substr(line, 1, length(line) - 1) || ',"m":1}'
       WHERE replica = ? AND sequence >= ? AND sequence < ?`,
      replica,
      first,
      first + final,
    );
  }
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
