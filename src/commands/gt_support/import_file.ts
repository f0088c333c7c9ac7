import { dirname, join, resolve } from "node:path";
import { CommandError, type FileProblem } from "../../lib/errors.ts";
import { FormulaSyntaxError, type ImportRemark } from "../../molecules/import/formula.ts";
import { type Imported, importFormula } from "../../molecules/import/import_formula.ts";
import type { MoleculeShelf, MoleculeText } from "../../molecules/language/compose.ts";
import { readDefinition } from "../../molecules/language/read_definition.ts";
import { shelfOf } from "../../molecules/library.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import { present } from "../../lib/present.ts";
import type { Ports } from "../../ports/ports.ts";
import { libraryHere, shownPath } from "./library.ts";

/** What came of importing a file. */
export interface ImportedFile {
  imported: Imported;
  /** Molecules that it is made of or runs, and that are not here yet; each with the formula beside it, if there is one. */
  missing: readonly { name: string; formula?: string }[];
}

/** What is imported. */
export interface ImportOrder {
  /** The file as a person gives it; `-` is standard input. */
  file: string;
  /** What the molecule is to be called, where that is not the name of the formula. */
  name?: string;
  /** Values for the ranges of loops. */
  values: Readonly<Record<string, string>>;
}

/**
 * Translates a formula, and checks the result with those that are beside it.
 *
 * @throws {CommandError} `import_refused` with file and line of every construct that has no translation.
 */
export async function importFile(ports: Ports, order: ImportOrder): Promise<ImportedFile> {
  const { file, name, values } = order;
  const text = file === "-"
    ? ports.terminal.readInput()
    : ports.files.readText(resolve(ports.env.cwd(), file));
  if (text === undefined) {
    const formula = libraryHere(ports).formulas?.fileOf(file);
    throw new CommandError("refused", `Cannot read "${file}": there is no such file`, {
      code: "file_not_found",
      hints: formula === undefined ? [] : [`gt mol import ${quoteWords([formula])}`],
    });
  }
  if (file.endsWith(".json")) {
    throw new CommandError(
      "refused",
      `Cannot import "${file}": formulas in JSON are not read, only in TOML`,
      {
        code: "import_refused",
      },
    );
  }
  const used = new Set<string>();
  const beside = formulasBeside(ports, { file, values, used });
  const imported = beside.translated(file, { text, ...present({ name }) });
  const library = shelfOf(libraryHere(ports));
  const shelf = shelfWith(library, (part) => beside.molecule(part));
  const missing = imported.parts.filter((part) => shelf.named(part.name) === undefined);
  if (missing.length === 0) await checkResult({ file, imported, shelf, beside });
  refuseUnused(values, used);
  const notHere = imported.parts.filter((part) => library.named(part.name) === undefined);
  return {
    imported,
    missing: notHere.map((part) => ({
      name: part.name,
      ...present({ formula: beside.fileOf(part.formula) }),
    })),
  };
}

function refuseUnused(values: ImportOrder["values"], used: ReadonlySet<string>): void {
  const unused = Object.keys(values).find((name) => !used.has(name));
  if (unused === undefined) return;
  const message = `Cannot use --var "${unused}=${values[unused]}": no range of a loop reads "${unused}"`;
  throw new CommandError("usage", message, {
    code: "variable_unknown",
    hints: used.size === 0
      ? ["Values of variables are given when the molecule is run"]
      : [`Ranges read ${[...used].join(", ")}`],
  });
}

/** The formulas in the folder of one. */
interface FormulasBeside {
  /** The file of a formula as a person would give it, if it is there. */
  fileOf(formula: string): string | undefined;
  /** Translates one of them. @throws {CommandError} `import_refused` with the file that is wrong. */
  translated(file: string, options: { text: string; name?: string }): Imported;
  /** A molecule whose formula is there, and the file of that. @throws {CommandError} `import_refused` */
  molecule(name: string): MoleculeText | undefined;
  /** Those that were asked for, by file. */
  read: ReadonlyMap<string, Imported>;
}

function formulasBeside(
  { env, files }: Ports,
  { file: first, values, used }: {
    file: string;
    values: Readonly<Record<string, string>>;
    used: Set<string>;
  },
): FormulasBeside {
  const folder = first === "-" ? "." : dirname(first);
  const formulas = new Map<string, string>();
  const fileOf = (formula: string) =>
    [`${formula}.formula.toml`, `${formula}.toml`].map((each) => join(folder, each))
      .find((each) => files.exists(resolve(env.cwd(), each)));
  const find = (formula: string) => {
    const found = fileOf(formula);
    return found === undefined ? undefined : files.readText(resolve(env.cwd(), found));
  };
  const translated: FormulasBeside["translated"] = (file, { text, name }) => {
    let imported: Imported;
    try {
      imported = importFormula(text, { find, values, used, ...present({ name }) });
    } catch (error) {
      if (!(error instanceof FormulaSyntaxError)) throw error;
      const { formula, line, message } = error;
      const at = formula === undefined ? file : fileOf(formula)!;
      throw refused(first, [{ file: at, line, path: "", message }]);
    }
    if (imported.refusals.length > 0) {
      throw refused(first, imported.refusals.map((each) => ({ file, ...each })));
    }
    for (const part of imported.parts) formulas.set(part.name, part.formula);
    return imported;
  };
  const read = new Map<string, Imported>();
  return {
    fileOf,
    translated,
    read,
    molecule: (name) => {
      const formula = formulas.get(name) ?? name;
      const text = find(formula);
      if (text === undefined) return undefined;
      const file = fileOf(formula)!;
      const imported = read.get(file) ?? translated(file, { text, name });
      read.set(file, imported);
      return { name, text: imported.yaml, source: file };
    },
  };
}

/** What is missing, each with the command that imports it to where this one is written. */
export function missingLines(
  ports: Ports,
  { missing, path }: Pick<ImportedFile, "missing"> & { path: string | undefined },
): string[] {
  const folder = path === undefined ? "molecules" : shownPath(ports, dirname(path));
  return missing.map(({ name, formula }) => {
    const what = `It needs the molecule "${name}", which is not here yet`;
    return formula === undefined ? what : `${what}: gt mol import ${quoteWords([formula, "-o", folder])}`;
  });
}

/** A remark as `file:line: path: message`. */
export function remarkText(file: string, { line, path, message }: ImportRemark): string {
  return `${file}:${line}: ${path === "" ? "" : `${path}: `}${message}`;
}

/** `file` is what was to be imported; what is wrong may stand in another one. */
function refused(file: string, problems: readonly (FileProblem & ImportRemark)[]): CommandError {
  const written = problems.map((each) => remarkText(each.file, each));
  const options = { code: "import_refused", problems };
  if (written.length > 1) {
    const message = `Cannot import "${file}": ${written.length} parts have no translation`;
    return new CommandError("refused", message, { ...options, hints: written });
  }
  const isOther = problems[0]!.file !== file;
  return new CommandError("refused", `Cannot import ${written[0]}`, {
    ...options,
    ...(isOther ? { hints: [`${file} is made of it`] } : {}),
  });
}

function shelfWith(
  shelf: MoleculeShelf,
  beside: (name: string) => MoleculeText | undefined,
): MoleculeShelf {
  return { ...shelf, named: (name) => shelf.named(name) ?? beside(name) };
}

/** What comes out passes the linter, or nothing comes out. */
async function checkResult(
  { file, imported, shelf, beside }: {
    file: string;
    imported: Imported;
    shelf: MoleculeShelf;
    beside: FormulasBeside;
  },
): Promise<void> {
  const { problems } = await readDefinition({ text: imported.yaml, source: file }, shelf);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  throw refused(
    file,
    errors.map((problem) => {
      const { file: at, line, column, message } = problem;
      const of = at === file ? imported : beside.read.get(at);
      if (!of) return { file: at, line, path: "", message };
      const place = of.placeOf({ line, column });
      return { file: at, ...place, message: message.replace(/^[a-z_]+: /, "") };
    }),
  );
}
