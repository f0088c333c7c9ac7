import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import { diskRefusal } from "../ports/disk_error.ts";

/** One file of a log. */
export interface Segment {
  replica: string;
  number: number;
}

/** Where a segment is: `ops/<replica>/000001.jsonl`. */
export function segmentPath(folder: string, { replica, number }: Segment): string {
  return join(folder, "ops", replica, `${String(number).padStart(6, "0")}.jsonl`);
}

/** Whether a name may be that of a replica, and so of a folder: small letters and digits, but no mark of a record from a file. */
export function isReplicaName(name: string): boolean {
  return /^(?!i.{12}$)[a-z0-9]{4,16}$/.test(name);
}

/** The replicas that have a log here, sorted. */
export function listReplicas(folder: string): string[] {
  try {
    return readdirSync(join(folder, "ops")).filter(isReplicaName).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** The numbers of a replica's segments, in order. */
export function listSegments(folder: string, replica: string): number[] {
  try {
    return readdirSync(join(folder, "ops", replica))
      .map((name) => Number(/^(\d{6,9})\.jsonl$/.exec(name)?.[1]))
      .filter((number) => number > 0)
      .sort((one, other) => one - other);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Size of a segment in bytes, 0 when it is not there. */
export function segmentSize(folder: string, segment: Segment): number {
  return statSync(segmentPath(folder, segment), { throwIfNoEntry: false })?.size ?? 0;
}

/** Fills `into` with the bytes of a file from `at` on, as far as there are any; returns how many there were. */
export function readFully(file: number, { into, at }: { into: Uint8Array; at: number }): number {
  let filled = 0;
  while (filled < into.length) {
    const count = readSync(file, into, filled, into.length - filled, at + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** The bytes of a segment from an offset on. */
export function readSegment(
  folder: string,
  { segment, from }: { segment: Segment; from: number },
): Uint8Array {
  const file = openSync(segmentPath(folder, segment), "r");
  try {
    const size = statSync(segmentPath(folder, segment)).size;
    const bytes = new Uint8Array(Math.max(0, size - from));
    return bytes.subarray(0, readFully(file, { into: bytes, at: from }));
  } finally {
    closeSync(file);
  }
}

/** Cuts a segment back to a size. */
export function truncateSegment(folder: string, { segment, size }: { segment: Segment; size: number }): void {
  if (segmentSize(folder, segment) > size) truncateSync(segmentPath(folder, segment), size);
}

/** Writes a segment as a whole: another process sees the old one or the new one. */
export function replaceSegment(
  folder: string,
  { segment, bytes }: { segment: Segment; bytes: Uint8Array },
): void {
  const path = segmentPath(folder, segment);
  mkdirSync(join(folder, "ops", segment.replica), { recursive: true });
  const fresh = `${path}.tmp`;
  const file = openSync(fresh, "w");
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at);
    fdatasyncSync(file);
  } catch (error) {
    throw diskError(error, folder);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
  syncFolder(join(folder, "ops", segment.replica));
}

/** Puts a file that was written elsewhere in the folder in the place of a segment, flushed. */
export function placeSegment(folder: string, { segment, path }: { segment: Segment; path: string }): void {
  mkdirSync(join(folder, "ops", segment.replica), { recursive: true });
  const file = openSync(path, "r+");
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(path, segmentPath(folder, segment));
  syncFolder(join(folder, "ops", segment.replica));
}

/** What a user is told when the disk refuses; errors of another kind are returned as they are. */
export function diskError(error: unknown, folder: string): unknown {
  const refusal = diskRefusal(error, folder);
  const full = refusal === "ENOSPC" || refusal === "EDQUOT";
  const readOnly = refusal === "EROFS" || refusal === "EACCES" || refusal === "EPERM";
  if (!full && !readOnly && refusal !== "EIO") return error;
  const why = full ? "the disk is full" : readOnly ? "it cannot be written" : "the disk reports an error";
  return new CommandError("refused", `Cannot use the ledger in "${folder}": ${why}`, {
    code: full ? "disk_full" : readOnly ? "read_only" : "disk_error",
    hints: [
      full ? `df -h '${folder}'` : `ls -ld '${folder}'`,
      "This change was not made; run the command again",
    ],
    cause: error,
  });
}

/** Flushes what a folder says of its files. */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function isAbsent(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === "ENOENT" || code === "ENOTDIR";
}
