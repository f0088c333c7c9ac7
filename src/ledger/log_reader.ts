import { closeSync, fstatSync, openSync } from "node:fs";
import { CommandError } from "../lib/errors.ts";
import { readFully, type Segment, segmentPath } from "./log_files.ts";
import { type ParsedOperation, parseLine } from "./operation.ts";

/** An operation and the line it stands in. */
export interface LogEntry {
  operation: ParsedOperation;
  line: string;
}

/** How far a reading went. */
export interface LogReading {
  /** Size of the part of the file that holds whole groups, in bytes. */
  size: number;
  /** Size of the file, in bytes. */
  found: number;
  /** Sequence number that is to follow. */
  next: number;
}

/** Size of the piece that is read at a time, in bytes. */
const WINDOW = 1024 * 1024;

/**
 * Reads the operations of all whole groups in a segment from an offset on, and hands them over a few at a time.
 *
 * A group without its end was never reported done, so it does not count.
 *
 * @throws {CommandError} `log_damaged` for a line that is whole and cannot be read, or out of sequence.
 */
export function readEntries(
  folder: string,
  { segment, from, next, take, path = segmentPath(folder, segment) }: {
    segment: Segment;
    from: number;
    next: number;
    take: (entries: readonly LogEntry[]) => void;
    /** The file, when it is not yet in its place. */
    path?: string;
  },
): LogReading {
  const { replica } = segment;
  const { size, found } = wholeGroups(path, from);
  let ready: LogEntry[] = [];
  let expected = next;
  eachLine(path, {
    from,
    to: size,
    line(line) {
      const parsed = parseLine(line, replica);
      if (typeof parsed === "string") throw damaged(path, { line, number: numberOf(expected), why: parsed });
      const { operation } = parsed;
      if (operation.sequence !== expected) {
        const why = `operation ${replica}.${expected} is missing before it`;
        throw damaged(path, { line, number: numberOf(expected), why });
      }
      expected++;
      ready.push({ operation, line });
    },
    pause() {
      if (ready.length > 0) take(ready);
      ready = [];
    },
  });
  return { size, found, next: expected };

  function numberOf(sequence: number): number {
    return linesBefore(path, from) + sequence - next + 1;
  }
}

/** Size of the part of a file after which no group is unfinished, and of the file; both in bytes. */
function wholeGroups(path: string, from: number): { size: number; found: number } {
  const decoder = new TextDecoder();
  const file = openSync(path, "r");
  try {
    const found = fstatSync(file).size;
    // A line, with its end, whose beginning stands before what was read so far.
    let carried = new Uint8Array();
    // Nearly always the last line ends a group; an unfinished one may be larger than memory.
    for (let start = found, window = 64 * 1024; start > from; window = WINDOW) {
      const at = Math.max(from, start - window);
      const bytes = new Uint8Array(start - at + carried.length);
      readFully(file, { into: bytes.subarray(0, start - at), at });
      bytes.set(carried, start - at);
      let end = bytes.lastIndexOf(10);
      while (end >= 0) {
        const before = end === 0 ? -1 : bytes.lastIndexOf(10, end - 1);
        if (before < 0 && at > from) break;
        const parsed = parseLine(decoder.decode(bytes.subarray(before + 1, end)));
        if (typeof parsed === "string" || !parsed.more) return { size: at + end + 1, found };
        end = before;
      }
      carried = bytes.slice(0, end + 1);
      start = at;
    }
    return { size: from, found };
  } finally {
    closeSync(file);
  }
}

/** Reads the lines between two offsets of a file, both at the beginning of a line. */
function eachLine(
  path: string,
  { from, to, line, pause }: {
    from: number;
    to: number;
    line: (text: string) => void;
    pause: () => void;
  },
): void {
  const decoder = new TextDecoder();
  const file = openSync(path, "r");
  try {
    let rest = new Uint8Array();
    for (let at = from; at < to;) {
      const length = Math.min(WINDOW, to - at);
      const bytes = new Uint8Array(rest.length + length);
      bytes.set(rest);
      readFully(file, { into: bytes.subarray(rest.length), at });
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        line(decoder.decode(bytes.subarray(start, end)));
        start = end + 1;
      }
      rest = bytes.subarray(start);
      at += length;
      pause();
    }
  } finally {
    closeSync(file);
  }
}

function linesBefore(path: string, offset: number): number {
  let count = 0;
  eachLine(path, { from: 0, to: offset, line: () => void count++, pause: () => {} });
  return count;
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
