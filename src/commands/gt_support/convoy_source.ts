import { join, resolve } from "node:path";
import { presetNames } from "../../town/names.ts";
import { CommandError } from "../../lib/errors.ts";
import { moleculeNames } from "../../molecules/library.ts";
import type { Ports } from "../../ports/ports.ts";
import { readConvoyFile, refusedConvoy, sorted } from "../../town/convoys/convoy_file.ts";
import { type KnownNames, unknownNames } from "../../town/convoys/convoy_rules.ts";
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
  return {
    rigs: Object.keys(config.rigs),
    crew: targets.crew,
    agents: [...new Set([...Object.keys(config.agents), ...presetNames])],
    molecules: [...moleculeNames(libraryHere(ports)), "none"],
    isTarget: (name) => !fails(() => parseTarget(targets, name)),
    hasBead: (id) => {
      const bead = town.ledger.view.beadById(id);
      return bead !== undefined && !bead.deleted;
    },
    addressProblem: (address) => fails(() => parseAddress(address)),
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

/** Everything that is wrong with a file; in a town also names that stand for nothing there. */
export function problemsOfConvoy(read: ConvoyRead, known: KnownNames | undefined): ConvoyProblem[] {
  const { file } = read;
  const names = file && known ? unknownNames({ ...read, file }, known) : [];
  return sorted([...read.problems, ...names]);
}

/** The convoy that a file describes, every name in it known to the town. @throws {CommandError} `convoy_invalid`. */
export async function convoyInTown(
  ports: Ports,
  { town, path }: { town: Town; path: string },
): Promise<ConvoyFile> {
  const read = readConvoyFile(convoyText(ports, path), path);
  const problems = problemsOfConvoy(read, await namesOfTown(ports, town));
  if (read.file && problems.length === 0) return read.file;
  throw refusedConvoy(path, problems);
}
