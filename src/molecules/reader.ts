import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { closestWord } from "../lib/closest_word.ts";
import type { Place } from "./molecule.ts";

/** Something wrong at a place of a molecule's file. */
export interface Problem extends Place {
  message: string;
}

/** One key of a map: its name, where it stands, and its value. */
export interface Entry {
  name: string;
  key: Node;
  value: Node | null;
}

/** A file that is being read, with everything found wrong so far. */
export interface Reader {
  readonly text: string;
  readonly problems: Problem[];
  /** The top of the file; null for an empty one, or one that is no YAML. */
  readonly top: Node | null;
  /** Says that something is wrong where a node begins, or at an offset of the text. */
  report(at: Node | number | null, message: string): void;
}

/** Reads a text as YAML; what is wrong with it as such is among the reader's problems. */
export function createReader(text: string): Reader {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: Problem[] = [];
  const report = (at: Node | number | null, message: string) => {
    const offset = typeof at === "number" ? at : at?.range?.[0] ?? 0;
    // The parser puts a quotation that never ends at the end of the file: on a line that is not there.
    const { line, col } = lines.linePos(Math.min(offset, Math.max(0, text.trimEnd().length)));
    problems.push({ line: Math.max(1, line), column: Math.max(1, col), message });
  };
  for (const error of document.errors) {
    report(error.pos[0], error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""));
  }
  return {
    text,
    problems,
    top: document.errors.length > 0 ? null : document.contents as Node | null,
    report,
  };
}

/** The entries of a map, after reporting the keys that are not `known`: misspelt, or `notRun` by this version. */
export function entriesOf(
  reader: Reader,
  options: { map: YAMLMap; what: string; known: readonly string[]; notRun: readonly string[] },
): Map<string, Entry> {
  const { map, what, known, notRun } = options;
  const entries = new Map<string, Entry>();
  for (const pair of map.items) {
    const key = pair.key as Node;
    const name = isScalar(key) ? String(key.value) : "";
    if (known.includes(name)) entries.set(name, { name, key, value: pair.value as Node | null });
    else if (notRun.includes(name)) {
      reader.report(key, `"${name}" in ${what} is not run by this version, which knows ${known.join(", ")}`);
    } else reader.report(key, `unknown key "${name}" in ${what}${suggestion(name, [...known, ...notRun])}`);
  }
  return entries;
}

/** `; did you mean "needs"?`, or what there is. */
export function suggestion(given: string, known: readonly string[]): string {
  const close = closestWord(given, known);
  if (close !== undefined) return `; did you mean "${close}"?`;
  return known.length === 0 ? "" : `; known are ${known.join(", ")}`;
}

/** The text of an entry; undefined, and reported, when it is something else or empty. */
export function textOf(reader: Reader, entry: Entry | undefined): string | undefined {
  if (!entry) return undefined;
  const { value } = entry;
  if (isScalar(value) && typeof value.value === "string" && value.value.trim() !== "") return value.value;
  reader.report(value ?? entry.key, `${entry.name}: expected text, found ${shown(value)}`);
  return undefined;
}

/** The items of a list; empty, and reported, when it is none. */
export function itemsOf(reader: Reader, { entry, of }: { entry: Entry; of: string }): Node[] {
  const { name, key, value } = entry;
  if (isSeq(value)) return value.items as Node[];
  reader.report(value ?? key, `${name}: expected a list of ${of}, found ${shown(value)}`);
  return [];
}

/** A node as a person would name it. */
export function shown(node: Node | null): string {
  if (node === null || isScalar(node) && node.value === null) return "nothing";
  if (isAlias(node)) return `the alias *${node.source}`;
  if (isMap(node)) return "a map";
  if (isSeq(node)) return "a list";
  const { value } = node as { value?: unknown };
  if (typeof value === "string") return value.trim() === "" ? "an empty text" : JSON.stringify(value);
  return `the ${typeof value} ${String(value)}`;
}
