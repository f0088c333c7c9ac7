import { join } from "node:path";
import { closestWord } from "../lib/closest_word.ts";
import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import { builtinMolecules } from "./builtin.ts";
import type { Molecule } from "./molecule.ts";

/** The word that asks for no molecule where one would be taken by itself. */
export const NO_MOLECULE = "none";

/** Where molecules are looked for: the folder of a town's own ones, then the built-in set. */
export interface Library {
  ports: Pick<Ports, "files">;
  /** Absent outside a town. */
  folder?: string;
}

/** A molecule by its name, and the text it is read from. */
interface Found {
  name: string;
  source: string;
  text: string;
}

/** One molecule of the library: read, or why it cannot be used. */
export type Listed = { name: string; source: string } & ({ molecule: Molecule } | { error: CommandError });

/**
 * The molecule of a name: the town's own one, else the built-in one.
 *
 * @throws {CommandError} `molecule_not_found` with the nearest names, or `molecule_invalid`.
 */
export async function moleculeNamed(library: Library, name: string): Promise<Molecule> {
  const found = moleculeNames(library).includes(name) ? find(library, name) : undefined;
  if (found) return await read(found);
  const known = moleculeNames(library);
  const close = closestWord(name, known);
  throw new CommandError("refused", `Cannot find molecule "${name}": there is none of this name`, {
    code: "molecule_not_found",
    hints: [
      ...(close === undefined ? [] : [`Did you mean ${close}?`]),
      `Molecules: ${known.join(", ")}`,
      ...(library.folder === undefined ? [] : [`Your own are files in ${library.folder}: NAME.yaml`]),
    ],
  });
}

/** Every molecule of the library, by name. */
export async function listMolecules(library: Library): Promise<Listed[]> {
  return await Promise.all(
    moleculeNames(library).map(async (name): Promise<Listed> => {
      const found = find(library, name);
      try {
        return { name, source: found.source, molecule: await read(found) };
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        return { name, source: found.source, error };
      }
    }),
  );
}

/** The names of all molecules of the library, sorted. */
export function moleculeNames({ ports, folder }: Library): string[] {
  const own = folder === undefined ? [] : ports.files.list(folder).filter((file) => file.endsWith(".yaml"));
  const names = own.map((file) => file.slice(0, -".yaml".length));
  return [...new Set([...names, ...Object.keys(builtinMolecules)])].sort();
}

function find({ ports, folder }: Library, name: string): Found {
  const path = folder === undefined ? undefined : join(folder, `${name}.yaml`);
  const text = path === undefined ? undefined : ports.files.readText(path);
  return path === undefined || text === undefined
    ? { name, source: "built-in", text: builtinMolecules[name] ?? "" }
    : { name, source: path, text };
}

/** The parser of YAML is loaded only where a molecule is read. */
async function read({ name, source, text }: Found): Promise<Molecule> {
  const { parseMolecule } = await import("./parse.ts");
  return parseMolecule(text, { source, name });
}
