import { addDependency, parentOf } from "../../beads/dependencies.ts";
import { createBead } from "../../beads/create.ts";
import { isNeedless } from "../../beads/needless.ts";
import { conditionMetadata } from "../../ledger/edge_metadata.ts";
import type { Bead, BeadKey, Transaction, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json } from "../../lib/json.ts";
import type { Random } from "../../ports/random.ts";
import { originOf } from "../checklist.ts";
import { type BondedFrom, bondedFrom, partsOf } from "../joined.ts";
import { type PouredEpic, pouredFrom } from "./poured.ts";

/** In which order two parts come: the second after the first, at the same time, or only if the first fails. */
export const BOND_TYPES = ["sequential", "parallel", "conditional"] as const;

/** One of {@linkcode BOND_TYPES}. */
export type BondType = (typeof BOND_TYPES)[number];

/**
 * Joins two beads into one with an order: a new epic of both, or the first one where that was joined before.
 *
 * @throws {CommandError} `has_parent` when one is a part of something else, `needless`, `dependency_cycle` when the order cannot be.
 */
export function bondBeads(
  transaction: Transaction,
  options: { first: Bead; second: Bead; type: BondType; random: Random; title?: string },
): Bead {
  const { first, second, type } = options;
  if (first.key === second.key) throw refused(first, "it cannot be joined with itself", "same_bead");
  const isCompound = bondedFrom(first) !== undefined;
  for (const bead of isCompound ? [second] : [first, second]) {
    const parent = parentOf(transaction, bead);
    if (!parent) continue;
    throw refused(bead, `it is a part of "${parent.id}"`, "has_parent", [
      `bd update ${bead.id} --parent "" takes it out`,
    ]);
  }
  const root = isCompound ? first : newRoot(transaction, options);
  const before = isCompound ? partsOf(transaction, first) : [first];
  if (!isCompound) addDependency(transaction, { key: first.key, target: root.id, type: "parent-child" });
  addDependency(transaction, { key: second.key, target: root.id, type: "parent-child" });
  const known = isCompound ? bondedFrom(first)! : [{ source_id: first.id, bond_type: "root" }];
  for (const { key } of type === "parallel" ? [] : before) {
    if (type === "sequential") transaction.addDependency(second.key, key, "blocks");
    else {transaction.addDependency(
        second.key,
        key,
        "conditional-blocks",
        failing(transaction, { known, key }),
      );}
  }
  if (isNeedless(transaction, transaction.beadByKey(second.key)!)) {
    throw refused(
      second,
      `it would never be done, since "${first.id}" is over and has not failed`,
      "needless",
    );
  }
  const bonded: BondedFrom[] = [...known, { source_id: second.id, bond_type: type }];
  return transaction.set(root.key, { "metadata.bonded_from": bonded as unknown as Json });
}

/**
 * What one part has to do with the failure of what was joined so far, as metadata of the edge that leads to it.
 *
 * All fails when one of its parts does; but a part that is only done if those before it fail takes their place: it has to
 * fail as well. So there are groups, of each of which one must fail: such a part is a group of its own, and any other
 * part is one more in every group.
 */
function failing(view: View, { known, key }: { known: readonly BondedFrom[]; key: BeadKey }): Json {
  let groups: (BeadKey | undefined)[][] = [];
  for (const { source_id, bond_type } of known) {
    const part = view.beadById(source_id)?.key;
    groups = bond_type === "root" || bond_type === "conditional"
      ? [...groups, [part]]
      : groups.map((group) => [...group, part]);
  }
  return conditionMetadata(groups.flatMap((group, at) => group.includes(key) ? [`${at + 1}`] : []));
}

/**
 * Ids of all beads of molecules that were poured to be joined, by the ids of the steps and the names of the molecules.
 *
 * What several of them would be called is `MOLECULE/STEP`; the same molecule poured again is `MOLECULE#2`.
 */
export function bondedIds(poured: readonly PouredEpic[]): Record<string, string> {
  const counts = new Map<string, number>();
  const named = poured.map(({ root, steps }) => {
    const { molecule } = pouredFrom(root)!;
    const count = (counts.get(molecule) ?? 0) + 1;
    counts.set(molecule, count);
    return { name: count === 1 ? molecule : `${molecule}#${count}`, root, steps };
  });
  const words = named.flatMap(({ name, steps }) => [name, ...steps.map((step) => originOf(step)!.id)]);
  const isOnlyOne = (word: string) => words.indexOf(word) === words.lastIndexOf(word);
  return Object.fromEntries(named.flatMap(({ name, root, steps }) => [
    [name, root.id],
    ...steps.map((step) => {
      const { id } = originOf(step)!;
      return [isOnlyOne(id) ? id : `${name}/${id}`, step.id];
    }),
  ]));
}

function newRoot(
  transaction: Transaction,
  { first, second, random, title }: { first: Bead; second: Bead; random: Random; title?: string },
): Bead {
  return createBead(transaction, {
    title: title ?? `${first.title} + ${second.title}`.slice(0, 500),
    issueType: "epic",
    priority: Math.min(first.priority, second.priority),
    random,
  });
}

function refused(bead: Bead, state: string, code: string, hints: readonly string[] = []): CommandError {
  return new CommandError("refused", `Cannot bond "${bead.id}": ${state}`, { code, hints });
}
