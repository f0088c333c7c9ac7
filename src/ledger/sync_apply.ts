import { CommandError } from "../lib/errors.ts";
import type { Ledger } from "./ledger.ts";
import { isReplicaName, readSegment, replaceSegment, segmentPath, segmentSize } from "./log_files.ts";
import { readGroups } from "./replay.ts";
import { parsePieceName } from "./sync_pieces.ts";
import type { SyncRepository } from "./sync_repository.ts";

/** What came of applying the refs of others. */
export interface Applied {
  /** Operations that are new here. */
  operations: number;
  /** Replicas whose log was left as it is, and why. */
  refused: { replica: string; reason: string }[];
}

/** A ref that holds the log of a replica. */
interface LogRef {
  replica: string;
  commit: string;
}

/** Takes what the refs in the repository hold and the logs here lack into the logs and the index. */
export async function applyRefs(
  repository: SyncRepository,
  { ledger, patterns }: { ledger: Ledger; patterns: readonly string[] },
): Promise<Applied> {
  const before = countOperations(ledger);
  const refused: Applied["refused"] = [];
  const fresh: LogRef[] = [];
  for (const ref of await logRefs(repository, patterns)) {
    if (isApplied(ledger, ref)) continue;
    try {
      await applyRef(repository, { ledger, ref });
      fresh.push(ref);
    } catch (error) {
      if (!(error instanceof CommandError) || error.code !== "log_damaged") throw error;
      refused.push({ replica: ref.replica, reason: error.message });
    }
  }
  // Any change takes what stands in the logs into the index first.
  ledger.write("sync", () => {});
  for (const ref of fresh) noteApplied(ledger, ref);
  return { operations: countOperations(ledger) - before, refused };
}

/** The commits of a replica that hold nothing new, and how far its log went when that was found. */
interface AppliedRow {
  commits: string[];
  sequence: number;
}

function isApplied(ledger: Ledger, { replica, commit }: LogRef): boolean {
  const row = ledger.ephemeral.get("sync-applied", replica) as AppliedRow | undefined;
  return row !== undefined && row.commits.includes(commit) && lastSequence(ledger, replica) >= row.sequence;
}

/** Remembers that a commit holds nothing that is not in the logs here. */
export function noteApplied(ledger: Ledger, { replica, commit }: LogRef): void {
  const row = ledger.ephemeral.get("sync-applied", replica) as AppliedRow | undefined;
  const commits = [...(row?.commits ?? []).filter((one) => one !== commit), commit].slice(-4);
  ledger.ephemeral.put("sync-applied", replica, { commits, sequence: lastSequence(ledger, replica) });
}

function lastSequence(ledger: Ledger, replica: string): number {
  return ledger.view.rows<{ n: number | null }>(
    "SELECT MAX(sequence) AS n FROM ops WHERE replica = ?",
    replica,
  )[0]?.n ?? 0;
}

function countOperations(ledger: Ledger): number {
  return ledger.view.rows<{ n: number }>("SELECT COUNT(*) AS n FROM ops")[0]!.n;
}

/** Names from a remote are data: whatever is not the name of a replica is passed over. */
async function logRefs(repository: SyncRepository, patterns: readonly string[]): Promise<LogRef[]> {
  const listed = await repository.read(["for-each-ref", "--format=%(objectname) %(refname)", ...patterns]);
  return listed.split("\n").flatMap((line) => {
    const [commit, name] = line.split(" ");
    const replica = name?.split("/").at(-1) ?? "";
    return commit && isReplicaName(replica) ? [{ replica, commit }] : [];
  });
}

async function applyRef(
  repository: SyncRepository,
  { ledger, ref }: { ledger: Ledger; ref: LogRef },
): Promise<void> {
  const { folder } = ledger;
  const { replica } = ref;
  const files: { segment: { replica: string; number: number }; bytes: Uint8Array }[] = [];
  const segments = await listPieces(repository, ref.commit);
  let next = 1;
  for (const [number, pieces] of segments) {
    const segment = { replica, number };
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const here = segmentSize(folder, segment);
    if (size <= here && number !== segments.at(-1)![0]) {
      next = nextAfter(ledger, { replica, segment: number });
      continue;
    }
    const bytes = await readPieces(repository, pieces);
    const known = here === 0 ? new Uint8Array() : readSegment(folder, { segment, from: 0 });
    requirePrefix(known, { bytes, replica });
    if (bytes.length <= known.length) continue;
    const path = segmentPath(folder, segment);
    const first = sequenceOf(bytes);
    if (next > 1 && first !== next) {
      throw damagedLog(replica, `operation ${replica}.${next} is missing in it`);
    }
    const { entries, length } = readGroups(bytes, { replica, path, next: first ?? next });
    next = (entries.at(-1)?.operation.sequence ?? next - 1) + 1;
    if (length > known.length) files.push({ segment, bytes: bytes.subarray(0, length) });
  }
  for (const file of files) replaceSegment(folder, file);
}

/** Sequence number of the first operation in a segment. */
function sequenceOf(bytes: Uint8Array): number | undefined {
  const head = new TextDecoder().decode(bytes.subarray(0, 80));
  const found = /^\{"o":"[a-z0-9]+\.(\d+)"/.exec(head);
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

/** One of two logs of a replica must be the beginning of the other; else one folder has written under both. */
function requirePrefix(known: Uint8Array, { bytes, replica }: { bytes: Uint8Array; replica: string }): void {
  const length = Math.min(known.length, bytes.length);
  for (let at = 0; at < length; at++) {
    if (known[at] !== bytes[at]) throw damagedLog(replica, "it differs from what is here already");
  }
}

function damagedLog(replica: string, reason: string): CommandError {
  return new CommandError("refused", `Cannot take in the log of replica "${replica}": ${reason}`, {
    code: "log_damaged",
    hints: ["bd doctor"],
  });
}

/** A piece with the object that holds it. */
interface PieceObject {
  piece: number;
  size: number;
  object: string;
}

async function listPieces(repository: SyncRepository, commit: string): Promise<[number, PieceObject[]][]> {
  const listed = await repository.read(["ls-tree", "-l", commit]);
  const segments = new Map<number, PieceObject[]>();
  for (const line of listed.split("\n")) {
    const found = /^100644 blob ([0-9a-f]+) +(\d+)\t(.*)$/.exec(line);
    const name = found && parsePieceName(found[3]!);
    if (!name) continue;
    const list = segments.get(name.segment) ?? [];
    list.push({ piece: name.piece, size: Number(found[2]), object: found[1]! });
    segments.set(name.segment, list);
  }
  for (const list of segments.values()) list.sort((one, other) => one.piece - other.piece);
  return [...segments].sort(([one], [other]) => one - other);
}

async function readPieces(repository: SyncRepository, pieces: readonly PieceObject[]): Promise<Uint8Array> {
  const output = await repository.read(["cat-file", "--batch"], {
    stdin: pieces.map((piece) => `${piece.object}\n`).join(""),
  });
  const bytes = new TextEncoder().encode(output);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { size } of pieces) {
    const start = bytes.indexOf(10, at) + 1;
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 1;
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}
