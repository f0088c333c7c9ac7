import { basename, dirname, join } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import type { MoleculeText } from "../../molecules/language/compose.ts";
import { findMolecule, type Library } from "../../molecules/library.ts";
import type { ReadCases } from "../../molecules/testing/read_cases.ts";

/** How the name of a file of cases ends. */
export const CASES_ENDING = ".test.yaml";

/** Which molecule the cases of a file are about, and where the file says so. */
export function namedByCases(
  { files }: Library["ports"],
  { file, read }: { file: string; read: ReadCases },
): { name: string; place: { line: number; column: number } } {
  if (read.molecule) {
    const { name, place: { line, column } } = read.molecule;
    return { name, place: { line, column } };
  }
  const own = basename(file).slice(0, -CASES_ENDING.length);
  const name = files.exists(join(dirname(file), `${own}.yaml`)) ? `./${own}.yaml` : own;
  return { name, place: { line: 1, column: 1 } };
}

/** The molecule of a name or path; undefined where there is none. */
export function moleculeFor(
  library: Library,
  options: { name: string; from: string },
): MoleculeText | undefined {
  try {
    return findMolecule(library, options);
  } catch (error) {
    if (error instanceof CommandError && error.code === "molecule_not_found") return undefined;
    throw error;
  }
}
