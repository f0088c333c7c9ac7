import { resolve } from "node:path";
import { canonicalType, INTERNAL_TYPES, STATUSES, WORK_TYPES } from "../../beads/issue_types.ts";
import { parsePriority } from "../../beads/create.ts";
import type { Context } from "../../cli/command.ts";
import type { View } from "../../ledger/ledger.ts";
import { closestWord } from "../../lib/closest_word.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { isoTime } from "../../ports/time.ts";
import { parseWhen } from "./when.ts";

/** Flags that hold text for one register each, and the register. */
const TEXT_REGISTERS: Readonly<Record<string, string>> = {
  "description": "description",
  "design": "design",
  "acceptance": "acceptance_criteria",
  "notes": "notes",
  "assignee": "assignee",
  "external-ref": "external_ref",
  "spec-id": "spec_id",
};

/**
 * The registers that a call's flags name; an empty text removes one, which is null here.
 *
 * `--body-file` and `--stdin` count as the description. @throws {CommandError} for a value that cannot be read.
 */
export function fieldsOf(context: Pick<Context, "flags" | "ports">, view: View): Record<string, Json> {
  const { flags } = context;
  const fields: Record<string, Json> = {};
  for (const [flag, register] of Object.entries(TEXT_REGISTERS)) {
    const text = flags[flag] as string | undefined;
    if (text !== undefined) fields[register] = text === "" ? null : text;
  }
  const body = bodyOf(context);
  if (body !== undefined) fields.description = body === "" ? null : body;
  if (flags.priority !== undefined) fields.priority = parsePriority(flags.priority as string);
  if (flags.type !== undefined) fields.issue_type = knownType(view, flags.type as string);
  if (flags.estimate !== undefined) fields.estimated_minutes = flags.estimate as number;
  const now = context.ports.clock.now();
  for (const [flag, register] of [["due", "due_at"], ["defer", "defer_until"]] as const) {
    const text = flags[flag] as string | undefined;
    if (text !== undefined) fields[register] = text === "" ? null : isoTime(parseWhen(text, { now }));
  }
  return fields;
}

/** The text of `--body-file` (`-` is standard input) or `--stdin`; undefined without them. */
function bodyOf(context: Pick<Context, "flags" | "ports">): string | undefined {
  const { flags, ports } = context;
  const file = flags["body-file"] as string | undefined;
  if (flags.stdin === true || file === "-") return ports.terminal.readInput().trimEnd();
  return file === undefined ? undefined : fileText(ports, file).trimEnd();
}

/** The text of a file named in a call. @throws {CommandError} `file_not_found`. */
export function fileText(ports: Context["ports"], path: string): string {
  const text = ports.files.readText(resolve(ports.env.cwd(), path));
  if (text !== undefined) return text;
  throw new CommandError("refused", `Cannot read file "${path}": it does not exist`, {
    code: "file_not_found",
  });
}

/** A type this ledger knows, by its one name. @throws {CommandError} `unknown_type` with the nearest. */
export function knownType(view: View, text: string): string {
  const type = canonicalType(text);
  return known({
    what: "type",
    word: type,
    words: [...WORK_TYPES, ...INTERNAL_TYPES, ...settingWords(view, "types.custom")],
    shown: WORK_TYPES,
  });
}

/** A status this ledger knows. @throws {CommandError} `unknown_status` with the nearest. */
export function knownStatus(view: View, text: string): string {
  const words = [...STATUSES.filter((word) => word !== "tombstone"), ...settingWords(view, "status.custom")];
  return known({ what: "status", word: text.trim().toLowerCase().replaceAll("-", "_"), words, shown: words });
}

function known(
  asked: { what: string; word: string; words: readonly string[]; shown: readonly string[] },
): string {
  const { what, word, words, shown } = asked;
  if (words.includes(word)) return word;
  const near = closestWord(word, words);
  throw new CommandError("usage", `Unknown ${what} "${word}"`, {
    code: `unknown_${what}`,
    hints: [...(near === undefined ? [] : [`did you mean ${near}?`]), `one of: ${shown.join(", ")}`],
  });
}

function settingWords(view: View, name: string): string[] {
  const value = view.setting(name);
  const words = Array.isArray(value) ? value.map(String) : typeof value === "string" ? value.split(",") : [];
  return words.map((word) => word.trim()).filter(Boolean);
}

/** Keys of the metadata that belong to a program and are changed only through it. */
const OWNED: Readonly<Record<string, string>> = {
  attempt: "gt sling, gt unsling and gt done change it",
  attempt_of: "the run of a workflow keeps it",
  gate: "gt gate approve and gt gate reject change it",
  outputs: "bd close STEP --output NAME=VALUE gives them",
  run: "the run of a workflow keeps it",
};

/**
 * What `--metadata JSON`, `--set-metadata k=v` and `--unset-metadata k` set, key by key; null removes one.
 *
 * @throws {CommandError} `bad_metadata`, or `metadata_owned` for what only a program may change.
 */
export function metadataOf(context: Pick<Context, "flags" | "ports">): JsonObject {
  const { flags, ports } = context;
  const metadata: Record<string, Json> = Object.create(null);
  const whole = flags.metadata as string | undefined;
  if (whole !== undefined) {
    Object.assign(metadata, parseObject(whole.startsWith("@") ? fileText(ports, whole.slice(1)) : whole));
  }
  for (const pair of (flags["set-metadata"] ?? []) as string[]) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw badMetadata(pair, "write --set-metadata key=value");
    metadata[pair.slice(0, equals)] = looseValue(pair.slice(equals + 1));
  }
  for (const key of (flags["unset-metadata"] ?? []) as string[]) metadata[key] = null;
  for (const key of Object.keys(metadata)) {
    if (!Object.hasOwn(OWNED, key)) continue;
    throw new CommandError("refused", `Cannot change metadata "${key}": it belongs to gt`, {
      code: "metadata_owned",
      hints: [OWNED[key]!],
    });
  }
  return metadata;
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badMetadata(text, `it is no JSON; write --metadata '{"key": "value"}'`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw badMetadata(text, `it is no JSON object; write --metadata '{"key": "value"}'`);
}

/** Numbers, `true`, `false` and `null` are themselves; everything else is text. */
function looseValue(text: string): Json {
  if (/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?)$/.test(text)) return JSON.parse(text) as Json;
  return text;
}

function badMetadata(text: string, hint: string): CommandError {
  return new CommandError("usage", `Cannot read metadata "${text}"`, { code: "bad_metadata", hints: [hint] });
}

/** `blocks:cs-1`, `cs-1` or `external:…` as an edge of a new bead. */
export function parseEdge(text: string): { id: string; type: string } {
  const [, type, id] = /^(?!external:)([a-z][a-z-]*):(.+)$/.exec(text) ?? [];
  return type === undefined || id === undefined ? { id: text, type: "blocks" } : { id, type };
}
