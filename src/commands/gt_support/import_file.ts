import { dirname, join, resolve } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import { FormulaSyntaxError, type ImportRemark } from "../../molecules/import/formula.ts";
import { type Imported, importFormula } from "../../molecules/import/import_formula.ts";
import type { MoleculeShelf, MoleculeText } from "../../molecules/language/compose.ts";
import { readDefinition } from "../../molecules/language/read_definition.ts";
import { shelfOf } from "../../molecules/library.ts";
import { present } from "../../lib/present.ts";
import type { Ports } from "../../ports/ports.ts";
import { libraryHere } from "./library.ts";

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
    throw new CommandError("refused", `Cannot read "${file}": there is no such file`, {
      code: "file_not_found",
    });
  }
  const folder = file === "-" ? ports.env.cwd() : dirname(resolve(ports.env.cwd(), file));
  const formulaOf = (formula: string) =>
    [`${formula}.formula.toml`, `${formula}.toml`].find((each) => ports.files.exists(join(folder, each)));
  const find = (formula: string) => {
    const found = formulaOf(formula);
    return found === undefined ? undefined : ports.files.readText(join(folder, found));
  };
  const imported = translated(file, () => importFormula(text, { find, values, ...present({ name }) }));
  if (imported.refusals.length > 0) throw refused(file, imported.refusals);
  const shelf = shelfWith(shelfOf(libraryHere(ports)), (part) => {
    const beside = find(part);
    return beside === undefined ? undefined : importFormula(beside, { find, values }).yaml;
  });
  const missing = imported.parts.filter((part) => shelf.named(part) === undefined);
  if (missing.length === 0) await checkResult({ file, imported, shelf });
  const own = shelfOf(libraryHere(ports));
  const notHere = imported.parts.filter((part) => own.named(part) === undefined);
  return {
    imported,
    missing: notHere.map((part) => ({ name: part, ...present({ formula: formulaOf(part) }) })),
  };
}

function translated(file: string, translate: () => Imported): Imported {
  try {
    return translate();
  } catch (error) {
    if (!(error instanceof FormulaSyntaxError)) throw error;
    const message = `Cannot import ${file}:${error.line}: ${error.message}`;
    throw new CommandError("refused", message, { code: "import_refused" });
  }
}

/** A remark as `file:line: path: message`. */
export function remarkText(file: string, { line, path, message }: ImportRemark): string {
  return `${file}:${line}: ${path === "" ? "" : `${path}: `}${message}`;
}

function refused(file: string, refusals: readonly ImportRemark[]): CommandError {
  const written = refusals.map((each) => remarkText(file, each));
  const code = "import_refused";
  return written.length === 1
    ? new CommandError("refused", `Cannot import ${written[0]}`, { code })
    : new CommandError("refused", `Cannot import "${file}": ${written.length} parts have no translation`, {
      code,
      hints: written,
    });
}

function shelfWith(shelf: MoleculeShelf, beside: (name: string) => string | undefined): MoleculeShelf {
  return {
    ...shelf,
    named: (name): MoleculeText | undefined => {
      const text = shelf.named(name) === undefined ? beside(name) : undefined;
      return text === undefined ? shelf.named(name) : { name, text, source: `${name}.yaml` };
    },
  };
}

/** What comes out passes the linter, or nothing comes out. */
async function checkResult(
  { file, imported, shelf }: { file: string; imported: Imported; shelf: MoleculeShelf },
): Promise<void> {
  const { name, yaml } = imported;
  const { problems } = await readDefinition({ text: yaml, source: `${name}.yaml` }, shelf);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const lines = yaml.split("\n");
  throw new CommandError("refused", `Cannot import "${file}": as a molecule it would be wrong`, {
    code: "import_refused",
    hints: errors.map(({ line, message, rule, file: at }) =>
      at === `${name}.yaml`
        ? `${rule} ${message}: ${lines[line - 1]?.trim() ?? ""}`
        : `${at}: ${rule} ${message}`
    ),
  });
}
