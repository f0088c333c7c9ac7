import type { Bead, BeadKey, Transaction } from "../ledger/ledger.ts";

/** How to close an issue. */
export interface CloseOptions {
  key: BeadKey;
  /** `Closed` by default; a failure reason opens the path of `conditional-blocks`. */
  reason?: string;
  /** Close it although it waits for others. */
  force?: boolean;
}

/**
 * Closes an issue; one that is closed already stays as it is.
 *
 * @throws {CommandError} `bead_blocked` naming the open dependencies, unless forced.
 */
export function closeBead(_transaction: Transaction, _options: CloseOptions): Bead {
  throw new Error("not written yet");
}

/** Opens a closed issue again, with the reason as a comment. @throws {CommandError} `not_closed`. */
export function reopenBead(_transaction: Transaction, _options: { key: BeadKey; reason?: string }): Bead {
  throw new Error("not written yet");
}

/** Removes an issue, leaving a tombstone. @throws {CommandError} when others depend on it, unless forced. */
export function deleteBead(
  _transaction: Transaction,
  _options: { key: BeadKey; reason: string; force?: boolean },
): void {
  throw new Error("not written yet");
}
