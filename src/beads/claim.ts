import type { Bead, BeadKey, Transaction } from "../ledger/ledger.ts";

/**
 * Takes an open issue that nobody has: assignee and `in_progress` in one step; again by the same actor changes nothing.
 *
 * @throws {CommandError} `already_claimed` naming who has it, or `not_open`.
 */
export function claimBead(_transaction: Transaction, _options: { key: BeadKey; actor: string }): Bead {
  throw new Error("not written yet");
}
