import { type Library, moleculeNamed, NO_MOLECULE } from "../molecules/library.ts";
import type { Molecule } from "../molecules/molecule.ts";
import { checklistOf, stepsOf } from "../molecules/checklist.ts";
import { pourMolecule, reopenSteps } from "../molecules/pour.ts";
import { valuesOf } from "../molecules/variables.ts";
import type { Bead, Transaction, View } from "../ledger/ledger.ts";
import type { RigConfig } from "../town/config/config.ts";
import { CommandError } from "../lib/errors.ts";
import { liveAttemptOf } from "./attempt_store.ts";
import type { SlingOrder, WorkDeps } from "./sling.ts";

/** The molecules an order needs, by name, each with the values of its variables. */
export type ReadMolecules = ReadonlyMap<string, { molecule: Molecule; values: Record<string, string> }>;

/** Reads the molecules by which beads are to be worked. @throws {CommandError} when one is missing or wrong. */
export async function readMolecules(
  deps: WorkDeps,
  options: { order: SlingOrder; rigs: readonly RigConfig[] },
): Promise<ReadMolecules> {
  const { order, rigs } = options;
  const library: Library = { ports: deps.ports, folder: deps.town.paths.molecules };
  const names = new Set([order.molecule, ...rigs.map((rig) => order.molecule ?? rig.molecule)]);
  const read = new Map<string, { molecule: Molecule; values: Record<string, string> }>();
  for (const name of names) {
    if (name === undefined || name === NO_MOLECULE) continue;
    const molecule = await moleculeNamed(library, name);
    read.set(name, { molecule, values: valuesOf(molecule, order.vars ?? {}) });
  }
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
}

/**
 * Gives a bead the steps of the molecule it is to be worked by; one that has steps keeps them, finished ones too.
 *
 * `byDefault` is what its rig says; it counts only for a bead that begins without any steps.
 */
export function pourFor(
  transaction: Transaction,
  options: { bead: Bead; order: SlingOrder; read: ReadMolecules; byDefault?: string | undefined },
): SlungMolecule | undefined {
  const { bead, order, read, byDefault } = options;
  if (order.fresh) reopenSteps(transaction, bead.key);
  const name = order.molecule ?? (takesDefault(transaction, bead) ? byDefault : undefined);
  const found = name === undefined ? undefined : read.get(name);
  const changed = found !== undefined && pourMolecule(transaction, { bead, ...found }).changed;
  const { molecule, steps, completed } = checklistOf(transaction, bead);
  if (molecule === undefined) return undefined;
  return {
    name: found?.molecule.name ?? molecule,
    open: steps.length - completed,
    total: steps.length,
    changed,
  };
}

/** Whether a bead is worked by the molecule of its rig when it is slung: it begins, and without any steps. */
export function takesDefault(view: View, bead: Bead): boolean {
  return liveAttemptOf(bead) === undefined && stepsOf(view, bead.key).length === 0;
}
