import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { CommandError } from "../lib/errors.ts";
import { readFully } from "./log_files.ts";
import { parsePieceName } from "./sync_pieces.ts";
import type { SyncRepository } from "./sync_repository.ts";

/** A piece with the object that holds it. */
export interface PieceObject {
  piece: number;
  size: number;
  object: string;
}

/** The pieces of each segment that a commit holds, in order. */
export async function listPieces(
  repository: SyncRepository,
  commit: string,
): Promise<[number, PieceObject[]][]> {
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

/**
 * The bytes of pieces, one piece after the other; what was handed out last is overwritten by the next.
 *
 * Git writes all of them into the file `scratch` first, which is removed in the end: a log may be larger than memory.
 *
 * @throws {CommandError} `git_failed` when an object is missing.
 */
export async function* readPieces(
  repository: SyncRepository,
  { pieces, scratch }: { pieces: readonly PieceObject[]; scratch: string },
): AsyncGenerator<Uint8Array> {
  mkdirSync(dirname(scratch), { recursive: true });
  try {
    await repository.read(["cat-file", "--batch"], {
      stdin: pieces.map((piece) => `${piece.object}\n`).join(""),
      stdoutFile: scratch,
    });
    yield* piecesIn(scratch, pieces);
  } finally {
    rmSync(scratch, { force: true });
  }
}

function* piecesIn(path: string, pieces: readonly PieceObject[]): Generator<Uint8Array> {
  const decoder = new TextDecoder();
  const file = openSync(path, "r");
  let buffer = new Uint8Array();
  let at = 0;
  try {
    for (const { object, size } of pieces) {
      const head = `${object} blob ${size}\n`;
      const length = head.length + size;
      if (buffer.length < length) buffer = new Uint8Array(length * 2);
      readFully(file, { into: buffer.subarray(0, length), at });
      if (decoder.decode(buffer.subarray(0, head.length)) !== head) throw missingObject(object);
      yield buffer.subarray(head.length, length);
      // A line end follows each object.
      at += length + 1;
    }
  } finally {
    closeSync(file);
  }
}

function missingObject(object: string): CommandError {
  return new CommandError("refused", `Cannot sync: git has no object ${object}`, {
    code: "git_failed",
    hints: ["git fsck", "bd sync --status"],
  });
}
