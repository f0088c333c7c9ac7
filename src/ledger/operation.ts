import type { Json, JsonObject } from "../lib/json.ts";
import { MOST_STAMP } from "./hybrid_clock.ts";
import type { Operation } from "./ledger.ts";

/** The name under which settings that travel stand where a bead's key would. */
export const SETTINGS_KEY = "@settings";

/** An operation taken apart for the fold and the index. */
export interface ParsedOperation extends Operation {
  /** The part of `o` before its last dot. */
  replica: string;
  /** The part of `o` after its last dot. */
  sequence: number;
}

/** A line of a log: the operation, and whether more of its group follow. */
export interface LogLine {
  operation: ParsedOperation;
  more: boolean;
}

/** How many levels of lists and objects the JSON of a line may have: less than any reader of it can take. */
export const MOST_LEVELS = 500;

/** Whether JSON has more levels of lists and objects than `most`. */
export function isTooDeep(json: string, most = MOST_LEVELS): boolean {
  if (json.length < 2 * most) return false;
  let levels = 0;
  for (let at = 0; at < json.length; at++) {
    const mark = json.charCodeAt(at);
    if (mark === QUOTE) at = textEnd(json, at);
    else if (mark === BRACKET || mark === BRACE) levels++;
    else if (mark === BRACKET + 2 || mark === BRACE + 2) levels--;
    if (levels > most) return true;
  }
  return false;
}

const [QUOTE, BRACKET, BRACE] = [34, 91, 123];

/** Where a text in JSON ends that begins at a quote. */
function textEnd(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let escapes = 0;
    while (json[at - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return at;
  }
  return json.length;
}

/** Writes one operation as a line of a log, without the line's end. */
export function formatLine(operation: Operation, more: boolean): string {
  const { o, t, a, b, k, f } = operation;
  return JSON.stringify(more ? { o, t, a, b, k, f, m: 1 } : { o, t, a, b, k, f });
}

/** Reads one line of the log of `replica`; returns why it cannot be read as a string. */
export function parseLine(text: string, replica?: string): LogLine | string {
  if (isTooDeep(text)) return `it is nested more than ${MOST_LEVELS} deep`;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  if (!isObject(value)) return "it is not an object";
  const { o, t, a, b, k, f, m } = value;
  if (typeof o !== "string" || typeof a !== "string" || typeof b !== "string" || typeof k !== "string") {
    return "o, a, b and k must be strings";
  }
  if (!Array.isArray(t) || !isCount(t[0]) || !isCount(t[1])) return "t must be [ms, counter]";
  if (!isObject(f)) return "f must be an object";
  const dot = o.lastIndexOf(".");
  const sequence = Number(o.slice(dot + 1));
  if (dot < 1 || !Number.isSafeInteger(sequence) || sequence < 1) return "o must be <replica>.<sequence>";
  const owner = o.slice(0, dot);
  if (replica !== undefined && owner !== replica) return `it belongs to replica "${owner}"`;
  const operation: ParsedOperation = { o, t: [t[0], t[1]], a, b, k, f, replica: owner, sequence };
  return { operation, more: m === 1 };
}

/** An operation taken apart again. */
export function parsedOperation(operation: Operation): ParsedOperation {
  const dot = operation.o.lastIndexOf(".");
  return { ...operation, replica: operation.o.slice(0, dot), sequence: Number(operation.o.slice(dot + 1)) };
}

/** Order of operations: time, then replica, then sequence. */
export function compareOperations(one: ParsedOperation, other: ParsedOperation): number {
  return one.t[0] - other.t[0] || one.t[1] - other.t[1] ||
    (one.replica < other.replica ? -1 : one.replica > other.replica ? 1 : one.sequence - other.sequence);
}

/** Whether a JSON value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MOST_STAMP;
}

/** Whether a text may be an id: letters, digits, `.`, `_` and `-`, not starting with a mark, at most 200 long. */
export function isBeadId(text: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,199}$/u.test(text);
}

/** An id from a log that may come from anywhere, with everything that is not allowed in ids replaced. */
export function safeId(text: string): string {
  if (isBeadId(text)) return text;
  const safe = text.slice(0, 190).replace(/[^\p{L}\p{N}._-]/gu, "_");
  return isBeadId(safe) ? safe : `x${safe}`;
}
