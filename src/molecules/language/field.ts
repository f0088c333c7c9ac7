import type { Expression, SourcePlace, Template } from "../definition.ts";
import { templateParts, UnclosedInsertion } from "../expressions/template_text.ts";
import type { ScalarNode, YamlNode } from "../source/node.ts";
import { offsetWithin, type YamlSource } from "../source/read_source.ts";
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

/** The entries of a map with free keys, in the order of the file; a list in its place is reported. */
export function entriesOf<T>(field: Field<{ [name: string]: T }> | undefined): [string, Field<T>][] {
  if (!field) return [];
  const { node, value, file } = field;
  if (node.kind !== "map") {
    file.report.error(placeOf(field), { rule: "value", message: "expected a map, found a list" });
    return [];
  }
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

/** The place of a character of a scalar's text. */
export function placeWithin({ node, file }: Field<unknown>, index: number): SourcePlace {
  return placeAt(file, offsetWithin(file.source.text, { node: node as ScalarNode, index }));
}

/** A scalar as a template; without `trim` its last line keeps its end. */
export function templateOf(field: Field<unknown>, { trim = false } = {}): Template {
  const text = trim ? textOf(field).trimEnd() : textOf(field);
  if (!text.includes("{{")) return { text };
  try {
    const places = templateParts(text).flatMap((part) => "text" in part ? [] : [placeWithin(field, part.at)]);
    return { text, places };
  } catch (error) {
    if (!(error instanceof UnclosedInsertion)) throw error;
    field.file.report.error(placeWithin(field, error.at), { rule: "expression", message: error.message });
    const sound = templateParts(text.slice(0, error.at));
    const places = sound.flatMap((part) => "text" in part ? [] : [placeWithin(field, part.at)]);
    return { text: text.slice(0, error.at), places };
  }
}

/** A scalar as an expression. */
export function expressionOf(field: Field<unknown>): Expression {
  const written = textOf(field);
  const source = written.trim();
  return { source, place: placeWithin(field, written.indexOf(source)) };
}
