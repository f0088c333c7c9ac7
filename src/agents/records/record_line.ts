import type { Json } from "../../lib/json.ts";
import type { Files } from "../../ports/files.ts";
import { parseInstant } from "../../ports/time.ts";

/** One line of a client's records, as far as it is an object. */
export type RecordLine = { readonly [key: string]: Json | undefined };

/** The most that the first line of a record is long, in bytes: it may hold the client's instructions. */
const HEAD = 256 * 1024;

/** The first line of a file of JSON lines; undefined where there is none. */
export function headLine(files: Files, path: string): RecordLine | undefined {
  return recordLine(files.readLines(path, { from: 0, most: HEAD })?.lines[0] ?? "");
}

/** A line of JSON that is an object. */
export function recordLine(text: string): RecordLine | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A value that is an object. */
export function objectOf(value: unknown): RecordLine | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as RecordLine
    : undefined;
}

/** A number that is more than nothing, else 0. */
export function countOf(value: unknown): number {
  return typeof value === "number" && value > 0 ? value : 0;
}

/** A time, in ms since the epoch. */
export function timeOf(value: unknown): number | undefined {
  return typeof value === "string" ? parseInstant(value) : undefined;
}
