import { basename, dirname, join, resolve } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import { lowerFirst } from "../../lib/lower_first.ts";
import type { MoleculeText } from "../../molecules/language/compose.ts";
import type { Problem } from "../../molecules/language/problem.ts";
import {
  findMolecule,
  isPath,
  type Library,
  misnamedFiles,
  moleculeNames,
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

/** Checks the molecules and files of cases that were named, or all own ones. */
export async function lintTargets(ports: Ports, names: readonly string[]): Promise<Checked> {
  const library = libraryHere(ports);
  const targets = names.length === 0
    ? allTargets(library)
    : names.flatMap((name) => targetsOf(ports, { library, name }));
  const problems: Problem[] = [];
  for (const target of targets) {
    const found = "rule" in target ? [target] : await problemsIn(library, target);
    problems.push(...found.map((problem) => ({ ...problem, file: shownPath(ports, problem.file) })));
  }
  const files = [...new Set(targets.map(fileOf))];
  const cases = files.filter((file) => /\.test\.ya?ml$/.test(file)).length;
  return { problems: distinct(problems), molecules: files.length - cases, cases };
}

function fileOf(target: Target): string {
  return "rule" in target ? target.file : target.source;
}

function isCases(file: string): boolean {
  return file.endsWith(CASES_ENDING);
}

async function problemsIn(library: Library, target: MoleculeText): Promise<readonly Problem[]> {
  try {
    return isCases(target.source)
      ? await casesProblems(library, target)
      : (await readMolecule(library, target)).problems;
  } catch (error) {
    return [unreadable(target.source, error)];
  }
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

/** A text that is to be checked, or why there is none. */
type Target = MoleculeText | Problem;

/** Those of the library's folder, its files of cases among them; the built-in molecules where it has none. */
function allTargets(library: Library): Target[] {
  const { folder } = library;
  const own = folder === undefined ? [] : filesIn(library, folder);
  if (own.some((target) => !isCases(fileOf(target)))) return own;
  const builtIn = moleculeNames(library)
    .map((name) => ({ ...findMolecule(library, { name }), source: `built-in ${name}` }));
  return [...builtIn, ...own];
}

/** The molecules and files of cases in a folder, by their names; also what is not found there because of its name. */
function filesIn(library: Library, folder: string): Target[] {
  const files = library.ports.files.list(folder).filter((file) => file.endsWith(".yaml")).sort()
    .map((file) => fileTarget(library, join(folder, file)));
  return folder === library.folder ? [...files, ...misnamedIn(library)] : files;
}

function misnamedIn(library: Library): Target[] {
  return misnamedFiles(library).flatMap(({ file, right }): Target[] => {
    const message = `it is not found by its name: rename it to ${right}`;
    const problem: Problem = { ...problemOf(file, { rule: "name", message }), severity: "warning" };
    return isCases(right) ? [problem] : [problem, fileTarget(library, file)];
  });
}

/** A file; one of the library is called as the library finds it. */
function fileTarget(library: Library, path: string): Target {
  const isOwn = dirname(path) === library.folder && path.endsWith(".yaml") && !isCases(path) &&
    library.ports.files.kind(path) !== undefined;
  return readOr(
    path,
    () => findMolecule(library, isOwn ? { name: basename(path, ".yaml") } : { name: path, from: "/" }),
  );
}

/** The text of a file among others, or that it cannot be read. */
function readOr(file: string, read: () => MoleculeText): Target {
  try {
    return read();
  } catch (error) {
    return unreadable(file, error);
  }
}

/** An error of what was to be read, as one more problem. */
function unreadable(file: string, error: unknown): Problem {
  if (!(error instanceof CommandError)) throw error;
  const { hints: [hint] } = error;
  const state = error.message.replace(/^Cannot [a-z ]+ ".*?": /, "");
  const message = hint === undefined ? state : `${state}; ${lowerFirst(hint)}`;
  // No molecule has a dot in its name.
  return /[/\\.]/.test(file)
    ? problemOf(file, { rule: "unreadable", message: `it cannot be read: ${message}` })
    : problemOf(file, { rule: "unknown-molecule", message });
}

function problemOf(file: string, problem: Pick<Problem, "rule" | "message">): Problem {
  return { file, line: 1, column: 1, severity: "error", ...problem };
}

function targetsOf(ports: Ports, { library, name }: { library: Library; name: string }): Target[] {
  if (name === "-") return [{ text: ports.terminal.readInput() ?? "", source: "-" }];
  const path = resolve(ports.env.cwd(), name);
  if (ports.files.kind(path) === "folder" && (isPath(name) || !moleculeNames(library).includes(name))) {
    const files = filesIn(library, path);
    if (files.length > 0) return files;
    return [problemOf(path, { rule: "unreadable", message: "no file NAME.yaml is in it" })];
  }
  return isPath(name)
    ? [fileTarget(library, path)]
    : [readOr(name, () => findMolecule(library, { name, from: ports.env.cwd() }))];
}

/** What is wrong in a file that several take in is said once. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
