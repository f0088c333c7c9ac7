import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { CommandError } from "../lib/errors.ts";

const ofWriting: Readonly<Record<string, [code: string, why: string]>> = {
  ENOSPC: ["disk_full", "the disk is full"],
  EDQUOT: ["disk_full", "the disk quota is used up"],
  EROFS: ["read_only", "the disk is read-only"],
  EACCES: ["read_only", "permission denied"],
  EPERM: ["read_only", "permission denied"],
  EIO: ["disk_error", "the disk reports an error"],
  ENOENT: ["no_such_place", "there is no such place"],
  ENOTDIR: ["not_a_folder", "a file stands where a folder belongs"],
  // Of a folder that is to be made with those above it.
  EEXIST: ["not_a_folder", "a file stands where a folder belongs"],
  EISDIR: ["is_folder", "a folder stands there"],
};

const ofReading: typeof ofWriting = {
  EACCES: ["unreadable", "permission denied"],
  EPERM: ["unreadable", "permission denied"],
  EIO: ["disk_error", "the disk reports an error"],
  EISDIR: ["is_folder", "it is a folder"],
};

/** The same of SQLite, which has no such codes. */
const sayings: readonly [RegExp, code: string][] = [
  [/disk is full/i, "ENOSPC"],
  [/readonly database|unable to open database/i, "EROFS"],
  [/disk I\/O error/i, "EIO"],
];

/**
 * Why the disk at a path refused, in the system's own code; undefined for an error of another kind.
 *
 * A disk that is full shows as an I/O error where a file is mapped into memory.
 */
export function diskRefusal(error: unknown, path: string): string | undefined {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  const found = Object.hasOwn(ofWriting, code) ? code : sayings.find(([saying]) => saying.test(message))?.[1];
  return found === "EIO" && isFull(path) ? "ENOSPC" : found;
}

function isFull(path: string): boolean {
  for (let at = path;; at = dirname(at)) {
    try {
      const { bavail, blocks } = statfsSync(at);
      return blocks > 0 && bavail * 1000 < blocks;
    } catch {
      if (dirname(at) === at) return false;
    }
  }
}

/** Runs something that writes at a path. @throws {CommandError} `disk_full`, `read_only` or the like, when the disk refuses. */
export function writingAt<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw refused(error, { path, verb: "write", known: ofWriting[diskRefusal(error, path) ?? ""] });
  }
}

/** Runs something that reads at a path. @throws {CommandError} `unreadable`, `is_folder` or `disk_error`, when it may not be read. */
export function readingAt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw refused(error, { path, verb: "read", known: ofReading[(error as { code?: string }).code ?? ""] });
  }
}

/** What the caller is told of a refusal that is known; any other error as it is. */
function refused(
  error: unknown,
  { path, verb, known }: { path: string; verb: string; known: [code: string, why: string] | undefined },
): unknown {
  if (!known) return error;
  const [code, why] = known;
  return new CommandError("refused", `Cannot ${verb} "${path}": ${why}`, {
    code,
    hints: [code === "disk_full" ? `df -h '${path}'` : `ls -ld '${path}'`],
    cause: error,
  });
}
