import { CommandError } from "../lib/errors.ts";
import type { Database } from "./database.ts";
import { foldOperations } from "./fold.ts";
import { recomputeBlocked } from "./blocked_graph.ts";
import { applyToIndex, loadState, operationsOf, recordOperation, saveState } from "./index_write.ts";
import { isLater } from "./hybrid_clock.ts";
import {
  listReplicas,
  listSegments,
  readSegment,
  replaceSegment,
  type Segment,
  segmentPath,
  segmentSize,
  truncateSegment,
} from "./log_files.ts";
import { type ParsedOperation, parseLine } from "./operation.ts";
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
  const recorded = new Map(
    database.all<LogRow>("SELECT replica, MAX(segment) AS segment, first, size FROM logs GROUP BY replica")
      .map((row) => [row.replica, row]),
  );
  for (const replica of listReplicas(folder)) {
    const row = recorded.get(replica);
    if (!row) {
      if (listSegments(folder, replica).length > 0) return true;
      continue;
    }
    if (segmentSize(folder, { replica, number: row.segment }) !== row.size) return true;
    if (segmentSize(folder, { replica, number: row.segment + 1 }) > 0) return true;
    recorded.delete(replica);
  }
  return recorded.size > 0;
}

/**
 * Takes everything in the logs that the index lacks into it, and puts back what the logs lost. Needs the write lock.
 *
 * @throws {CommandError} `log_damaged` naming file and line.
 */
export function catchUp(database: Database, options: { folder: string; replica: string | undefined }): void {
  const { folder } = options;
  const fresh: { operation: ParsedOperation; line: string }[] = [];
  const recorded = database.all<{ replica: string }>("SELECT DISTINCT replica FROM logs");
  const names = new Set([...listReplicas(folder), ...recorded.map((row) => row.replica)]);
  for (const replica of [...names].sort()) {
    restoreSegments(database, { folder, replica });
    fresh.push(...readNew(database, { folder, replica, own: replica === options.replica }));
  }
  takeIn(database, fresh);
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
    database.run(
      "UPDATE logs SET size = ? WHERE replica = ? AND segment = ?",
      bytes.length,
      replica,
      row.segment,
    );
  });
}

function readNew(
  database: Database,
  { folder, replica, own }: { folder: string; replica: string; own: boolean },
): { operation: ParsedOperation; line: string }[] {
  const last = database.get<LogRow>(
    "SELECT * FROM logs WHERE replica = ? ORDER BY segment DESC LIMIT 1",
    replica,
  );
  let next = (database.get<{ n: number | null }>(
    "SELECT MAX(sequence) AS n FROM ops WHERE replica = ?",
    replica,
  )?.n ?? 0) + 1;
  const found: { operation: ParsedOperation; line: string }[] = [];
  for (const number of listSegments(folder, replica)) {
    if (last && number < last.segment) continue;
    const segment = { replica, number };
    const from = last?.segment === number ? last.size : 0;
    const bytes = readSegment(folder, { segment, from });
    if (bytes.length === 0) continue;
    const path = segmentPath(folder, segment);
    const linesBefore = () => countLines(readSegment(folder, { segment, from: 0 }).subarray(0, from));
    const { entries, length } = readGroups(bytes, { replica, path, next, linesBefore });
    const size = from + length;
    if (own && length < bytes.length) truncateSegment(folder, { segment, size });
    if (entries.length === 0) continue;
    const first = last?.segment === number ? last.first : entries[0]!.operation.sequence;
    database.run(
      "INSERT OR REPLACE INTO logs (replica, segment, first, size) VALUES (?, ?, ?, ?)",
      replica,
      number,
      first,
      size,
    );
    next = entries.at(-1)!.operation.sequence + 1;
    found.push(...entries);
  }
  return found;
}

/**
 * The operations of all whole groups in a piece of a log, and the length of that part in bytes.
 *
 * A group without its end was never reported done, so it does not count.
 *
 * @throws {CommandError} `log_damaged` for a line that is whole and cannot be read, or out of sequence.
 */
export function readGroups(
  bytes: Uint8Array,
  { replica, path, next, linesBefore }: {
    replica: string;
    path: string;
    next: number;
    /** How many lines of the file stand before these bytes, for messages. */
    linesBefore?: () => number;
  },
): { entries: { operation: ParsedOperation; line: string }[]; length: number } {
  const decoder = new TextDecoder();
  const entries: { operation: ParsedOperation; line: string }[] = [];
  let whole = 0;
  let length = 0;
  let expected = next;
  const refuse = (line: string, { number, why }: { number: number; why: string }) =>
    damaged(path, { line, number: number + (linesBefore?.() ?? 0), why });
  for (let start = 0, number = 1;; number++) {
    const end = bytes.indexOf(10, start);
    if (end < 0) break;
    const line = decoder.decode(bytes.subarray(start, end));
    const parsed = parseLine(line, replica);
    if (typeof parsed === "string") throw refuse(line, { number, why: parsed });
    const { operation, more } = parsed;
    if (operation.sequence !== expected) {
      throw refuse(line, { number, why: `operation ${replica}.${expected} is missing before it` });
    }
    expected++;
    entries.push({ operation, line });
    start = end + 1;
    if (!more) {
      whole = entries.length;
      length = start;
    }
  }
  entries.length = whole;
  return { entries, length };
}

function damaged(
  path: string,
  { line, number, why }: { line: string; number: number; why: string },
): CommandError {
  const at = line.length > 40 ? `${line.slice(0, 40)}…` : line;
  return new CommandError("refused", `Cannot read the ledger: "${path}" line ${number}: ${why}`, {
    code: "log_damaged",
    hints: [`The line begins with ${JSON.stringify(at)}; everything before it is intact`, "bd doctor --fix"],
  });
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count++;
  return count;
}

function takeIn(database: Database, fresh: readonly { operation: ParsedOperation; line: string }[]): void {
  if (fresh.length === 0) return;
  const touched = new Set<string>();
  let latest: Stamp = [0, 0];
  for (const entry of fresh) {
    if (!recordOperation(database, entry)) continue;
    touched.add(entry.operation.b);
    if (isLater(entry.operation.t, latest)) latest = entry.operation.t;
    if (fresh.length < BULK) applyToIndex(database, entry.operation);
  }
  noteClock(database, latest);
  if (fresh.length < BULK) return;
  for (const key of touched) {
    saveState(database, {
      before: loadState(database, key),
      after: foldOperations(key, operationsOf(database, key)),
      maintain: false,
    });
  }
  recomputeBlocked(database);
}

/** The newest time seen in any operation. */
export function readClock(database: Database): Stamp {
  const row = database.get<{ value: string }>("SELECT value FROM meta WHERE name = 'clock'");
  return row ? JSON.parse(row.value) : [0, 0];
}

/** Remembers a time when it is newer than all before. */
export function noteClock(database: Database, stamp: Stamp): void {
  if (!isLater(stamp, readClock(database))) return;
  database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('clock', ?)", JSON.stringify(stamp));
}
