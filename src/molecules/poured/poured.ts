/**
 * Molecules as beads of one's own: poured, joined, squashed into a digest, thrown away, made of beads.
 *
 * It changes beads in one write each; it knows nothing of sessions, and only reads of runs.
 *
 * @module
 */
import { createBead } from "../../beads/create.ts";
import { defaultPrefix, newId } from "../../beads/ids.ts";
import type { Bead, Transaction, View } from "../../ledger/ledger.ts";
import type { Json } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import type { Random } from "../../ports/random.ts";
import { type Checklist, checklistOf, originOf, stepsOf } from "../checklist.ts";
import type { Molecule } from "../molecule.ts";
import { pourMolecule } from "../pour.ts";

/** Which text a bead was poured from: its `metadata.poured`. */
export interface PouredFrom {
  molecule: string;
  version: number;
  /** First 16 hexadecimal digits of the SHA-256 of the text. */
  hash: string;
  /** Values of its variables. */
  values: Readonly<Record<string, string>>;
}

/** One of the parts that a bead was joined from, in their order: an element of its `metadata.bonded_from`. */
export interface BondedFrom {
  source_id: string;
  bond_type: string;
}

/** What the bead of a molecule was poured from; undefined for any other bead. */
export function pouredFrom(bead: Bead): PouredFrom | undefined {
  return bead.metadata.poured as unknown as PouredFrom | undefined;
}

/** What a bead was joined from; undefined for any other bead. */
export function bondedFrom(bead: Bead): readonly BondedFrom[] | undefined {
  return bead.metadata.bonded_from as unknown as readonly BondedFrom[] | undefined;
}

/** The parts of a bead that was joined, in their order, without those that are gone. */
export function partsOf(view: View, bead: Bead): Bead[] {
  return (bondedFrom(bead) ?? []).flatMap(({ source_id: id }) => {
    const part = view.beadById(id);
    const isPart = part && !part.deleted &&
      part.dependencies.some(({ target, type }) => type === "parent-child" && target === bead.key);
    return isPart ? [part] : [];
  });
}

/** The beads whose steps are those of a bead: itself, or the parts that it was joined from. */
export function heldBy(view: View, bead: Bead): Bead[] {
  return bondedFrom(bead) ? [bead, ...partsOf(view, bead).flatMap((part) => heldBy(view, part))] : [bead];
}

/** A molecule that was poured. */
export interface PouredEpic {
  root: Bead;
  steps: readonly Bead[];
  /** Ids of the beads by the ids of the steps, and that of the root by the name of the molecule. */
  ids: Readonly<Record<string, string>>;
}

/** Makes a bead of its own for a molecule, with a child for each step. */
export function pourEpic(
  transaction: Transaction,
  options: {
    molecule: Molecule;
    values: Readonly<Record<string, string>>;
    random: Random;
    title?: string;
    id?: string;
    assignee?: string;
    priority?: number;
    parent?: string;
  },
): PouredEpic {
  const { molecule, values, random, parent, id } = options;
  const { name, version, hash } = molecule;
  const poured: PouredFrom = { molecule: name, version, hash, values };
  const title = options.title ?? (values.title || name);
  const free = parent === undefined
    ? newId(transaction, { prefix: `${defaultPrefix(transaction)}-mol`, random })
    : undefined;
  const { key } = createBead(transaction, {
    title,
    random,
    issueType: "epic",
    metadata: { poured: poured as unknown as Json as never },
    ...present({
      id: id ?? free,
      parent,
      assignee: options.assignee,
      priority: options.priority,
      description: molecule.description,
    }),
  });
  const bead = transaction.beadByKey(key)!;
  const { steps } = pourMolecule(transaction, { bead, molecule, values });
  const ids = Object.fromEntries(steps.map((step) => [originOf(step)!.id, step.id]));
  return { root: transaction.beadByKey(key)!, steps, ids: { [name]: bead.id, ...ids } };
}

/** Whether there is anything of a molecule about a bead: steps, or parts, or that it was poured. */
export function isMolecule(view: View, bead: Bead): boolean {
  return pouredFrom(bead) !== undefined || bondedFrom(bead) !== undefined ||
    stepsOf(view, bead.key).length > 0;
}

/** The steps of a bead that was joined, those of its parts one after the other. */
export function joinedChecklist(view: View, bead: Bead): Checklist {
  const [first, ...others] = heldBy(view, bead).map((each) => checklistOf(view, each));
  const all = [first!, ...others];
  const steps = all.flatMap(({ steps }) => steps);
  return {
    bead,
    steps,
    completed: all.reduce((sum, { completed }) => sum + completed, 0),
    ...present({
      current: all.find(({ current }) => current)?.current,
      next: all.find(({ next }) => next)?.next,
    }),
  };
}
