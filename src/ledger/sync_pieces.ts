/** Size from which on a piece of a segment ends at the next line, in bytes. */
export const PIECE_BYTES = 64 * 1024;

/** A file in the tree of a replica's ref: a part of a segment. */
export interface Piece {
  segment: number;
  piece: number;
  /** Bytes. */
  size: number;
}

/** Name of a piece in the tree: `000001.000.jsonl`. */
export function pieceName({ segment, piece }: Pick<Piece, "segment" | "piece">): string {
  return `${String(segment).padStart(6, "0")}.${String(piece).padStart(3, "0")}.jsonl`;
}

/** Reads the name of a piece; undefined for anything else a tree may hold. */
export function parsePieceName(name: string): { segment: number; piece: number } | undefined {
  const found = /^(\d{6,9})\.(\d{3,6})\.jsonl$/.exec(name);
  return found && Number(found[1]) > 0 ? { segment: Number(found[1]), piece: Number(found[2]) } : undefined;
}

/**
 * Cuts a segment at line ends into pieces, so that a sync adds a small object and not the whole segment again.
 *
 * A longer version of the same segment has the same pieces but for the last.
 */
export function cutIntoPieces(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + PIECE_BYTES >= bytes.length ? -1 : bytes.indexOf(10, start + PIECE_BYTES - 1);
    const stop = end < 0 ? bytes.length : end + 1;
    pieces.push(bytes.subarray(start, stop));
    start = stop;
  }
  return pieces;
}
