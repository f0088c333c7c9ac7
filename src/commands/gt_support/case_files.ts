import { basename, dirname, join, resolve } from "node:path";
import type { Output } from "../../cli/command.ts";
import { formatDuration } from "../../lib/duration.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import { draftRun, idAt } from "../../molecules/machine/draft.ts";
import { recordsOf } from "../../molecules/machine/step_list.ts";
import { findMolecule, isPath, type Library, moleculeNames, readMolecule } from "../../molecules/library.ts";
import { readCases } from "../../molecules/testing/read_cases.ts";
import { type CaseProblem, type CaseResult, runCase } from "../../molecules/testing/run_cases.ts";
import type { Ports } from "../../ports/ports.ts";
import { CASES_ENDING, moleculeFor, namedByCases } from "./cases_molecule.ts";
import { libraryHere, shownPath } from "./library.ts";

/** How the cases of a file went. */
export interface CaseFileResult {
  /** As somebody here would write it. */
  file: string;
  molecule: string;
  /** What is wrong with the file, or with its molecule: then no case was played. */
  problems: readonly CaseProblem[];
  cases: readonly CaseResult[];
  /** How many cases stand in the file. */
  count: number;
}

/**
 * Plays the cases of the molecules or files that were named, or of all files of cases in the library.
 *
 * @throws {CommandError} `cases_not_found`, `molecule_not_found`.
 */
export async function playCaseFiles(ports: Ports, names: readonly string[]): Promise<CaseFileResult[]> {
  const library = libraryHere(ports);
  const { folder } = library;
  const files = names.length === 0
    ? caseFilesIn(ports, folder ?? "")
    : names.flatMap((name) => filesOf(ports, { library, name }));
  if (files.length === 0) {
    throw notFound(folder ?? "molecules", "Cannot find cases: there is no file NAME.test.yaml");
  }
  const results: CaseFileResult[] = [];
  for (const file of new Set(files)) results.push(await playFile(ports, { library, file }));
  return results;
}

function caseFilesIn({ files }: Ports, folder: string): string[] {
  if (files.kind(folder) !== "folder") return [];
  return files.list(folder).filter((name) => name.endsWith(CASES_ENDING)).map((name) => join(folder, name));
}

/** The file of cases beside a molecule, the one that is named, or all of a folder. */
function filesOf(ports: Ports, { library, name }: { library: Library; name: string }): string[] {
  const path = resolve(ports.env.cwd(), name);
  if (name.endsWith(CASES_ENDING)) return [path];
  const isName = !isPath(name) && moleculeNames(library).includes(name);
  if (!isName && ports.files.kind(path) === "folder") {
    const files = caseFilesIn(ports, path);
    if (files.length > 0) return files;
    throw notFound(name, `Cannot find cases in "${name}": there is no file NAME.test.yaml`);
  }
  const { source } = findMolecule(library, { name, from: ports.env.cwd() });
  const beside = source === "built-in"
    ? join(library.folder ?? join(ports.env.cwd(), "molecules"), `${name}${CASES_ENDING}`)
    : source.replace(/\.ya?ml$/, CASES_ENDING);
  if (ports.files.exists(beside)) return [beside];
  const shown = shownPath(ports, beside);
  const state = source === "built-in"
    ? `it is built in, and its cases are only in the repository of gt; of yours there is no ${shown}`
    : `there is no ${shown}`;
  throw notFound(shown, `Cannot find cases for "${name}": ${state}`);
}

function notFound(place: string, message: string): CommandError {
  const hints = [
    `Write them into ${place.endsWith(CASES_ENDING) ? place : join(place, `NAME${CASES_ENDING}`)}`,
  ];
  return new CommandError("refused", message, { code: "cases_not_found", hints });
}

async function playFile(
  ports: Ports,
  { library, file }: { library: Library; file: string },
): Promise<CaseFileResult> {
  const text = ports.files.readText(file);
  const shown = shownPath(ports, file);
  if (text === undefined) {
    throw new CommandError("refused", `Cannot read "${shown}": there is no such file`, {
      code: "cases_not_found",
    });
  }
  const read = await readCases(text, { source: shown });
  const { cases, count, problems } = read;
  const own = basename(file).slice(0, -CASES_ENDING.length);
  if (problems.length > 0) {
    return { file: shown, molecule: read.molecule?.name ?? own, problems, cases: [], count };
  }
  const { name, place } = namedByCases(ports, { file, read });
  const found = moleculeFor(library, { name, from: dirname(file) });
  if (!found) {
    const message = `there is no molecule "${name}"`;
    return { file: shown, molecule: name, problems: [{ file: shown, ...place, message }], cases: [], count };
  }
  const { definition, problems: wrong } = await readMolecule(library, found);
  if (!definition) {
    const errors = wrong.filter(({ severity }) => severity === "error")
      .map((each) => ({ ...each, file: shownPath(ports, each.file) }));
    return { file: shown, molecule: name, problems: errors, cases: [], count };
  }
  const results: CaseResult[] = [];
  for (const written of cases) results.push(await runCase(definition, { written, file: shown }));
  return { file: shown, molecule: definition.name, problems: [], cases: results, count };
}

/** How many cases went as they should, and how many did not; those of a file that is wrong are not played. */
export function countCases(
  results: readonly CaseFileResult[],
): { passed: number; failed: number; wrongFiles: number } {
  const wrong = results.filter(({ problems }) => problems.length > 0);
  const all = results.flatMap(({ cases }) => cases);
  const failed = all.filter(({ problems }) => problems.length > 0).length;
  return {
    passed: all.length - failed,
    failed: failed + wrong.reduce((sum, { count }) => sum + count, 0),
    wrongFiles: wrong.length,
  };
}

/** The counts for a person. */
export function countLine(results: readonly CaseFileResult[]): string {
  const { passed, failed, wrongFiles } = countCases(results);
  const total = passed + failed;
  const wrong = wrongFiles === 0 ? "" : `; ${wrongFiles} ${wrongFiles === 1 ? "file is" : "files are"} wrong`;
  return `${total} ${total === 1 ? "case" : "cases"}: ${passed} passed, ${failed} failed${wrong}`;
}

/** The cases of a file for a person: each with how it went, and where it went another way; or only those that did. */
export function caseLines(
  { style, quiet }: Pick<Output, "style" | "quiet">,
  { file, problems, cases }: CaseFileResult,
): string[] {
  const written = (each: CaseProblem) =>
    `    ${printable(`${each.file}:${each.line}:${each.column}: ${each.message}`)}`;
  const shown = cases.filter((each) => !quiet || each.problems.length > 0);
  if (quiet && shown.length + problems.length === 0) return [];
  return [
    style.bold(printable(file)),
    ...problems.map(written),
    ...shown.flatMap(({ name, problems: wrong, played }) => {
      const mark = wrong.length === 0 ? style.green("✓") : style.red("✗");
      const took = played ? style.dim(`  ${formatDuration(played.now - played.setting.at)}`) : "";
      return [`  ${mark} ${printable(name)}${took}`, ...wrong.map(written)];
    }),
  ];
}

/** The same for `--json`. */
export function casesShape(results: readonly CaseFileResult[]): JsonObject {
  const { passed, failed } = countCases(results);
  return {
    ...{ passed, failed },
    files: results.map(({ file, molecule, problems, cases }) => ({
      file,
      molecule,
      problems: problems.map(({ file, line, column, message }) => ({ file, line, column, message })),
      cases: cases.map(caseShape),
    })),
  };
}

function caseShape({ name, line, problems, played }: CaseResult): JsonObject {
  const passed = problems.length === 0;
  return {
    ...{ name, line, passed, problems: problems.map((each) => ({ ...each })) },
    ...(played ? { run: runShape(played) } : {}),
  };
}

function runShape({ open, setting, now, begun }: NonNullable<CaseResult["played"]>): JsonObject {
  const { run, rules } = open;
  const draft = draftRun(rules, run, 0);
  return {
    status: hasEnded(run) ? run.status : "running",
    ...(run.reason ? { reason: run.reason.text } : {}),
    duration_ms: now - setting.at,
    begun: [...begun],
    steps: [...recordsOf(run.steps)].map((record, index) => ({
      id: idAt(draft, index),
      status: record.status,
      attempt: record.attempt,
      ...(record.outputs ? { outputs: record.outputs } : {}),
      ...(record.reason ? { reason: record.reason.text } : {}),
    })),
  };
}
