import { dirname, join, resolve } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import type { MoleculeText } from "../../molecules/language/compose.ts";
import type { Problem } from "../../molecules/language/problem.ts";
import {
  findMolecule,
  isPath,
  type Library,
  moleculeNames,
  ownMolecules,
  readMolecule,
} from "../../molecules/library.ts";
import type { Ports } from "../../ports/ports.ts";
import { CASES_ENDING, moleculeFor, namedByCases } from "./cases_molecule.ts";
import { libraryHere, shownPath } from "./library.ts";

/** What was checked. */
export interface Checked {
  /** Paths are as somebody here would write them. */
  problems: Problem[];
  molecules: number;
  /** How many files of cases. */
  cases: number;
}

/** Checks the molecules and files of cases that were named, or all own molecules. */
export async function lintTargets(ports: Ports, names: readonly string[]): Promise<Checked> {
  const library = libraryHere(ports);
  const targets = names.length === 0
    ? allMolecules(library)
    : names.flatMap((name) => targetsOf(ports, { library, name }));
  const problems: Problem[] = [];
  for (const target of targets) {
    const found = "rule" in target
      ? [target]
      : isCases(target.source)
      ? await casesProblems(library, target)
      : (await readMolecule(library, target)).problems;
    problems.push(...found.map((problem) => ({ ...problem, file: shownPath(ports, problem.file) })));
  }
  const cases = targets.filter((target) => isCases("rule" in target ? target.file : target.source)).length;
  return { problems: distinct(problems), molecules: targets.length - cases, cases };
}

function isCases(file: string): boolean {
  return file.endsWith(CASES_ENDING);
}

/** What is wrong in a file of cases itself; how they go is for `gt mol test`. */
async function casesProblems(library: Library, { text, source }: MoleculeText): Promise<readonly Problem[]> {
  const { readCases } = await import("../../molecules/testing/read_cases.ts");
  const read = await readCases(text, { source });
  const { name, place } = namedByCases(library.ports, { file: source, read });
  if (read.problems.length > 0 || moleculeFor(library, { name, from: dirname(source) })) return read.problems;
  const message = `there is no molecule "${name}"`;
  return [{ rule: "unknown-molecule", severity: "error", message, file: source, ...place }];
}

/** Those of a folder of their own; the built-in ones otherwise. */
function allMolecules(library: Library): (MoleculeText | Problem)[] {
  const find = (name: string) => findMolecule(library, { name });
  const own = [...ownMolecules(library)].sort(([one], [other]) => one < other ? -1 : 1);
  if (own.length > 0) return own.map(([name, path]) => readOr(path, () => find(name)));
  return moleculeNames(library).map((name) => ({ ...find(name), source: `built-in ${name}` }));
}

/** The text of a file among others, or that it cannot be read. */
function readOr(file: string, read: () => MoleculeText): MoleculeText | Problem {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const message = error.message.replace(/^Cannot [a-z ]+ ".*": /, "it cannot be read: ");
    return { file, line: 1, column: 1, severity: "error", rule: "unreadable", message };
  }
}

function targetsOf(
  ports: Ports,
  { library, name }: { library: Library; name: string },
): (MoleculeText | Problem)[] {
  if (name === "-") return [{ text: ports.terminal.readInput() ?? "", source: "-" }];
  const path = resolve(ports.env.cwd(), name);
  if (ports.files.kind(path) !== "folder" || (!isPath(name) && moleculeNames(library).includes(name))) {
    return [findMolecule(library, { name, from: ports.env.cwd() })];
  }
  const files = ports.files.list(path).filter((file) => file.endsWith(".yaml") && !isCases(file));
  if (files.length === 0) {
    throw new CommandError("refused", `Cannot lint "${name}": no file NAME.yaml is in it`, {
      code: "molecule_not_found",
    });
  }
  return files.map((file) => join(path, file)).map((file) =>
    readOr(file, () => findMolecule(library, { name: file, from: ports.env.cwd() }))
  );
}

/** What is wrong in a file that several take in is said once. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
