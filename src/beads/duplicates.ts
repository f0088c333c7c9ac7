import type { Bead, Transaction, View } from "../ledger/ledger.ts";
import { CommandError } from "../lib/errors.ts";
import { closeBead } from "./close.ts";
import { addDependency, dependenciesOf, dependentsOf } from "./dependencies.ts";
import { notInternal } from "./ready.ts";

/** Open beads that say the same, the one to keep first. */
export interface DuplicateGroup {
  title: string;
  beads: Bead[];
}

/**
 * Groups of open beads whose titles are the same but for case, punctuation and blanks, of one type.
 *
 * The one that most others depend on comes first, then the oldest.
 */
export function duplicateGroups(view: View): DuplicateGroup[] {
  const rows = view.rows<{ key: Bead["key"]; title: string; issue_type: string }>(
    `SELECT key, title, issue_type FROM beads WHERE live = 1 AND ephemeral = 0 AND ${notInternal()}`,
  );
  const groups = new Map<string, Bead["key"][]>();
  for (const { key, title, issue_type } of rows) {
    const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu)?.join(" ") ?? title;
    const name = `${issue_type} ${words}`;
    const group = groups.get(name);
    if (group) group.push(key);
    else groups.set(name, [key]);
  }
  return [...groups.values()].filter((keys) => keys.length > 1).map((keys) => {
    const weighed = keys.map((key) => ({
      bead: view.beadByKey(key)!,
      weight: view.rows<{ n: number }>("SELECT COUNT(*) AS n FROM deps WHERE resolved = ?", key)[0]!.n,
    }));
    weighed.sort((one, other) =>
      other.weight - one.weight || (one.bead.created_at < other.bead.created_at ? -1 : 1)
    );
    const beads = weighed.map(({ bead }) => bead);
    return { title: beads[0]!.title, beads };
  }).sort((one, other) => one.title.localeCompare(other.title));
}

/** What became of a bead that another takes the place of. */
export interface Replaced {
  bead: Bead;
  by: Bead;
  /** Edges that lead to the other one now as well: who waits, and of what type. */
  moved: { issue_id: string; type: string }[];
}

/**
 * Closes a bead that another takes the place of, with an edge that says so; what waits for it waits for the other too.
 *
 * The edge is a `duplicates` of the closed one, or a `supersedes` of its successor. Again it changes nothing.
 *
 * @throws {CommandError} `same_bead`, or `replaced_already` when it would go in a circle.
 */
export function replaceBead(
  transaction: Transaction,
  { bead, by, type }: { bead: Bead; by: Bead; type: "duplicates" | "supersedes" },
): Replaced {
  const verb = type === "duplicates" ? "mark" : "supersede";
  if (bead.key === by.key) {
    throw new CommandError("usage", `Cannot ${verb} bead "${bead.id}": both are the same`, {
      code: "same_bead",
    });
  }
  const [from, to] = type === "duplicates" ? [bead, by] : [by, bead];
  if (dependenciesOf(transaction, { key: to.key, type }).some((edge) => edge.bead?.key === from.key)) {
    throw new CommandError(
      "refused",
      `Cannot ${verb} bead "${bead.id}": ${by.id} gave way to it already`,
      { code: "replaced_already", hints: [`bd dep remove ${to.id} ${from.id} -t ${type}`] },
    );
  }
  addDependency(transaction, { key: from.key, target: to.id, type });
  const moved = bead.status === "closed" ? [] : moveDependents(transaction, { bead, by });
  const reason = type === "duplicates" ? `Duplicate of ${by.id}` : `Superseded by ${by.id}`;
  return { bead: closeBead(transaction, { key: bead.key, reason, force: true }), by, moved };
}

/** Lets what waits for one bead wait for another as well, except where that would make a circle. */
function moveDependents(
  transaction: Transaction,
  { bead, by }: { bead: Bead; by: Bead },
): { issue_id: string; type: string }[] {
  const moved: { issue_id: string; type: string }[] = [];
  for (const edge of dependentsOf(transaction, { key: bead.key })) {
    if (!edge.bead || edge.bead.key === by.key || edge.bead.status === "closed") continue;
    if (edge.type !== "blocks" && edge.type !== "waits-for") continue;
    try {
      addDependency(transaction, { key: edge.bead.key, target: by.id, type: edge.type });
    } catch (error) {
      if (error instanceof CommandError && error.code === "dependency_cycle") continue;
      throw error;
    }
    moved.push({ issue_id: edge.bead.id, type: edge.type });
  }
  return moved;
}
