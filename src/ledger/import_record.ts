import type { Json, JsonObject } from "../lib/json.ts";
import { isRegisterName } from "./fold.ts";
import { sha256 } from "./hash.ts";
import type { BeadKey } from "./ledger.ts";
import { isBeadId, isObject, isTooDeep, MOST_LEVELS } from "./operation.ts";

/** A line of a file that can be taken in. */
export interface ImportRecord {
  line: number;
  id: string;
  /** Identity that every clone computes alike from the record. */
  key: BeadKey;
  /** Registers by name, `metadata.<key>` among them. */
  registers: Record<string, Json>;
  labels: string[];
  dependencies: JsonObject[];
  comments: JsonObject[];
  /** When the record says it was last changed, in ms since the epoch; undefined where it does not say. */
  updated?: number;
}

/** A line that was left out, and why. */
export interface RefusedLine {
  line: number;
  id?: string;
  reason: string;
}

/** A line of a file with its number, counted from 1. */
export interface NumberedLine {
  line: number;
  text: string;
}

/** What an operation has room for around a record. */
const MOST_RECORD_LEVELS = MOST_LEVELS - 10;

/** Reads a line of an `issues.jsonl`; undefined where it is empty, its number and the reason where it cannot be taken in. */
export function readRecord({ line, text }: NumberedLine): ImportRecord | RefusedLine | undefined {
  const body = text.replace(/^\uFEFF/, "").replace(/\r$/, "");
  if (body.trim() === "") return undefined;
  if (/^(<{7}|={7}|>{7}|\|{7})( |$)/.test(body)) return { line, reason: "it is a conflict marker of git" };
  if (isTooDeep(body, MOST_RECORD_LEVELS)) return { line, reason: "its values are nested too deep" };
  let value: Json;
  try {
    value = JSON.parse(body);
  } catch {
    return { line, reason: "it is not JSON" };
  }
  return recordOfValue(value, line);
}

/** Reads one record; or says why it cannot be taken in. */
export function recordOfValue(value: Json, line: number): ImportRecord | RefusedLine {
  if (!isObject(value)) return { line, reason: "it is not an object" };
  if (typeof value._type === "string" && value._type !== "issue") {
    return { line, reason: `it is a ${value._type}, not an issue` };
  }
  const { id, title } = value;
  if (typeof id !== "string" || !isBeadId(id)) return { line, reason: "its id is missing or not one" };
  const fault = faultOf(value);
  if (fault !== undefined) return { line, id, reason: fault };
  return {
    line,
    id,
    key: importKey(value as JsonObject & { id: string }),
    registers: { ...registersOf(value), title: typeof title === "string" ? title : "" },
    labels: arrayOf(value.labels).filter((label): label is string => typeof label === "string"),
    dependencies: arrayOf(value.dependencies).filter(isObject),
    comments: arrayOf(value.comments).filter(isObject),
    ...updatedOf(value),
  };
}

function faultOf(record: JsonObject): string | undefined {
  const { title, priority, status } = record;
  if (status !== "tombstone" && (typeof title !== "string" || title.trim() === "")) {
    return "its title is missing";
  }
  if (status !== undefined && typeof status !== "string") return "its status is not a text";
  const whole = typeof priority === "number" && Number.isInteger(priority);
  if (priority !== undefined && !(whole && priority >= 0 && priority <= 4)) {
    return "its priority is not 0 to 4";
  }
  const unkept = Object.keys(record).find((name) => !isRegisterName(name));
  if (unkept !== undefined) return `it has a field named "${unkept}"`;
  for (const name of ["created_at", "updated_at", "closed_at", "defer_until"]) {
    const value = record[name];
    if (value === undefined || value === null || value === "") continue;
    if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return `its ${name} is not a time`;
  }
  for (const name of ["labels", "dependencies", "comments"]) {
    const value = record[name];
    if (value !== undefined && value !== null && !Array.isArray(value)) return `its ${name} are not a list`;
  }
  return undefined;
}

/** What a record is known by wherever it is imported: its id, and when and by whom it was made. */
function importKey({ id, created_at, created_by }: JsonObject & { id: string }): BeadKey {
  const hash = sha256(`${id}|${String(created_at ?? "")}|${String(created_by ?? "")}`);
  const short = BigInt(`0x${hash.slice(0, 16)}`).toString(36).padStart(13, "0").slice(-12);
  return `${id}@i${short}` as BeadKey;
}

/** Fields that are not registers, and counts that other tools add to their exports. */
const NO_REGISTER: ReadonlySet<string> = new Set([
  "id",
  "labels",
  "dependencies",
  "comments",
  "dependency_count",
  "dependent_count",
  "comment_count",
  "_type",
]);

/** What a missing field means in the established format. */
const DEFAULTS: JsonObject = { status: "open", issue_type: "task", priority: 0 };

function registersOf(record: JsonObject): Record<string, Json> {
  const registers: Record<string, Json> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(record)) {
    if (NO_REGISTER.has(name) || value === null || value === "") continue;
    if (name === "metadata" && isObject(value)) {
      for (const key in value) registers[`metadata.${key}`] = value[key]!;
    } else registers[name] = value;
  }
  return registers;
}

function updatedOf(record: JsonObject): { updated?: number } {
  for (const name of ["updated_at", "created_at"]) {
    const value = record[name];
    if (typeof value === "string" && value !== "") return { updated: Date.parse(value) };
  }
  return {};
}

function arrayOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
