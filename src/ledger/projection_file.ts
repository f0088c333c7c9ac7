import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { diskError } from "./log_files.ts";

/** What changes about a file when somebody writes it. */
export interface FileMark {
  size: number;
  /** In ms since the epoch. */
  modified: number;
  inode: number;
}

/** The mark of a file, or undefined where there is none. */
export function markOf(path: string): FileMark | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { size: found.size, modified: found.mtimeMs, inode: found.ino };
}

/** Whether nobody has written a file between two looks at it. */
export function isSameMark(one: FileMark | undefined, other: FileMark | undefined): boolean {
  return one?.size === other?.size && one?.modified === other?.modified && one?.inode === other?.inode;
}

/** Size of the piece that is read or written at a time, in bytes. */
const WINDOW = 1024 * 1024;

/** The lines of a file one after the other, without their ends; never the whole of it in memory. */
export function* linesOf(path: string): Generator<string> {
  const decoder = new TextDecoder();
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    let rest = "";
    for (let at = 0; at < size;) {
      const bytes = new Uint8Array(Math.min(WINDOW, size - at));
      const count = readSync(file, bytes, 0, bytes.length, at);
      if (count === 0) break;
      at += count;
      const lines = (rest + decoder.decode(bytes.subarray(0, count), { stream: true })).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== "") yield rest;
  } finally {
    closeSync(file);
  }
}

/** SHA-256 of a file in hexadecimal. */
export function hashOfFile(path: string): string {
  const hash = startHash();
  const file = openSync(path, "r");
  const bytes = new Uint8Array(WINDOW);
  try {
    for (let count = readSync(file, bytes); count > 0; count = readSync(file, bytes)) {
      hash.update(bytes.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

/**
 * Writes a file in `folder` as a whole, line by line; readers see the old one or the new one.
 *
 * Nothing is replaced when what is there has the hash already, nor when `unless` says in the end that it must not be.
 * Returns the hash, or undefined where it was not to be written.
 *
 * @throws {CommandError} when the disk refuses.
 */
export function writeLines(
  folder: string,
  { path, lines, present, unless }: {
    path: string;
    lines: Iterable<string>;
    present: string | undefined;
    unless?: () => boolean;
  },
): string | undefined {
  const fresh = join(folder, `.issues.${process.pid}.tmp`);
  try {
    const result = fill(fresh, lines);
    const leave = unless?.() === true;
    if (result !== present && !leave) renameSync(fresh, path);
    else rmSync(fresh);
    return leave ? undefined : result;
  } catch (error) {
    if (existsSync(fresh)) rmSync(fresh, { force: true });
    throw diskError(error, folder);
  }
}

/**
 * Writes lines to where somebody has asked for them: a file is replaced as a whole, a link is followed, and a device or
 * a pipe is written to.
 *
 * @throws {CommandError} when the disk refuses.
 */
export function writeLinesTo(path: string, lines: Iterable<string>): void {
  const found = statSync(path, { throwIfNoEntry: false });
  const place = found ? realpathSync(path) : path;
  if (found && !found.isFile()) fill(place, lines);
  else writeLines(dirname(place), { path: place, lines, present: undefined });
}

/** Writes lines into a file and returns their hash. */
function fill(path: string, lines: Iterable<string>): string {
  const hash = startHash();
  const file = openSync(path, "w", 0o644);
  const write = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    hash.update(bytes);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  };
  try {
    let waiting = "";
    for (const line of lines) {
      waiting += line;
      if (waiting.length < WINDOW) continue;
      write(waiting);
      waiting = "";
    }
    write(waiting);
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

function startHash() {
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}
