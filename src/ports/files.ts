import {
  accessSync,
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  promises,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { readingAt, writingAt } from "./disk_error.ts";
import { type LinesRead, readLines } from "./line_reader.ts";

/** What stands at a path; `other` is a socket, a device or the like. */
export type EntryKind = "file" | "folder" | "link" | "other";

/**
 * The file system, in the few verbs this program needs.
 *
 * Every failure but absence is thrown; that something may not be read or written, as a CommandError.
 */
export interface Files {
  /** Reads a text file, or returns undefined where there is none. */
  readText(path: string): string | undefined;
  /**
   * Reads whole lines from byte `from` on, `most` bytes of them and never less than one; undefined where there is no
   * file. A line that has no end yet is left for the next call.
   */
  readLines(path: string, options: { from: number; most: number }): LinesRead | undefined;
  /**
   * Reads part of a file as text: `most` bytes from `from`, which counts from the end when it is negative. Bytes that are
   * no text are replaced. `size` is that of the whole file; undefined where there is none.
   */
  readPart(path: string, options: { from: number; most: number }): { text: string; size: number } | undefined;
  /** SHA-256 of what a file holds, in hexadecimal, read piece by piece; undefined where there is none. */
  hash(path: string): Promise<string | undefined>;
  /**
   * Replaces a file as a whole: a reader sees the old text or the new one. Makes the folders above it. A link stays, and
   * what it leads to is replaced; what stands in `/dev` and `/proc` is written to.
   */
  writeText(path: string, text: string, options?: { mode?: number; flush?: boolean }): void;
  /** Adds to the end of a file. Makes the folders above it. */
  appendText(path: string, text: string): void;
  /** Whether anything stands at a path. */
  exists(path: string): boolean;
  /** What stands at a path, or undefined where there is nothing. Does not follow links. */
  kind(path: string): EntryKind | undefined;
  /** Size in bytes and modification time in ms of what a path leads to, or undefined where there is nothing. */
  stat(path: string): { size: number; modified: number } | undefined;
  /** The sorted names in a folder; empty where there is no such folder. */
  list(path: string): string[];
  /** Makes a folder and those above it. */
  makeFolder(path: string): void;
  /** Makes a folder and those above it; returns false where something stands at the path already. */
  claimFolder(path: string): boolean;
  /** Removes a file, or a folder with all that is in it. Absent is fine. */
  remove(path: string): void;
  /** Moves within one file system. */
  rename(from: string, to: string): void;
  /** Makes a symbolic link, replacing one that is there. */
  link(target: string, path: string): void;
  /** Whether a path leads to a file that this user may run. */
  isExecutable(path: string): boolean;
  /** The path with every link resolved, or undefined where there is nothing. */
  realPath(path: string): string | undefined;
  /** Calls back after something in a folder changed; returns how to stop. */
  watch(folder: string, changed: () => void): () => void;
}

/** Makes the real file system. */
export function createFiles(): Files {
  return {
    readText: (path) => absentAsUndefined(path, () => readFileSync(path, "utf8")),
    readLines: (path, options) => readingAt(path, () => readLines(path, options)),
    readPart: (path, options) => absentAsUndefined(path, () => readPart(path, options)),
    hash,
    writeText: (path, text, options) => writingAt(path, () => writeText(path, text, options)),
    appendText: (path, text) =>
      writingAt(path, () => {
        mkdirSync(dirname(path), { recursive: true });
        appendFileSync(path, text);
      }),
    exists: existsSync,
    kind: (path) =>
      absentAsUndefined(path, () => {
        const found = lstatSync(path);
        return found.isFile()
          ? "file"
          : found.isDirectory()
          ? "folder"
          : found.isSymbolicLink()
          ? "link"
          : "other";
      }),
    stat: (path) =>
      absentAsUndefined(path, () => {
        const found = statSync(path);
        return { size: found.size, modified: found.mtimeMs };
      }),
    list: (path) => (absentAsUndefined(path, () => readdirSync(path)) ?? []).sort(),
    makeFolder: (path) => writingAt(path, () => void mkdirSync(path, { recursive: true })),
    claimFolder: (path) => writingAt(path, () => claimFolder(path)),
    remove: (path) => writingAt(path, () => rmSync(path, { recursive: true, force: true })),
    rename: (from, to) => writingAt(to, () => renameSync(from, to)),
    link: (target, path) =>
      writingAt(path, () => {
        mkdirSync(dirname(path), { recursive: true });
        const fresh = `${path}.${process.pid}.tmp`;
        rmSync(fresh, { force: true });
        symlinkSync(target, fresh);
        renameSync(fresh, path);
      }),
    isExecutable(path) {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    },
    realPath: (path) => absentAsUndefined(path, () => realpathSync(path)),
    watch(folder, changed) {
      const watcher = watch(folder, () => changed());
      watcher.on("error", () => {});
      return () => watcher.close();
    },
  };
}

function readPart(
  path: string,
  { from, most }: { from: number; most: number },
): { text: string; size: number } {
  const handle = openSync(path, "r");
  try {
    const { size } = fstatSync(handle);
    const start = from < 0 ? Math.max(0, size + from) : Math.min(from, size);
    const bytes = new Uint8Array(Math.min(most, size - start));
    let at = 0;
    while (at < bytes.length) {
      const count = readSync(handle, bytes, at, bytes.length - at, start + at);
      if (count === 0) break;
      at += count;
    }
    return { text: new TextDecoder().decode(bytes.subarray(0, at)), size };
  } finally {
    closeSync(handle);
  }
}

/** How much of a file is read at once, in bytes. */
const PIECE = 256 * 1024;

async function hash(path: string): Promise<string | undefined> {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const sum = createHash("sha256");
  let handle: Awaited<ReturnType<typeof promises.open>>;
  try {
    handle = await promises.open(path, "r");
  } catch (error) {
    return absentAsUndefined(path, () => {
      throw error;
    });
  }
  try {
    const piece = new Uint8Array(PIECE);
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, PIECE, null);
      if (bytesRead === 0) return sum.digest("hex");
      sum.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

function writeText(path: string, text: string, options: { mode?: number; flush?: boolean } = {}): void {
  const { end, how } = endOf(path);
  if (how !== "replace") return writeFileSync(end, text, { flag: how === "add" ? "a" : "w" });
  const folder = dirname(end);
  mkdirSync(folder, { recursive: true });
  const fresh = join(folder, `.${process.pid}.${counter++}.tmp`);
  const handle = openSync(fresh, "wx", options.mode ?? 0o644);
  try {
    writeOut(handle, { text, flush: options.flush === true });
    if (options.mode !== undefined) chmodSync(fresh, options.mode);
    renameSync(fresh, end);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** The most links that lead from one to the next. */
const MOST_LINKS = 40;

/** Where links lead, and how a text gets there: a device or a pipe that a file took the place of would be broken for everybody. */
function endOf(path: string): { end: string; how: "replace" | "write" | "add" } {
  let end = resolve(path);
  for (let left = MOST_LINKS; left > 0; left--) {
    const found = lstatSync(end, { throwIfNoEntry: false });
    // Such a link is a stream that is open somewhere, maybe in the middle of a file.
    if (/^\/(dev|proc)\//.test(end)) return { end, how: found?.isSymbolicLink() ? "add" : "write" };
    if (!found || found.isFile() || found.isDirectory()) return { end, how: "replace" };
    if (!found.isSymbolicLink()) return { end, how: "write" };
    end = resolve(realpathSync(dirname(end)), readlinkSync(end));
  }
  return { end, how: "write" };
}

function writeOut(handle: number, { text, flush }: { text: string; flush: boolean }): void {
  try {
    writeFileSync(handle, text);
    if (flush) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function claimFolder(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw error;
  }
}

let counter = 0;

function absentAsUndefined<T>(path: string, read: () => T): T | undefined {
  return readingAt(path, () => {
    try {
      return read();
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw error;
    }
  });
}
