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

/** The bytes of pieces, one after the other. */
export async function readPieces(
  repository: SyncRepository,
  pieces: readonly PieceObject[],
): Promise<Uint8Array> {
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
