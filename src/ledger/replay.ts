import type { Database } from "./database.ts";
import { fillIndex } from "./fill_index.ts";
import { foldOperations } from "./fold.ts";
import { recomputeBlocked } from "./blocked_graph.ts";
import { applyToIndex, loadState, operationsOf, recordOperation, saveState } from "./index_write.ts";
import { isLater } from "./hybrid_clock.ts";
import { isJournalKey } from "./journal.ts";
import {
  listReplicas,
  listSegments,
  replaceSegment,
  type Segment,
  segmentSize,
  truncateSegment,
} from "./log_files.ts";
import { type LogEntry, readEntries } from "./log_reader.ts";
import type { ParsedOperation } from "./operation.ts";
import { keepSpare } from "./spare_logs.ts";
import type { Stamp } from "./ledger.ts";

/** What a log says about itself in the index. */
interface LogRow {
  replica: string;
  segment: number;
  first: number;
  size: number;
}

/** From this many new operations on, beads are folded once each and blockedness is computed at the end. */
const BULK = 200;

/** Whether the logs hold something the index does not, or the other way round. Costs a few calls a replica. */
export function isBehind(database: Database, folder: string): boolean {
  return lagOf(database, folder) !== "";
}

/**
 * Where the logs and the index differ, and how; empty where they do not.
 *
 * {@linkcode catchUp} may leave a lag behind, which is then as it was: a file without a whole group in it.
 */
export function lagOf(database: Database, folder: string): string {
  const recorded = new Map(
    database.all<LogRow>("SELECT replica, MAX(segment) AS segment, first, size FROM logs GROUP BY replica")
      .map((row) => [row.replica, row]),
  );
  const lags: string[] = [];
  for (const replica of listReplicas(folder)) {
    const row = recorded.get(replica);
    recorded.delete(replica);
    if (!row) {
      const sizes = listSegments(folder, replica).map((number) => segmentSize(folder, { replica, number }));
      if (sizes.length > 0) lags.push(`${replica} ${sizes.join(" ")}`);
      continue;
    }
    const size = segmentSize(folder, { replica, number: row.segment });
    const next = segmentSize(folder, { replica, number: row.segment + 1 });
    if (size !== row.size || next > 0) lags.push(`${replica} ${row.segment} ${row.size} ${size} ${next}`);
  }
  return [...lags, ...recorded.keys()].join("\n");
}

/**
 * Takes everything in the logs that the index lacks into it, and puts back what the logs lost. Needs the write lock.
 *
 * @throws {CommandError} `log_damaged` naming file and line.
 */
export function catchUp(database: Database, options: { folder: string; replica: string | undefined }): void {
  const { folder } = options;
  const recorded = database.all<{ replica: string }>("SELECT DISTINCT replica FROM logs");
  const names = new Set([...listReplicas(folder), ...recorded.map((row) => row.replica)]);
  for (const replica of names) restoreSegments(database, { folder, replica });
  const arrivals = startArrivals(database);
  for (const replica of [...names].sort()) {
    readNew(database, { folder, replica, own: replica === options.replica, arrivals });
  }
  arrivals.finish();
}

/** Puts back segments that are shorter than the index remembers them: everything in them is in the index too. */
function restoreSegments(database: Database, { folder, replica }: { folder: string; replica: string }): void {
  const rows = database.all<LogRow>("SELECT * FROM logs WHERE replica = ? ORDER BY segment", replica);
  rows.forEach((row, at) => {
    const segment: Segment = { replica, number: row.segment };
    if (segmentSize(folder, segment) >= row.size) return;
    const end = rows[at + 1]?.first ?? Number.MAX_SAFE_INTEGER;
    const lines = database.all<{ line: string }>(
      "SELECT line FROM ops WHERE replica = ? AND sequence >= ? AND sequence < ? ORDER BY sequence",
      replica,
      row.first,
      end,
    );
    const bytes = new TextEncoder().encode(lines.map(({ line }) => `${line}\n`).join(""));
    replaceSegment(folder, { segment, bytes });
    keepSpare(folder, segment);
    database.run(
      "UPDATE logs SET size = ? WHERE replica = ? AND segment = ?",
      bytes.length,
      replica,
      row.segment,
    );
  });
}

/** Reads what one log has beyond the index. */
function readNew(
  database: Database,
  { folder, replica, own, arrivals }: { folder: string; replica: string; own: boolean; arrivals: Arrivals },
): void {
  const last = database.get<LogRow>(
    "SELECT * FROM logs WHERE replica = ? ORDER BY segment DESC LIMIT 1",
    replica,
  );
  let next = (database.get<{ n: number | null }>(
    "SELECT MAX(sequence) AS n FROM ops WHERE replica = ?",
    replica,
  )?.n ?? 0) + 1;
  for (const number of listSegments(folder, replica)) {
    if (last && number < last.segment) continue;
    const segment = { replica, number };
    const from = last?.segment === number ? last.size : 0;
    const read = readEntries(folder, { segment, from, next, take: arrivals.take });
    if (own && read.size < read.found) truncateSegment(folder, { segment, size: read.size });
    if (read.next === next) continue;
    database.run(
      "INSERT OR REPLACE INTO logs (replica, segment, first, size) VALUES (?, ?, ?, ?)",
      replica,
      number,
      last?.segment === number ? last.first : next,
      read.size,
    );
    next = read.next;
  }
}

/** Where operations go as they are read. */
interface Arrivals {
  take(entries: readonly LogEntry[]): void;
  /** Folds what arrived into the beads. */
  finish(): void;
}

function startArrivals(database: Database): Arrivals {
  const isEmpty = !database.get("SELECT 1 FROM beads LIMIT 1");
  const touched = new Set<string>();
  const few: ParsedOperation[] = [];
  let latest: Stamp = [0, 0];
  let any = false;
  return {
    take(entries) {
      for (const entry of entries) {
        if (!recordOperation(database, entry)) continue;
        const { operation } = entry;
        if (isLater(operation.t, latest)) latest = operation.t;
        any = true;
        if (isJournalKey(operation.b)) continue;
        if (!isEmpty) touched.add(operation.b);
        if (few.length < BULK) few.push(operation);
      }
    },
    finish() {
      if (!any) return;
      noteClock(database, latest);
      if (few.length < BULK) { for (const operation of few) applyToIndex(database, operation); }
      else if (isEmpty) fillIndex(database);
      else refold(database, { keys: touched, count: touched.size });
    },
  };
}

/** Folds beads anew from all of their recorded operations; of many, what they wait for is worked out at the end. */
export function refold(
  database: Database,
  { keys, count }: { keys: Iterable<string>; count: number },
): void {
  const maintain = count < BULK;
  for (const key of keys) {
    saveState(database, {
      before: loadState(database, key),
      after: foldOperations(key, operationsOf(database, key)),
      maintain,
    });
  }
  if (!maintain) recomputeBlocked(database);
}

/** The newest time seen in any operation. */
export function readClock(database: Database): Stamp {
  const row = database.get<{ value: string }>("SELECT value FROM meta WHERE name = 'clock'");
  return row ? JSON.parse(row.value) : [0, 0];
}

/** Remembers a time when it is newer than all before. */
export function noteClock(database: Database, stamp: Stamp): void {
  if (isLater(stamp, readClock(database))) writeClock(database, stamp);
}

/** Remembers a time that is newer than all before. */
export function writeClock(database: Database, stamp: Stamp): void {
  database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('clock', ?)", JSON.stringify(stamp));
}
