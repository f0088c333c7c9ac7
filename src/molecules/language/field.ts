import type { Expression, SourcePlace, Template, Turn } from "../definition.ts";
import { type TemplatePart, templateParts, UnclosedInsertion } from "../expressions/template_text.ts";
import type { ScalarNode, YamlNode } from "../source/node.ts";
import { type OffsetsWithin, offsetsWithin } from "../source/offsets_within.ts";
import type { YamlSource } from "../source/read_source.ts";
import type { Report } from "./problem.ts";

/** A file that is being read. */
export interface SourceFile {
  source: YamlSource;
  report: Report;
  /** As places name it; absent for the molecule's own file. */
  label?: string;
}

/** A value of a file, with where it stands. */
export interface Field<T> {
  value: T;
  node: YamlNode;
  file: SourceFile;
  /** Offset of its key; of itself in a list. */
  keyStart: number;
}

/** What stands at a key of a map. */
export function child<T extends object, Key extends keyof T & string>(
  field: Field<T>,
  key: Key,
): Field<NonNullable<T[Key]>> | undefined {
  const value = field.value[key];
  if (value === undefined || value === null || field.node.kind !== "map") return undefined;
  const entry = field.node.entries.find((each) => each.key === key)!;
  return { value, node: entry.value, file: field.file, keyStart: entry.start };
}

/** The items of a list. */
export function itemsOf<T>(field: Field<readonly T[]> | undefined): Field<T>[] {
  if (field?.node.kind !== "list") return [];
  const { node, value, file } = field;
  return node.items.map((item, at) => ({ value: value[at]!, node: item, file, keyStart: item.start }));
}

/** The entries of a map with free keys, in the order of the file. */
export function entriesOf<T>(field: Field<{ [name: string]: T }> | undefined): [string, Field<T>][] {
  if (field?.node.kind !== "map") return [];
  const { node, value, file } = field;
  return node.entries.map((
    { key, start, value: inner },
  ) => [key, { value: value[key]!, node: inner, file, keyStart: start }]);
}

/** The place of an offset of a file. */
export function placeAt(file: SourceFile, offset: number): SourcePlace {
  const place = file.source.placeAt(offset);
  return file.label === undefined ? place : { ...place, file: file.label };
}

/** Where a value begins. */
export function placeOf({ node, file }: Field<unknown>): SourcePlace {
  return placeAt(file, node.start);
}

/** Where the key of a value begins. */
export function keyPlaceOf({ keyStart, file }: Field<unknown>): SourcePlace {
  return placeAt(file, keyStart);
}

/** The text of a scalar, as it was written: of `1.10` these four characters. */
export function textOf({ node }: Field<unknown>): string {
  return node.kind === "scalar" ? node.text : "";
}

/** Reports a number that is not kept as it is written: too large a one, or the `1.10` of a version. */
export function checkNumber({ value, node, file }: Field<unknown>, key: string): void {
  if (typeof value !== "number" || node.kind !== "scalar" || node.text === String(value)) return;
  const isKept = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  if (isKept) {
    // A sign, an exponent or a whole number with a point is meant as a number.
    if (/^[-+.]|[eE]|\.0$/.test(node.text)) return;
    const message = `${key}: this is the number ${value}; in quotes it stays "${node.text}"`;
    file.report.warning(placeAt(file, node.start), { rule: "value", message });
    return;
  }
  const most = Number.MAX_SAFE_INTEGER;
  const message = `${key}: expected a number up to ${most}, found ${node.text}; in quotes it is a text`;
  file.report.error(placeAt(file, node.start), { rule: "value", message });
}

/** A scalar as a template; without `trim` its last line keeps its end. */
export function templateOf(field: Field<unknown>, { trim = false } = {}): Template {
  const text = trim ? textOf(field).trimEnd() : textOf(field);
  if (!text.includes("{{")) return { text };
  const offsets = offsetsOf(field);
  let sound = text;
  let parts: TemplatePart[];
  try {
    parts = templateParts(text);
  } catch (error) {
    if (!(error instanceof UnclosedInsertion)) throw error;
    const place = placeAt(field.file, offsets.at(error.at));
    field.file.report.error(place, { rule: "expression", message: error.message });
    sound = text.slice(0, error.braces);
    parts = templateParts(sound);
  }
  const places: SourcePlace[] = [];
  const turns: Turn[] = [];
  for (const part of parts) {
    if ("text" in part) continue;
    places.push(placeAt(field.file, offsets.at(part.at)));
    if (offsets.isStraight) continue;
    turns.push(...turnsIn(field, { offsets, from: part.at, to: part.from + part.source.length }));
  }
  return { text: sound, places, ...(turns.length > 0 ? { turns } : {}) };
}

/** A scalar as an expression. */
export function expressionOf(field: Field<unknown>): Expression {
  const written = textOf(field);
  const source = written.trim();
  const from = written.indexOf(source);
  const offsets = offsetsOf(field);
  const place = placeAt(field.file, offsets.at(from));
  if (offsets.isStraight) return { source, place };
  const turns = turnsIn(field, { offsets, from, to: from + source.length })
    .map((turn) => ({ ...turn, at: turn.at - from }));
  return { source, place, ...(turns.length > 0 ? { turns } : {}) };
}

/** Where a character of a scalar stands. */
export function placeInText(field: Field<unknown>, index: number): SourcePlace {
  return placeAt(field.file, offsetsOf(field).at(index));
}

function offsetsOf({ node, file }: Field<unknown>): OffsetsWithin {
  return offsetsWithin(file.source.text, node as ScalarNode);
}

/** Where the characters of a part of a scalar stand elsewhere than behind those before them. */
function turnsIn(
  field: Field<unknown>,
  { offsets, from, to }: { offsets: OffsetsWithin; from: number; to: number },
): Turn[] {
  const { file } = field;
  const { text } = file.source;
  const value = textOf(field);
  const turns: Turn[] = [];
  let [index, offset] = [from, offsets.at(from)];
  let lineEnd = text.indexOf("\n", offset);
  for (let at = from + 1; at < to; at++) {
    // Nothing is said of blanks, and most of them stand nowhere.
    if (/\s/.test(value[at]!)) continue;
    const next = offsets.at(at);
    if (next - offset === at - index && (lineEnd < 0 || next < lineEnd)) continue;
    [index, offset] = [at, next];
    lineEnd = text.indexOf("\n", offset);
    turns.push({ at, ...placeAt(file, offset) });
  }
  return turns;
}
