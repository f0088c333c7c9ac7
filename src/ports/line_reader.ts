import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Whole lines of a file, and the byte at which the next one begins. */
export interface LinesRead {
  /** Without their ends. */
  lines: string[];
  next: number;
}

/**
 * Whole lines of a file from byte `from` on, `most` bytes of them and never less than one; undefined where no file is.
 *
 * What stands after the last line's end is left for the next call: somebody is still writing it.
 */
export function readLines(path: string, options: { from: number; most: number }): LinesRead | undefined {
  const file = opened(path);
  if (file === undefined) return undefined;
  try {
    const { size } = fstatSync(file);
    for (let most = options.most;; most *= 2) {
      const bytes = new Uint8Array(Math.max(0, Math.min(most, size - options.from)));
      const count = fill(file, { bytes, from: options.from });
      const end = bytes.subarray(0, count).lastIndexOf(10);
      if (end < 0 && count === most) continue;
      if (end < 0) return { lines: [], next: options.from };
      const text = new TextDecoder().decode(bytes.subarray(0, end));
      return { lines: text.split("\n"), next: options.from + end + 1 };
    }
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}

function fill(file: number, { bytes, from }: { bytes: Uint8Array; from: number }): number {
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(file, bytes, filled, bytes.length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
