/** Size from which on a piece of a segment ends at the next line, in bytes. */
export const PIECE_BYTES = 64 * 1024;

/** Place of a file in the tree of a replica's ref: a part of a segment. */
export interface PiecePlace {
  segment: number;
  piece: number;
}

/** Name of a piece in the tree: `000001.000.jsonl`. */
export function pieceName({ segment, piece }: PiecePlace): string {
  return `${String(segment).padStart(6, "0")}.${String(piece).padStart(3, "0")}.jsonl`;
}

/** Reads the name of a piece; undefined for anything else a tree may hold. */
export function parsePieceName(name: string): PiecePlace | undefined {
  const found = /^(\d{6,9})\.(\d{3,6})\.jsonl$/.exec(name);
  return found && Number(found[1]) > 0 ? { segment: Number(found[1]), piece: Number(found[2]) } : undefined;
}
