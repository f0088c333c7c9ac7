import { type Library, moleculeNamed, NO_MOLECULE } from "../molecules/library.ts";
import type { Molecule } from "../molecules/molecule.ts";
import { checklistOf, isSuggested, stepsOf } from "../molecules/checklist.ts";
import { stepOfBead } from "../molecules/engine/journal/step_link.ts";
import { bondedFrom } from "../molecules/joined.ts";
import { pourMolecule, refuseOtherSteps, reopenSteps, replaceSuggested } from "../molecules/pour.ts";
import { valuesOf } from "../molecules/variables.ts";
import type { Bead, Transaction, View } from "../ledger/ledger.ts";
import type { RigConfig } from "../town/config/config.ts";
import { CommandError } from "../lib/errors.ts";
import { liveAttemptOf } from "./attempt_store.ts";
import { moleculeOfRig, readRigMolecule } from "./rig_molecule.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "../town/town.ts";

/** By which molecule beads are to be worked. */
export interface MoleculeOrder {
  /** Name of the workflow; the rig's by default, `none` for none. */
  molecule?: string;
  /** Values of its variables. */
  vars?: Readonly<Record<string, string>>;
  /** Begin on the target branch again instead of going on with the bead's branch. */
  fresh?: boolean;
}

/** The molecules an order needs, by name, each with the values of its variables. */
export type ReadMolecules = ReadonlyMap<string, { molecule: Molecule; values: Record<string, string> }>;

/**
 * Reads the molecules by which beads are to be worked: the one that is named, else those of the rigs, by their names.
 *
 * @throws {CommandError} when one is missing or wrong.
 */
export async function readMolecules(
  deps: { ports: Ports; town: Town },
  options: { order: MoleculeOrder; rigs: Readonly<Record<string, RigConfig>> },
): Promise<ReadMolecules> {
  const { order, rigs } = options;
  const library: Library = { ports: deps.ports, folder: deps.town.paths.molecules };
  const found: Molecule[] = [];
  if (order.molecule === undefined) {
    for (const [rig, config] of Object.entries(rigs)) {
      const molecule = await readRigMolecule(library, { rig, config });
      if (molecule) found.push(molecule);
    }
  } else if (order.molecule !== NO_MOLECULE) found.push(await moleculeNamed(library, order.molecule));
  const read = new Map(
    found.map((molecule) => [molecule.name, { molecule, values: valuesOf(molecule, order.vars ?? {}) }]),
  );
  if (read.size === 0 && Object.keys(order.vars ?? {}).length > 0) {
    throw new CommandError("usage", "Cannot use --var: the beads are worked by no molecule", {
      code: "no_molecule",
      hints: ["gt sling BEAD RIG --molecule NAME --var NAME=VALUE", "gt mol list"],
    });
  }
  return read;
}

/** What the molecule of a slung bead came to. */
export interface SlungMolecule {
  name: string;
  /** How many steps are open. */
  open: number;
  total: number;
  /** Whether its text has changed since the steps were made; they stay as they were. */
  changed: boolean;
  /** Nobody named it. */
  suggested?: true;
}

/**
 * Gives a bead the steps of the molecule it is to be worked by; one that has steps keeps them, finished ones too.
 *
 * What its rig says counts only for a bead that begins without any steps. Suggested steps give way to what is named.
 */
export function pourFor(
  transaction: Transaction,
  options: { bead: Bead; order: MoleculeOrder; read: ReadMolecules; rig?: RigConfig },
): SlungMolecule | undefined {
  const { bead, order, read, rig } = options;
  if (order.fresh) reopenSteps(transaction, { bead, molecule: order.molecule });
  if (order.molecule !== undefined) {
    replaceSuggested(transaction, { key: bead.key, molecule: order.molecule });
  }
  if (order.molecule === NO_MOLECULE) refuseOtherSteps(transaction, { bead, molecule: NO_MOLECULE });
  const byDefault = rig && takesDefault(transaction, bead) ? moleculeOfRig(rig) : undefined;
  const name = order.molecule ?? byDefault;
  const found = name === undefined ? undefined : read.get(name);
  const suggested = order.molecule === undefined && rig?.molecule === undefined;
  const changed = found !== undefined && pourMolecule(transaction, { bead, ...found, suggested }).changed;
  const { molecule, steps, completed } = checklistOf(transaction, bead);
  if (molecule === undefined || order.molecule === NO_MOLECULE) return undefined;
  return {
    name: found?.molecule.name ?? molecule,
    open: steps.length - completed,
    total: steps.length,
    changed,
    ...(steps.some((step) => step.state !== "done" && isSuggested(step.bead)) ? { suggested: true } : {}),
  };
}

/** Whether a bead is worked by the molecule of its rig when it is slung: it begins, and without any steps. */
export function takesDefault(view: View, bead: Bead): boolean {
  // The step of a run says itself what is to be done, and so do the parts of what was joined.
  if (stepOfBead(bead) || bondedFrom(bead)) return false;
  return liveAttemptOf(bead) === undefined && stepsOf(view, bead.key).length === 0;
}
