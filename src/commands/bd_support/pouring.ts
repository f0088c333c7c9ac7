import { CommandError } from "../../lib/errors.ts";
import { present } from "../../lib/present.ts";
import { checklistMolecule } from "../../molecules/checklist_molecule.ts";
import type { Definition } from "../../molecules/definition.ts";
import { definitionNamed, isPath, type Library, moleculeNames } from "../../molecules/library.ts";
import type { Molecule } from "../../molecules/molecule.ts";
import { valuesOf } from "../../molecules/variables.ts";
import type { Ports } from "../../ports/ports.ts";

/** A checklist that can be poured. */
export interface Pourable {
  molecule: Molecule;
  values: Readonly<Record<string, string>>;
}

/**
 * The checklist of a name or file, with its values.
 *
 * @throws {CommandError} `molecule_not_found`, `not_a_checklist` for one that a program runs, or for a bad value.
 */
export async function pourableNamed(
  { ports, library }: { ports: Ports; library: Library },
  { name, given }: { name: string; given: Readonly<Record<string, string>> },
): Promise<Pourable> {
  const definition = await definitionNamed(library, { name, ...present({ from: ports.env.cwd() }) });
  const molecule = asChecklist(definition, name);
  return { molecule, values: valuesOf(molecule, given) };
}

const MOST_SHOWN = 5;

function asChecklist(definition: Definition, name: string): Molecule {
  try {
    return checklistMolecule(definition);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== "not_a_checklist") throw error;
    const more = error.hints.length - MOST_SHOWN;
    throw new CommandError("refused", error.message.replace("Cannot work a bead by", "Cannot pour"), {
      code: "not_a_checklist",
      hints: [
        ...error.hints.slice(0, MOST_SHOWN),
        ...(more > 0 ? [`and ${more} more`] : []),
        `gt mol plan ${name} says what it would do`,
      ],
    });
  }
}

/** Whether a word means a molecule: a name of the library, or a path. */
export function meansMolecule(library: Library, word: string): boolean {
  return isPath(word) || moleculeNames(library).includes(word);
}
