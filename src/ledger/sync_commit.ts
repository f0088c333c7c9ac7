import { closeSync, openSync, readSync } from "node:fs";
import type { Ledger } from "./ledger.ts";
import { segmentPath } from "./log_files.ts";
import { lastSequence } from "./sync_applied.ts";
import { parsePieceName, PIECE_BYTES, pieceName } from "./sync_pieces.ts";
import { gitFailed, type SyncRepository } from "./sync_repository.ts";

/** The ref that holds the log of a replica; only that replica writes it. */
export function replicaRef(replica: string): string {
  return `refs/beads/${replica}`;
}

/** How far a tree goes: all of the segments before the last, and the pieces of that. */
interface Extent {
  segment: number;
  /** Number of the last piece, which may still grow, and where it begins in the segment, in bytes. */
  piece: number;
  offset: number;
  /** Bytes of the segment that the tree holds. */
  size: number;
}

interface Piece extends Extent {
  bytes: Uint8Array;
}

/** Bytes that go into one commit: more at once would have to fit into memory. */
const BATCH_BYTES = 1024 * 1024;

/**
 * Brings the ref of a replica up to its log here: commits of what is new, made without checkout or index.
 *
 * `at` is the commit the ref holds now. Returns the one it holds then; undefined while there is nothing to hold.
 */
export async function commitLog(
  repository: SyncRepository,
  { ledger, replica, at, now }: { ledger: Ledger; replica: string; at: string | undefined; now: number },
): Promise<string | undefined> {
  const message = `beads: ${lastSequence(ledger, replica)} operations`;
  let extent = at === undefined ? undefined : await extentOf(repository, { ledger, replica, commit: at });
  let commit = at;
  for (;;) {
    const pieces = newPieces(ledger, { replica, extent });
    if (pieces.length === 0) return commit;
    commit = await importCommit(repository, { ref: replicaRef(replica), pieces, now, message, onto: commit });
    const { bytes: _bytes, ...reached } = pieces.at(-1)!;
    extent = reached;
    ledger.ephemeral.put("sync-extent", replica, { commit, ...extent });
  }
}

/** Lets the ref of a replica follow a commit of the same log that another clone made; its files stay as they are. */
export async function joinCommit(
  repository: SyncRepository,
  { replica, at, other, now }: { replica: string; at: string; other: string; now: number },
): Promise<string> {
  const [tree] = (await repository.read(["rev-parse", `${at}^{tree}`])).split("\n");
  const words = ["commit-tree", tree!, "-p", at, "-p", other, "-m", "beads: two copies of one log"];
  const commit = (await repository.read(words, { seconds: Math.floor(now / 1000) })).trim();
  await repository.read(["update-ref", replicaRef(replica), commit, at]);
  return commit;
}

/** How far a commit goes; remembered, since listing the tree of a large ledger takes long. */
async function extentOf(
  repository: SyncRepository,
  { ledger, replica, commit }: { ledger: Ledger; replica: string; commit: string },
): Promise<Extent | undefined> {
  const known = ledger.ephemeral.get("sync-extent", replica) as (Extent & { commit: string }) | undefined;
  if (known?.commit === commit) return known;
  const listed = await repository.read(["ls-tree", "-l", commit]);
  let last: Extent | undefined;
  const pieces = listed.split("\n").flatMap((line) => {
    const found = /^\d+ blob [0-9a-f]+ +(\d+)\t(.*)$/.exec(line);
    const name = found && parsePieceName(found[2]!);
    return name ? [{ ...name, bytes: Number(found[1]) }] : [];
  }).sort((one, other) => one.segment - other.segment || one.piece - other.piece);
  for (const { segment, piece, bytes } of pieces) {
    const offset = last?.segment === segment ? last.size : 0;
    last = { segment, piece, offset, size: offset + bytes };
  }
  return last;
}

/** The pieces that a tree lacks or holds in part, up to a number of bytes. */
function newPieces(
  ledger: Ledger,
  { replica, extent }: { replica: string; extent: Extent | undefined },
): Piece[] {
  const logs = ledger.view.rows<{ segment: number; size: number }>(
    "SELECT segment, size FROM logs WHERE replica = ? AND segment >= ? ORDER BY segment",
    replica,
    extent?.segment ?? 0,
  );
  const pieces: Piece[] = [];
  let room = BATCH_BYTES;
  for (const { segment, size } of logs) {
    const same = extent?.segment === segment ? extent : undefined;
    if (same && same.size >= size) continue;
    let piece = same?.piece ?? 0;
    for (let offset = same?.offset ?? 0; offset < size && room > 0; piece++) {
      const path = segmentPath(ledger.folder, { replica, number: segment });
      const bytes = readPiece(path, { offset, size });
      pieces.push({ segment, piece, offset, size: offset + bytes.length, bytes });
      offset += bytes.length;
      room -= bytes.length;
    }
    if (room <= 0) break;
  }
  return pieces;
}

/**
 * A piece ends with the first line that reaches the size of one, so that a sync adds a small object and not the whole
 * segment again: a longer version of the same segment has the same pieces but for the last.
 */
function readPiece(path: string, { offset, size }: { offset: number; size: number }): Uint8Array {
  const file = openSync(path, "r");
  try {
    for (let length = PIECE_BYTES + 16 * 1024;; length *= 4) {
      const bytes = new Uint8Array(Math.min(length, size - offset));
      const count = readSync(file, bytes, 0, bytes.length, offset);
      if (count < bytes.length) throw new Error(`"${path}" is shorter than the index says`);
      const end = bytes.length < PIECE_BYTES ? -1 : bytes.indexOf(10, PIECE_BYTES - 1);
      if (end >= 0) return bytes.subarray(0, end + 1);
      if (offset + bytes.length >= size) return bytes;
    }
  } finally {
    closeSync(file);
  }
}

async function importCommit(
  repository: SyncRepository,
  { ref, pieces, now, message, onto }: {
    ref: string;
    pieces: readonly Piece[];
    now: number;
    message: string;
    onto: string | undefined;
  },
): Promise<string> {
  const decoder = new TextDecoder();
  const lines = [
    `commit ${ref}`,
    "mark :1",
    `committer bd <bd@localhost> ${Math.floor(now / 1000)} +0000`,
    `data ${message.length}`,
    message,
    ...(onto === undefined ? [] : [`from ${onto}`]),
  ];
  for (const { bytes, ...name } of pieces) {
    lines.push(`M 100644 inline ${pieceName(name)}`, `data ${bytes.length}`, decoder.decode(bytes));
  }
  const finished = await repository.git(["fast-import", "--quiet", "--done"], {
    stdin: `${lines.join("\n")}\nget-mark :1\ndone\n`,
  });
  if (finished.code !== 0) throw gitFailed("fast-import", finished);
  return finished.stdout.trim();
}
