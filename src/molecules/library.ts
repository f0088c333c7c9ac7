import { join, resolve } from "node:path";
import { closestWord } from "../lib/closest_word.ts";
import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import { builtinMolecules } from "./builtin.ts";
import type { Definition } from "./definition.ts";
import type { MoleculeShelf, MoleculeText } from "./language/compose.ts";
import type { ReadMolecule } from "./language/read_definition.ts";
import type { Molecule } from "./molecule.ts";
import { sourceLabel } from "./source_label.ts";

/** The word that asks for no molecule where one would be taken by itself. */
export const NO_MOLECULE = "none";

/** The molecule by which beads are worked where neither the order nor the rig says anything else. */
export const DEFAULT_MOLECULE = "worker-work";

/** Where molecules are looked for: the folder of a town's own ones, then the built-in set. */
export interface Library {
  ports: Pick<Ports, "files">;
  /** Absent where there is none. */
  folder?: string;
  /** Formulas of earlier tools that are here; absent where nobody asks for molecules by hand. */
  formulas?: FormulaFinder;
}

/** Finds formulas of earlier tools, which are no molecules until they are imported. */
export interface FormulaFinder {
  /** The file of a formula by its name, where those tools kept it; as somebody here would write it. */
  fileOf(name: string): string | undefined;
  /** The command that makes a molecule of a file, where molecules are looked for. */
  importOf(file: string): string;
}

/** One molecule of the library: read, or why it cannot be used. */
export type Listed =
  & { name: string; source: string }
  & ({ definition: Definition } | { error: CommandError });

/**
 * The molecule of a name or in a file, as a checklist.
 *
 * @throws {CommandError} `molecule_not_found` with the nearest names, `molecule_invalid` or `not_a_checklist`.
 */
export async function moleculeNamed(library: Library, name: string): Promise<Molecule> {
  // Every sling needs it: reading it takes longer than all else that a sling does.
  if (name === DEFAULT_MOLECULE && findMolecule(library, { name }).source === "built-in") {
    return (await import("./builtin_default.ts")).defaultMolecule;
  }
  const definition = await definitionNamed(library, { name });
  const { checklistMolecule } = await import("./checklist_molecule.ts");
  return checklistMolecule(definition);
}

/**
 * What the molecule of a name means, or the one in a file where `from` says which folder paths begin in.
 *
 * @throws {CommandError} `molecule_not_found` with the nearest names, `molecule_invalid` with every place, or
 * `molecule_part` for one without steps of its own, unless a `part` will do.
 */
export async function definitionNamed(
  library: Library,
  options: { name: string; from?: string; part?: boolean },
): Promise<Definition> {
  const found = findMolecule(library, options);
  const { definition, ...read } = await readMolecule(library, found);
  if (!definition) throw invalid(found, read);
  const { steps, onFailure, finally: last, name } = definition;
  if (options.part || steps.length + onFailure.length + last.length > 0) return definition;
  throw new CommandError(
    "refused",
    `Cannot use molecule "${name}" by itself: it has no steps, only aspects`,
    {
      code: "molecule_part",
      hints: [`A molecule that has steps takes it in: include: [${name}]`],
    },
  );
}

/** The text of a molecule by its name, or by its path where `from` is given. @throws {CommandError} `molecule_not_found`. */
export function findMolecule(library: Library, options: { name: string; from?: string }): MoleculeText {
  const { name, from } = options;
  if (/\.(toml|json)$/.test(name)) throw isFormula(library, options);
  const shelf = shelfOf(library);
  if (from !== undefined && isPath(name)) {
    const found = shelf.file(resolve(from, name));
    if (found) return found;
    throw new CommandError("refused", `Cannot find molecule "${name}": there is no such file`, {
      code: "molecule_not_found",
    });
  }
  const found = shelf.named(name);
  if (!found) throw notFound(library, name);
  return found;
}

/** Whether a word means a file, not the name of a molecule. */
export function isPath(name: string): boolean {
  return /[/\\]|\.ya?ml$/.test(name);
}

/** Reads a molecule with all of its problems; the language is loaded only then. */
export async function readMolecule(library: Library, found: MoleculeText): Promise<ReadMolecule> {
  const { readDefinition } = await import("./language/read_definition.ts");
  return await readDefinition(found, shelfOf(library));
}

/** Every molecule of the library, by name. */
export async function listMolecules(library: Library): Promise<Listed[]> {
  const own = ownMolecules(library);
  return await Promise.all(
    moleculeNames(library).map(async (name): Promise<Listed> => {
      const source = own.get(name) ?? "built-in";
      try {
        const found = shelfOf(library).named(name)!;
        const read = await readMolecule(library, found);
        return read.definition
          ? { name, source: found.source, definition: read.definition }
          : { name, source: found.source, error: invalid(found, read) };
      } catch (error) {
        // One that cannot be read does not hide the others.
        if (error instanceof CommandError) return { name, source, error };
        throw error;
      }
    }),
  );
}

/** The names of all molecules of the library, sorted. */
export function moleculeNames(library: Library): string[] {
  return [...new Set([...ownMolecules(library).keys(), ...Object.keys(builtinMolecules)])].sort();
}

/** The paths of the files in the library's folder, by the names of their molecules. */
export function ownMolecules({ ports, folder }: Library): ReadonlyMap<string, string> {
  const files = folder === undefined ? [] : ports.files.list(folder);
  const own = files.filter((file) => file.endsWith(".yaml") && !file.endsWith(".test.yaml"));
  return new Map(own.map((file) => [file.slice(0, -".yaml".length), join(folder!, file)]));
}

/** The files in the library's folder that would be its molecules, or their cases, if they were called NAME.yaml, with that name. */
export function misnamedFiles({ ports, folder }: Library): { file: string; right: string }[] {
  const files = folder === undefined ? [] : ports.files.list(folder);
  return files.filter((file) => file.endsWith(".yml")).sort()
    .map((file) => ({ file: join(folder!, file), right: file.replace(/\.yml$/, ".yaml") }))
    .filter(({ file }) => isLikeMolecule(ports, file));
}

function misnamedAdvice(library: Library, name: string): string | undefined {
  const misnamed = misnamedFiles(library).find(({ right }) => right === `${name}.yaml`);
  return misnamed && `${misnamed.file} is there: rename it to ${misnamed.right}`;
}

/** Whether a file has keys of a molecule, or of its cases; so has one that cannot be read, which is to be named. */
function isLikeMolecule(ports: Library["ports"], file: string): boolean {
  try {
    const text = textOf(ports, file);
    const keys = file.endsWith(".test.yml") ? /^(["']?)(molecule|cases)\1\s*:/m : TOP_KEYS;
    return text === undefined || keys.test(text);
  } catch (error) {
    if (error instanceof CommandError) return true;
    throw error;
  }
}

const TOP_KEYS = /^(["']?)(molecule|steps)\1\s*:/m;

/** The library as molecules see it that name others. */
export function shelfOf(library: Library): MoleculeShelf {
  const { ports } = library;
  let names: string[] | undefined;
  let files: ReturnType<typeof ownMolecules> | undefined;
  return {
    names: () => names ??= moleculeNames(library),
    misnamed: (name) => misnamedAdvice(library, name),
    named: (name) => {
      const path = (files ??= ownMolecules(library)).get(name);
      if (path === undefined) {
        const text = Object.hasOwn(builtinMolecules, name) ? builtinMolecules[name] : undefined;
        return text === undefined ? undefined : { name, source: "built-in", text };
      }
      const text = textOf(ports, path);
      if (text === undefined) throw leadsNowhere(path);
      return { name, source: path, text };
    },
    file: (path) => {
      const text = textOf(ports, path);
      return text === undefined ? undefined : { text, source: path };
    },
  };
}

function leadsNowhere(path: string): CommandError {
  return new CommandError("refused", `Cannot read "${path}": it is a link that leads nowhere`, {
    code: "file_not_found",
    hints: [`ls -l '${path}'`],
  });
}

/** Larger files are not read as a whole: nothing is made of them but a message. */
const LARGEST_FILE = 16_000_000;

function textOf({ files }: Library["ports"], path: string): string | undefined {
  const { size } = files.stat(path) ?? { size: 0 };
  return size > LARGEST_FILE
    ? files.readPart(path, { from: 0, most: LARGEST_FILE })?.text
    : files.readText(path);
}

function isFormula(
  { ports, formulas }: Library,
  { name, from = "" }: { name: string; from?: string },
): CommandError {
  const code = "molecule_not_found";
  if (from !== "" && !ports.files.exists(resolve(from, name))) {
    return new CommandError("refused", `Cannot find molecule "${name}": there is no such file`, { code });
  }
  const message = `Cannot use "${name}": the file of a molecule is called NAME.yaml`;
  const isToml = name.endsWith(".toml");
  return new CommandError("refused", message, {
    code,
    hints: isToml && formulas ? [`A formula is imported first: ${formulas.importOf(name)}`] : [],
  });
}

function notFound(library: Library, name: string): CommandError {
  const known = moleculeNames(library);
  const close = closestWord(name, known);
  const formula = library.formulas?.fileOf(name);
  const misnamed = misnamedAdvice(library, name);
  return new CommandError("refused", `Cannot find molecule "${name}": there is none of this name`, {
    code: "molecule_not_found",
    hints: [
      ...(misnamed === undefined ? [] : [misnamed]),
      ...(formula === undefined
        ? []
        : [`There is a formula of this name: ${library.formulas!.importOf(formula)}`]),
      ...(close === undefined ? [] : [`Did you mean ${close}?`]),
      `Molecules: ${known.join(", ")}`,
      ...(library.folder === undefined ? [] : [`Your own are files in ${library.folder}: NAME.yaml`]),
    ],
  });
}

const MOST_SHOWN = 20;

function invalid(molecule: MoleculeText, { problems }: ReadMolecule): CommandError {
  const errors = problems.filter(({ severity }) => severity === "error");
  const written = errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const code = "molecule_invalid";
  const places = errors.slice(0, MOST_SHOWN)
    .map(({ file, line, column, message }) => ({ file, line, column, message }));
  if (written.length === 1) {
    return new CommandError("refused", `Cannot use molecule ${written[0]}`, { code, problems: places });
  }
  const more = written.length - MOST_SHOWN;
  return new CommandError(
    "refused",
    `Cannot use molecule "${sourceLabel(molecule)}": ${written.length} problems`,
    {
      code,
      problems: places,
      reasons: written.slice(0, MOST_SHOWN),
      hints: more > 0 ? [`and ${more} more`] : [],
    },
  );
}
