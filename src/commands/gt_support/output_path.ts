import { basename, dirname, join, resolve } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import { convertName } from "../../molecules/import/formula_ids.ts";
import type { Ports } from "../../ports/ports.ts";
import { shownPath } from "./library.ts";

/** Where a molecule is to be written. */
export interface MoleculeOutput {
  /** As it was given. */
  given: string;
  /** The name it must have there; undefined in a folder, where its own is that of its file. */
  name?: string;
  /** The file for a molecule of this name. */
  fileOf(name: string): string;
}

/**
 * Where a molecule is written: a file NAME.yaml, or a folder, which need not be there yet; undefined for `-`.
 *
 * @throws {CommandError} `bad_output` for a file that no molecule would be found in.
 */
export function moleculeOutput(ports: Ports, given: string): MoleculeOutput | undefined {
  if (given === "-") return undefined;
  if (given.trim() === "") throw badOutput(given, "it names neither a file nor a folder", "molecules");
  const path = resolve(ports.env.cwd(), given);
  if (isFolder(ports, { given, path })) return { given, fileOf: (name) => join(path, `${name}.yaml`) };
  const stem = basename(given).replace(/\.[^.]*$/, "");
  const fitting = join(dirname(given), `${convertName(stem)}.yaml`);
  if (!given.endsWith(".yaml")) throw badOutput(given, "the file of a molecule is called NAME.yaml", fitting);
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(stem)) return { given, name: stem, fileOf: () => path };
  throw badOutput(given, `no molecule can be called "${stem}": a name is of a-z, 0-9 and -`, fitting);
}

/** The file that a molecule of a name is written to. @throws {CommandError} `file_exists`, `bad_output`. */
export function freeFile(
  ports: Ports,
  { output, name, force }: { output: MoleculeOutput; name: string; force: boolean },
): string {
  const { given, name: wanted } = output;
  const path = output.fileOf(name);
  if (wanted !== undefined && wanted !== name) {
    throw badOutput(given, `the molecule is called "${name}"`, join(dirname(given), `${name}.yaml`));
  }
  if (!ports.files.exists(path) || force) return path;
  throw new CommandError("refused", `Cannot write "${given}": ${shownPath(ports, path)} is there already`, {
    code: "file_exists",
    hints: ["--force replaces it"],
  });
}

function isFolder({ files }: Ports, { given, path }: { given: string; path: string }): boolean {
  const real = files.realPath(path);
  if (real !== undefined) return files.kind(real) === "folder";
  return /[/\\]$/.test(given) || !/.\.[A-Za-z]\w*$/.test(basename(given));
}

function badOutput(given: string, why: string, instead: string): CommandError {
  return new CommandError("usage", `Cannot write to "${given}": ${why}`, {
    code: "bad_output",
    hints: [`-o ${quoteWords([instead])}`],
  });
}
