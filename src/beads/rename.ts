import type { Bead, BeadKey, Transaction, View } from "../ledger/ledger.ts";
import { CommandError } from "../lib/errors.ts";
import { descendantsOf } from "./dependencies.ts";
import { defaultPrefix, validId, validPrefix } from "./ids.ts";

/** A bead that gets another id. */
export interface Renaming {
  key: BeadKey;
  from: string;
  to: string;
}

/** What a rename of one bead means: itself, and every bead below it whose id begins with its own. */
export function renamingsOf(view: View, { bead, id }: { bead: Bead; id: string }): Renaming[] {
  const to = validId(id);
  const below = descendantsOf(view, bead.key).filter((one) => one.id.startsWith(`${bead.id}.`));
  return [
    { key: bead.key, from: bead.id, to },
    ...below.map((one) => ({ key: one.key, from: one.id, to: to + one.id.slice(bead.id.length) })),
  ];
}

/**
 * What a change of prefix means: every bead of it, closed ones too. Ids of `others`, longer prefixes that begin alike, stay.
 *
 * @throws {CommandError} `same_prefix`, or `prefix_unknown` when no bead and not the setting has it.
 */
export function prefixRenamings(
  view: View,
  { from, to, others = [] }: { from: string; to: string; others?: readonly string[] },
): Renaming[] {
  validPrefix(to);
  if (from === to) {
    throw new CommandError("usage", `Cannot rename prefix "${from}": the new one is the same`, {
      code: "same_prefix",
    });
  }
  const kept = others.filter((other) => other !== from && other.startsWith(`${from}-`));
  const rows = view.rows<{ key: BeadKey; id: string }>(
    "SELECT key, id FROM beads WHERE id >= ? AND id < ? AND status <> 'tombstone' ORDER BY id",
    `${from}-`,
    `${from}-\u{10ffff}`,
  ).filter((row) => !kept.some((other) => row.id.startsWith(`${other}-`)));
  if (rows.length === 0 && defaultPrefix(view) !== from) {
    throw new CommandError("refused", `Cannot rename prefix "${from}": no bead has it`, {
      code: "prefix_unknown",
      hints: [`this ledger's prefix is ${defaultPrefix(view)}`, "bd list --sort id"],
    });
  }
  return rows.map(({ key, id }) => ({ key, from: id, to: validId(to + id.slice(from.length)) }));
}

/** Gives beads their new ids, all or none; the old ones stay as aliases. @throws {CommandError} `id_taken`. */
export function renameBeads(transaction: Transaction, renamings: readonly Renaming[]): Bead[] {
  const moving = new Set(renamings.map(({ key }) => key));
  const taken = renamings.filter(({ key, to }) => {
    const holder = transaction.beadById(to);
    return holder && holder.key !== key && !moving.has(holder.key);
  });
  if (taken.length > 0) {
    const what = renamings.length === 1 ? `bead "${renamings[0]!.from}"` : `${renamings.length} beads`;
    const ids = taken.slice(0, 5).map(({ to }) => to).join(", ");
    const more = taken.length > 5 ? ` and ${taken.length - 5} more` : "";
    throw new CommandError(
      "refused",
      `Cannot rename ${what}: ${ids}${more} ${taken.length === 1 ? "is" : "are"} taken`,
      { code: "id_taken", hints: [`bd show ${taken[0]!.to}`] },
    );
  }
  return renamings.map(({ key, to }) => transaction.rename(key, to));
}
