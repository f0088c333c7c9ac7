import { join, resolve } from "node:path";
import { presetNames } from "../../town/names.ts";
import { CommandError } from "../../lib/errors.ts";
import { type Library, moleculeNamed, moleculeNames, NO_MOLECULE } from "../../molecules/library.ts";
import type { Molecule } from "../../molecules/molecule.ts";
import { valueErrors } from "../../molecules/variables.ts";
import type { Ports } from "../../ports/ports.ts";
import { readConvoyFile, refusedConvoy, sorted } from "../../town/convoys/convoy_file.ts";
import { type KnownNames, type MoleculeProblem, unknownNames } from "../../town/convoys/convoy_names.ts";
import type { ConvoyFile } from "../../town/convoys/convoy_schema.ts";
import { parseAddress } from "../../town/mail/addresses.ts";
import { openTown, rootHere, type Town } from "../../town/town.ts";
import { parseTarget, targetsOf } from "../../work/target.ts";
import { libraryHere } from "./library.ts";
import type { ConvoyProblem, ConvoyRead } from "../../town/convoys/convoy_problem.ts";

/** Whether a word means a convoy's file, not the name of a convoy. */
export function isConvoyFile(ports: Ports, word: string): boolean {
  if (word === "-" || /\.ya?ml$/.test(word)) return true;
  return /[/\\]/.test(word) && ports.files.exists(resolve(ports.env.cwd(), word));
}

/** The text of a file as a person gives it; `-` is standard input. @throws {CommandError} `file_not_found`. */
export function convoyText(ports: Ports, path: string): string {
  const text = path === "-"
    ? ports.terminal.readInput()
    : ports.files.readText(resolve(ports.env.cwd(), path));
  if (text !== undefined) return text;
  throw new CommandError("refused", `Cannot read "${path}": there is no such file`, {
    code: "file_not_found",
  });
}

/** The files that are meant: themselves, or those of a folder. @throws {CommandError} `file_not_found`. */
export function convoyFiles(ports: Ports, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const folder = resolve(ports.env.cwd(), path);
    if (path === "-" || ports.files.kind(folder) !== "folder") return [path];
    const files = ports.files.list(folder).filter((name) => /\.ya?ml$/.test(name));
    if (files.length > 0) return files.map((name) => join(path, name));
    throw new CommandError("refused", `Cannot check "${path}": no file NAME.yaml is in it`, {
      code: "file_not_found",
    });
  });
}

/** The town of the call; undefined outside of every one. */
export function townHere(ports: Ports): Town | undefined {
  const root = rootHere(ports);
  return root === undefined ? undefined : openTown(ports);
}

/** What there is in a town. */
export async function namesOfTown(ports: Ports, town: Town): Promise<KnownNames> {
  const config = await town.config();
  const targets = targetsOf({ ports, town }, config);
  const library = libraryHere(ports);
  return {
    rigs: Object.keys(config.rigs),
    crew: targets.crew,
    agents: [...new Set([...Object.keys(config.agents), ...presetNames])],
    molecules: [...moleculeNames(library), NO_MOLECULE],
    moleculeProblems: createMoleculeCheck(library),
    isTarget: (name) => !fails(() => parseTarget(targets, name)),
    hasBead: (id) => {
      const bead = town.ledger.view.beadById(id);
      return bead !== undefined && !bead.deleted;
    },
    addressProblem: (address) => fails(() => parseAddress(address)),
  };
}

/** Finds out as a sling does whether beads can be worked by molecules; each of them is read once. */
function createMoleculeCheck(library: Library): KnownNames["moleculeProblems"] {
  const read = new Map<string, Promise<Molecule | MoleculeProblem>>();
  const reading = async (name: string) => {
    try {
      return await moleculeNamed(library, name);
    } catch (error) {
      if (error instanceof CommandError) return { message: error.message };
      throw error;
    }
  };
  return async (name, vars) => {
    if (name === NO_MOLECULE) {
      const message = 'molecule "none" has no variables';
      return Object.keys(vars).map((variable) => ({ message, variable }));
    }
    if (!read.has(name)) read.set(name, reading(name));
    const molecule = await read.get(name)!;
    if ("message" in molecule) return [molecule];
    return valueErrors(molecule, vars).map(({ variable, error }) => ({ message: error.message, variable }));
  };
}

/** What is said when something is refused; undefined when it is not. */
function fails(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
}

/** Everything that is wrong with a file; in a town also names that are of no use there. */
export async function problemsOfConvoy(
  read: ConvoyRead,
  known: KnownNames | undefined,
): Promise<ConvoyProblem[]> {
  return sorted([...read.problems, ...(known ? await unknownNames(read, known) : [])]);
}

/** The convoy that a file describes, every name in it known to the town. @throws {CommandError} `convoy_invalid`. */
export async function convoyInTown(
  ports: Ports,
  { town, path }: { town: Town; path: string },
): Promise<ConvoyFile> {
  const read = readConvoyFile(convoyText(ports, path), path);
  const problems = await problemsOfConvoy(read, await namesOfTown(ports, town));
  if (read.file && problems.length === 0) return read.file;
  throw refusedConvoy(path, problems);
}
