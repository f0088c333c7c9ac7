import { parentOf } from "../beads/dependencies.ts";
import type { Bead, View } from "../ledger/ledger.ts";

/** One of the parts that a bead was joined from, in their order: an element of its `metadata.bonded_from`. */
export interface BondedFrom {
  source_id: string;
  bond_type: string;
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

/** The bead that is worked by a step or a part: whose it is, and where that was joined to others, all of them as one. */
export function workedBy(view: View, bead: Bead): Bead | undefined {
  const parent = parentOf(view, bead);
  if (!parent) return undefined;
  const isOf = bead.issue_type === "step" || partsOf(view, parent).some(({ key }) => key === bead.key);
  return isOf ? workedBy(view, parent) ?? parent : undefined;
}
