import { Buffer } from "node:buffer";
import { closeSync, mkdirSync, openSync, readSync, rmSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { CommandError } from "../lib/errors.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Ledger } from "./ledger.ts";
import {
  diskError,
  isReplicaName,
  placeSegment,
  readFully,
  type Segment,
  segmentPath,
  segmentSize,
} from "./log_files.ts";
import { readEntries } from "./log_reader.ts";
import { countOperations, isApplied, lastSequence, type LogRef, noteApplied } from "./sync_applied.ts";
import { listPieces, type PieceObject, readPieces } from "./sync_objects.ts";
import type { SyncRepository } from "./sync_repository.ts";

/** What came of applying the refs of others. */
export interface Applied {
  /** Operations that are new here. */
  operations: number;
  /** Replicas whose log was left as it is, and why. */
  refused: { replica: string; reason: string }[];
}

/** The refs that hold logs, by what their names begin with. Names from a remote are data: others are passed over. */
export async function logRefs(repository: SyncRepository, patterns: readonly string[]): Promise<LogRef[]> {
  const listed = await repository.read(["for-each-ref", "--format=%(objectname) %(refname)", ...patterns]);
  return listed.split("\n").flatMap((line) => {
    const [commit, name = ""] = line.split(" ");
    const replica = name.split("/").at(-1) ?? "";
    return commit && isReplicaName(replica) ? [{ name, replica, commit }] : [];
  });
}

/** Takes what refs in the repository hold and the logs here lack into the logs and the index. */
export async function applyRefs(
  repository: SyncRepository,
  { ledger, refs }: { ledger: Ledger; refs: readonly LogRef[] },
): Promise<Applied> {
  const refused: Applied["refused"] = [];
  const fresh: { replica: string; commit: string; held: number }[] = [];
  const unseen = refs.filter((ref) => !isApplied(ledger, ref));
  if (unseen.length === 0) return { operations: 0, refused };
  const before = countOperations(ledger);
  for (const ref of unseen) {
    try {
      const held = await applyRef(repository, { ledger, ref });
      fresh.push({ ...ref, held });
    } catch (error) {
      if (!(error instanceof CommandError) || !isLeftAlone(ledger, { ref, code: error.code })) throw error;
      refused.push({ replica: ref.replica, reason: error.message });
    }
  }
  faultPoint("sync.after-logs");
  // Any change takes what stands in the logs into the index first.
  ledger.write("sync", () => {});
  for (const ref of fresh) noteApplied(ledger, ref);
  return { operations: countOperations(ledger) - before, refused };
}

/** Whether a log that cannot be taken in is no reason to do without the others. */
function isLeftAlone({ replica }: Ledger, { ref, code }: { ref: LogRef; code: string }): boolean {
  // A ref of another may lead to anything.
  return code === "log_damaged" || code === "git_failed" && ref.replica !== replica;
}

/** Takes in one ref; returns the sequence number of the last operation it holds. */
async function applyRef(
  repository: SyncRepository,
  { ledger, ref }: { ledger: Ledger; ref: LogRef },
): Promise<number> {
  const { folder } = ledger;
  const { replica } = ref;
  const arrived: { segment: Segment; known: number }[] = [];
  const segments = await listPieces(repository, ref.commit);
  let next = 1;
  try {
    for (const [at, [number, pieces]] of segments.entries()) {
      if (number !== at + 1) throw damagedLog(replica, `segment ${at + 1} is missing in it`);
      const segment = { replica, number };
      const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
      const known = segmentSize(folder, segment);
      if (size <= known && number !== segments.at(-1)![0]) {
        next = nextAfter(ledger, { replica, segment: number });
        continue;
      }
      arrived.push({ segment, known });
      await fetchSegment(repository, { folder, segment, pieces, known });
      const path = incomingPath(folder, segment);
      const first = firstSequence(path);
      if ((first ?? next) !== next) {
        throw damagedLog(replica, `operation ${replica}.${next} is missing in it`);
      }
      const read = readEntries(folder, { segment, from: 0, next: first ?? next, take: () => {}, path });
      next = read.next;
      if (read.size <= known) arrived.pop();
      else truncateSync(path, read.size);
    }
    if (arrived.length > 0) place(ledger, arrived);
    return next - 1;
  } finally {
    for (const [number] of segments) {
      rmSync(incomingPath(folder, { replica, number }), { force: true });
    }
  }
}

/** Puts segments in their places while nobody can add to the files that they replace. */
function place(ledger: Ledger, arrived: readonly { segment: Segment; known: number }[]): void {
  const { folder } = ledger;
  ledger.write("sync", () => {
    for (const { segment, known } of arrived) {
      if (segmentSize(folder, segment) === known) continue;
      throw damagedLog(segment.replica, "it was written to while it was read; run the sync again");
    }
    for (const { segment } of arrived) placeSegment(folder, { segment, path: incomingPath(folder, segment) });
  });
}

function incomingPath(folder: string, { replica, number }: Segment): string {
  return join(folder, "local", `${replica}.${number}.incoming`);
}

/** A file for the objects of a segment to pass through, another at each call: two versions may be read at once. */
export function scratchPath(folder: string, { replica, number }: Segment): string {
  return join(folder, "local", `${replica}.${number}.${process.pid}.${++scratches}.objects`);
}

let scratches = 0;

/** Writes a segment as the remote has it beside the logs, and compares it with the part that is here already. */
async function fetchSegment(
  repository: SyncRepository,
  { folder, segment, pieces, known }: SegmentPieces,
): Promise<void> {
  mkdirSync(join(folder, "local"), { recursive: true });
  const file = openSync(incomingPath(folder, segment), "w");
  const here = known > 0 ? openSync(segmentPath(folder, segment), "r") : undefined;
  try {
    let at = 0;
    for await (const bytes of readPieces(repository, { pieces, scratch: scratchPath(folder, segment) })) {
      requireSame(bytes, { here, at, known, replica: segment.replica });
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      at += bytes.length;
    }
  } catch (error) {
    throw diskError(error, folder);
  } finally {
    closeSync(file);
    if (here !== undefined) closeSync(here);
  }
}

/** One of two logs of a replica must be the beginning of the other; else one folder has written under both. */
function requireSame(
  bytes: Uint8Array,
  { here, at, known, replica }: { here: number | undefined; at: number; known: number; replica: string },
): void {
  const both = Math.min(bytes.length, known - at);
  if (here === undefined || both <= 0) return;
  const mine = new Uint8Array(both);
  readFully(here, { into: mine, at });
  if (Buffer.compare(mine, bytes.subarray(0, both)) !== 0) {
    throw damagedLog(replica, "it differs from what is here already");
  }
}

/** Whether the log of a replica here and the one a commit holds are each other's beginning. */
export async function isSameLog(
  repository: SyncRepository,
  { folder, replica, commit }: { folder: string; replica: string; commit: string },
): Promise<boolean> {
  for (const [number, pieces] of await listPieces(repository, commit)) {
    const segment = { replica, number };
    const known = segmentSize(folder, segment);
    if (known === 0) continue;
    try {
      await compareSegment(repository, { folder, segment, pieces, known });
    } catch (error) {
      if (error instanceof CommandError && error.code === "log_damaged") return false;
      throw error;
    }
  }
  return true;
}

async function compareSegment(
  repository: SyncRepository,
  { folder, segment, pieces, known }: SegmentPieces,
): Promise<void> {
  const here = openSync(segmentPath(folder, segment), "r");
  try {
    let at = 0;
    for await (const bytes of readPieces(repository, { pieces, scratch: scratchPath(folder, segment) })) {
      requireSame(bytes, { here, at, known, replica: segment.replica });
      at += bytes.length;
    }
  } finally {
    closeSync(here);
  }
}

/** A segment as the remote has it, and how much of it is here, in bytes. */
interface SegmentPieces {
  folder: string;
  segment: Segment;
  pieces: readonly PieceObject[];
  known: number;
}

/** Sequence number of the first operation in a file. */
function firstSequence(path: string): number | undefined {
  const head = new Uint8Array(80);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  const found = /^\{"o":"[a-z0-9]+\.(\d+)"/.exec(new TextDecoder().decode(head));
  return found ? Number(found[1]) : undefined;
}

function nextAfter(ledger: Ledger, { replica, segment }: { replica: string; segment: number }): number {
  const row = ledger.view.rows<{ first: number }>(
    "SELECT first FROM logs WHERE replica = ? AND segment = ?",
    replica,
    segment + 1,
  )[0];
  return row ? row.first : lastSequence(ledger, replica) + 1;
}

function damagedLog(replica: string, reason: string): CommandError {
  return new CommandError("refused", `Cannot take in the log of replica "${replica}": ${reason}`, {
    code: "log_damaged",
    hints: ["bd doctor"],
  });
}
