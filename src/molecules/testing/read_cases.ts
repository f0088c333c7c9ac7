import type { SourcePlace } from "../definition.ts";
import { child, type Field, itemsOf, placeAt, placeOf } from "../language/field.ts";
import { createReport, type Problem, sortProblems, TooManyProblems } from "../language/problem.ts";
import { shapedBy } from "../language/shape.ts";
import { valueAt, type YamlNode } from "../source/node.ts";
import { readSource } from "../source/read_source.ts";
import { caseFile, type WrittenCase, type WrittenCases } from "./schema.ts";

/** A file of cases. */
export interface ReadCases {
  /** The molecule that it names, if it does. */
  molecule?: { name: string; place: SourcePlace };
  cases: readonly Field<WrittenCase>[];
  /** How many cases stand in the file, also where they cannot be read. */
  count: number;
  /** What is wrong with the file, in its order. */
  problems: readonly Problem[];
}

const NAMES = { top: "a file of cases", maps: { cases: "a case" } };

/** Reads a file of cases. Never throws for what it says. */
export async function readCases(text: string, { source: path }: { source: string }): Promise<ReadCases> {
  const report = createReport(path);
  const source = await readSource(text);
  const file = { source, report };
  let whole: Field<WrittenCases> | undefined;
  try {
    for (const { message, line, column } of source.problems) {
      report.error({ line, column }, { rule: "yaml", message });
    }
    if (source.top && source.top.kind !== "map") {
      const message = 'expected a map with "cases"';
      report.error(placeAt(file, source.top.start), { rule: "value", message });
    } else whole = shapedBy(file, { schema: caseFile, top: source.top, names: NAMES });
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
  }
  const molecule = whole && child(whole, "molecule");
  return {
    ...(molecule ? { molecule: { name: molecule.value, place: placeOf(molecule) } } : {}),
    cases: itemsOf(whole && child(whole, "cases")),
    count: countOf(source.top),
    problems: sortProblems(report.problems, path),
  };
}

function countOf(top: YamlNode | undefined): number {
  const cases = valueAt(top, "cases");
  return cases?.kind === "list" ? cases.items.length : 0;
}
