/**
 * Formulas of earlier tools, as molecules: every construct is translated, or named with its line.
 *
 * @module
 */
import { parse, TomlError } from "smol-toml";
import { closestWord } from "../../lib/closest_word.ts";
import { formulaLines } from "./formula_lines.ts";
import { createOrigins, type KeyNames, type Origins } from "./formula_origins.ts";

/** A remark about a construct: left out because nothing here goes by it, or not translated. */
export interface ImportRemark {
  line: number;
  /** Where: `steps.2.loop.until`. */
  path: string;
  message: string;
}

/** What an import is about, while it goes on. */
export interface Importing {
  /** What stands in the molecule as a comment only, and what else is good to know. */
  notes: ImportRemark[];
  /** What has no translation; with any of these there is no molecule. */
  refusals: ImportRemark[];
  /** With `near`, the line is the one within the value that holds this text. */
  note(path: string, message: string, near?: string): void;
  /** `near` as for a note. */
  refuse(path: string, message: string, near?: string): void;
  /** Names of variables that texts and conditions read, with where first; whether a text needs their value. */
  reads: Map<string, { path: string; isText: boolean }>;
  /** Names that the formula, or what it extends, declares. */
  declared: Set<string>;
  /** Whether a name is declared; true where nobody knows since what is extended is not there. */
  isDeclared(name: string): boolean;
  /** Whether a name that nobody declares is text: it was, in a formula that declares others. */
  keepsUnknown: boolean;
  /** Values for the ranges of loops that were given, and are needed: the variables have no others then. */
  fixed: Map<string, string>;
  /** Lines of comment above what came of a table, besides those of the formula. */
  comments: Map<object, string[]>;
  /** What came of each table. */
  origins: Origins;
  /** Other formulas that this one is made of or runs: the names they have here, with those that were written. */
  others: Map<string, string>;
  /** Whether `{{ }}` that is no name is a mistake; else it is text, as those tools left it. */
  isStrict: boolean;
}

/** A table of a formula; what is never asked for is refused in the end. */
export interface Table {
  path: string;
  importing: Importing;
  has(key: string): boolean;
  /** A text; anything else in its place is refused. */
  text(key: string): string | undefined;
  /** A whole number. */
  number(key: string): number | undefined;
  /** True or false. */
  flag(key: string): boolean | undefined;
  /** A list of texts; one text counts as a list of it. */
  texts(key: string): string[];
  /** A table in this one. */
  table(key: string): Table | undefined;
  /** The tables of a list; a single one counts as a list of it. */
  tables(key: string): Table[];
  /** The keys of a table with free names, each with its value. */
  entries(): [name: string, value: unknown][];
  /** Any value. */
  value(key: string): unknown;
  /** Says what was made of it. */
  became(made: object, keys?: KeyNames): void;
  /** Keys that are known and mean nothing here: they become comments above what was made of the table. */
  leaveOut(keys: readonly string[], options: { why: string; above: object }): void;
  /** Keys that are known and have no translation. */
  refuseAll(keys: readonly string[], why: string): void;
  /** Refuses what was not asked for. */
  done(): void;
}

/** Reads the text of a formula. @throws {FormulaSyntaxError} when it is no TOML. */
export function readFormula(written: string): { top: Table; importing: Importing } {
  // How a system ends its lines is no part of what they say.
  const text = written.replaceAll("\r\n", "\n");
  const value = parsed(text);
  const lines = formulaLines(text);
  const { lineOf } = lines;
  const notes: ImportRemark[] = [];
  const refusals: ImportRemark[] = [];
  const declared = new Set<string>();
  const said = new Set<string>();
  // What is read once for each turn of a loop, or for each leg, is said once.
  const add = (list: ImportRemark[], remark: ImportRemark) => {
    const key = `${remark.line} ${remark.path} ${remark.message}`;
    if (!said.has(key)) list.push(remark);
    said.add(key);
  };
  const importing: Importing = {
    notes,
    refusals,
    note: (path, message, near) => add(notes, { line: lineOf(path, near), path, message }),
    refuse: (path, message, near) => add(refusals, { line: lineOf(path, near), path, message }),
    reads: new Map(),
    declared,
    isDeclared: (name) => declared.has(name),
    keepsUnknown: false,
    fixed: new Map(),
    comments: new Map(),
    origins: createOrigins(lines),
    others: new Map(),
    isStrict: false,
  };
  return { top: tableOf(value, { path: "", importing }), importing };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [said = ""] = error.message.split("\n");
    const reason = said.replace(/^Invalid TOML document: /, "");
    throw new FormulaSyntaxError(error.line, `this is no TOML: ${reason}`);
  }
}

/** A text that is no TOML, with the line on which that shows. */
export class FormulaSyntaxError extends Error {
  /** `line` counts from 1; `formula` is the name of another formula, where it is not the one that is imported. */
  constructor(readonly line: number, message: string, readonly formula?: string) {
    super(message);
  }
}

/** Adds lines of comment above something that was made. */
export function addComment(importing: Importing, above: object, lines: readonly string[]): void {
  if (lines.length > 0) importing.comments.set(above, [...importing.comments.get(above) ?? [], ...lines]);
}

/** Whether a value is a table; a date is none. */
export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** One value as text; a list, a table or a date is none. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}

/** What a value is that should be another: `a date`. */
export function kindInWords(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date, which is written in quotes";
  if (typeof value === "number" && !Number.isFinite(value)) return "a number without end";
  return isTable(value) ? "a table" : JSON.stringify(value);
}

function tableOf(
  values: Record<string, unknown>,
  { path, importing }: { path: string; importing: Importing },
): Table {
  const asked = new Set<string>();
  const at = (key: string | number) => path === "" ? String(key) : `${path}.${key}`;
  const take = (key: string) => {
    asked.add(key);
    return Object.hasOwn(values, key) ? values[key] : undefined;
  };
  const typed = <T>(key: string, { is, what }: { is: (value: unknown) => boolean; what: string }) => {
    const value = take(key);
    if (value === undefined || is(value)) return value as T | undefined;
    importing.refuse(at(key), `expected ${what}, found ${kindInWords(value)}`);
    return undefined;
  };
  const inner = (value: Record<string, unknown>, at: string) => tableOf(value, { path: at, importing });
  return {
    path,
    importing,
    has: (key) => Object.hasOwn(values, key),
    text: (key) => typed(key, { is: (value) => typeof value === "string", what: "text" }),
    number: (key) => typed(key, { is: (value) => Number.isInteger(value), what: "a whole number" }),
    flag: (key) => typed(key, { is: (value) => typeof value === "boolean", what: "true or false" }),
    value: take,
    texts: (key) => listOf<string>(take(key), { importing, path: at(key), ...TEXTS }),
    table: (key) => {
      const value = typed<Record<string, unknown>>(key, { is: isTable, what: "a table" });
      return value && inner(value, at(key));
    },
    tables: (key) => {
      const value = take(key);
      const list = listOf<Record<string, unknown>>(value, { importing, path: at(key), ...TABLES });
      return list.map((item, number) => inner(item, Array.isArray(value) ? `${at(key)}.${number}` : at(key)));
    },
    entries: () => {
      for (const key of Object.keys(values)) asked.add(key);
      return Object.entries(values);
    },
    became: (made, keys) => importing.origins.add(path, { made, ...(keys ? { keys } : {}) }),
    leaveOut: (keys, { why, above }) => {
      for (const key of keys) {
        const value = take(key);
        if (value === undefined) continue;
        importing.note(at(key), `${why}; it stands there as a comment`);
        addComment(importing, above, `${key}: ${shown(value)}`.split("\n"));
      }
    },
    refuseAll: (keys, why) => {
      for (const key of keys) if (take(key) !== undefined) importing.refuse(at(key), why);
    },
    done: () => {
      for (const key of Object.keys(values)) {
        if (asked.has(key)) continue;
        const close = closestWord(key, [...asked]);
        const hint = close === undefined ? "" : `; did you mean "${close}"?`;
        importing.refuse(at(key), `unknown key "${key}"${hint}`);
      }
    },
  };
}

const TEXTS = { is: (value: unknown) => typeof value === "string", what: "texts" };
const TABLES = { is: isTable, what: "tables" };

function listOf<T>(
  value: unknown,
  { importing, path, is, what }: {
    importing: Importing;
    path: string;
    is: (value: unknown) => boolean;
    what: string;
  },
): T[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  const wrong = list.findIndex((item) => !is(item));
  if (wrong < 0) return list as T[];
  const place = Array.isArray(value) ? `${path}.${wrong}` : path;
  importing.refuse(place, `expected a list of ${what}, found ${kindInWords(list[wrong])}`);
  return [];
}

function shown(value: unknown): string {
  return typeof value === "string" ? value.trim() : JSON.stringify(value);
}
