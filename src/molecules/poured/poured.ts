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
import { originOf, stepsOf } from "../checklist.ts";
import { bondedFrom } from "../joined.ts";
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

/** What the bead of a molecule was poured from; undefined for any other bead. */
export function pouredFrom(bead: Bead): PouredFrom | undefined {
  return bead.metadata.poured as unknown as PouredFrom | undefined;
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
