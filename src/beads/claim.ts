import { CommandError } from "../lib/errors.ts";
import type { Bead, BeadKey, Transaction } from "../ledger/ledger.ts";

/**
 * Takes an open issue that nobody has: assignee and `in_progress` in one step; again by the same actor changes nothing.
 *
 * @throws {CommandError} `already_claimed` naming who has it, or `not_open`.
 */
export function claimBead(transaction: Transaction, { key, actor }: { key: BeadKey; actor: string }): Bead {
  const bead = transaction.beadByKey(key)!;
  if (bead.status === "in_progress" && bead.assignee === actor) return bead;
  if (bead.assignee !== undefined && bead.assignee !== actor) {
    throw new CommandError(
      "refused",
      `Cannot claim bead "${bead.id}": already claimed by ${bead.assignee}`,
      { code: "already_claimed", hints: [`bd show ${bead.id}`, "bd ready"] },
    );
  }
  if (bead.status !== "open") {
    throw new CommandError("refused", `Cannot claim bead "${bead.id}": it is ${bead.status}`, {
      code: "not_open",
      hints: [bead.status === "closed" ? `bd reopen ${bead.id}` : `bd show ${bead.id}`, "bd ready"],
    });
  }
  return transaction.set(key, { status: "in_progress", assignee: actor });
}
