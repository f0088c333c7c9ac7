import { deleteBead } from "../../beads/close.ts";
import { dependenciesOf, dependentsOf, descendantsOf } from "../../beads/dependencies.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Bead, Ledger, Transaction, View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Env } from "../../ports/env.ts";
import { refuseOfRun, refuseTaking } from "./guard.ts";

/** What goes when beads are deleted. */
export interface Deletion {
  beads: Bead[];
  /** Edges from or to them, by id. */
  edges: { from: string; to: string; type: string }[];
}

/** What would go if the beads with these names were deleted. */
export function deletionOf(view: View, options: { names: readonly string[]; cascade: boolean }): Deletion {
  const named = options.names.map((name) => resolveBead(view, name));
  const all = named.flatMap((bead) => [bead, ...(options.cascade ? descendantsOf(view, bead.key) : [])]);
  const beads = [...new Map(all.map((bead) => [bead.key, bead])).values()];
  const edges = new Map<string, Deletion["edges"][number]>();
  const note = (edge: Deletion["edges"][number]) => edges.set(`${edge.from} ${edge.to} ${edge.type}`, edge);
  for (const { key, id } of beads) {
    for (const { bead, target, type } of dependenciesOf(view, { key })) {
      note({ from: id, to: bead?.id ?? target, type });
    }
    for (const { bead, target, type } of dependentsOf(view, { key })) {
      note({ from: bead?.id ?? target, to: id, type });
    }
  }
  return { beads, edges: [...edges.values()] };
}

/** Which beads are to be deleted, and from where. */
export interface DeletionOrder {
  names: readonly string[];
  cascade: boolean;
  reason: string;
  env: Env;
}

/** Deletes beads in one write. @throws {CommandError} when a worker is at one. */
export function deleteBeads(
  ledger: Ledger,
  { actor, ...options }: DeletionOrder & { actor: string },
): Deletion {
  return ledger.write(actor, (transaction) => deleteNamed(transaction, options));
}

/** Deletes beads as part of a change. @throws {CommandError} when a worker is at one. */
export function deleteNamed(transaction: Transaction, { env, reason, ...options }: DeletionOrder): Deletion {
  const deletion = deletionOf(transaction, options);
  // Those below come first: where a run waits for a decision, that is what is to be said.
  for (const bead of [...deletion.beads].reverse()) {
    refuseTaking("delete", { view: transaction, bead, env });
    refuseOfRun("delete", { view: transaction, bead });
  }
  for (const { key } of deletion.beads) deleteBead(transaction, { key, reason, force: true });
  return deletion;
}

/** What went, as JSON gives it. */
export function deletionShape({ beads, edges }: Deletion): JsonObject {
  return {
    deleted: beads.map((bead) => bead.id),
    deleted_count: beads.length,
    dependencies_removed: edges.length,
    labels_removed: beads.reduce((count, bead) => count + bead.labels.length, 0),
    events_removed: 0,
  };
}
