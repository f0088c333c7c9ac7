import { DEFAULT_MOLECULE, type Library, moleculeNamed, NO_MOLECULE } from "../molecules/library.ts";
import type { Molecule } from "../molecules/molecule.ts";
import { CommandError } from "../lib/errors.ts";
import type { RigConfig } from "../town/config/config.ts";

/** By which molecule the beads of a rig are worked unless another is named. */
export function moleculeOfRig({ molecule }: Pick<RigConfig, "molecule">): string {
  return molecule ?? DEFAULT_MOLECULE;
}

/**
 * Reads the molecule by which the beads of a rig are worked unless another is named; undefined for none.
 *
 * @throws {CommandError} naming the key of town.yaml where that names one that is missing, wrong or no checklist.
 */
export async function readRigMolecule(
  library: Library,
  { rig, config }: { rig: string; config: Pick<RigConfig, "molecule"> },
): Promise<Molecule | undefined> {
  const name = moleculeOfRig(config);
  if (name === NO_MOLECULE) return undefined;
  try {
    return await moleculeNamed(library, name);
  } catch (error) {
    throw error instanceof CommandError && config.molecule !== undefined ? refused(error, rig) : error;
  }
}

function refused({ kind, message, code, hints }: CommandError, rig: string): CommandError {
  const key = `rigs.${rig}.molecule`;
  const why = message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return new CommandError(kind, `Cannot use "${key}" of town.yaml: ${why}`, {
    code,
    hints: [...hints, "gt mol list", `gt config set ${key} NAME`],
  });
}
