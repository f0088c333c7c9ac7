import { CommandError } from "../lib/errors.ts";
import type { Bead, BeadKey, Transaction, View } from "../ledger/ledger.ts";
import { skipNeedless, unskipNeedless } from "./needless.ts";
import { blockersOf, outsideBlockersOf } from "./ready.ts";

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
export function closeBead(transaction: Transaction, { key, reason, force }: CloseOptions): Bead {
  const bead = transaction.beadByKey(key)!;
  if (bead.status === "closed") return bead;
  if (!force) refuseBlocked(transaction, bead);
  const closed = transaction.set(key, {
    status: "closed",
    closed_at: new Date(transaction.now).toISOString(),
    close_reason: reason || "Closed",
  });
  skipNeedless(transaction, key);
  return closed;
}

function refuseBlocked(view: View, bead: Bead): void {
  const held = blockersOf(view, bead);
  const awaited = [
    ...held.filter(({ type }) => type !== "conditional-blocks").map((one) => one.bead.id),
    ...outsideBlockersOf(view, bead),
  ];
  const conditions = held.filter(({ type }) => type === "conditional-blocks").map((one) => one.bead.id);
  if (awaited.length + conditions.length === 0) return;
  const unless = `only done if ${conditions.slice(0, 5).join(" or ")} fails`;
  const count = awaited.length === 1 ? "1 open dependency" : `${awaited.length} open dependencies`;
  throw new CommandError(
    "refused",
    `Cannot close bead "${bead.id}": ${awaited.length > 0 ? count : `it is ${unless}`}`,
    {
      code: "bead_blocked",
      hints: [
        ...(awaited.length > 0 ? [`Waiting for ${awaited.slice(0, 5).join(", ")}`] : []),
        ...(awaited.length > 0 && conditions.length > 0 ? [`Besides, it is ${unless}`] : []),
        `bd close ${bead.id} --force`,
      ],
    },
  );
}

/** Opens a closed issue again, with the reason as a comment. @throws {CommandError} `not_closed`. */
export function reopenBead(
  transaction: Transaction,
  { key, reason }: { key: BeadKey; reason?: string },
): Bead {
  const bead = transaction.beadByKey(key)!;
  if (bead.status !== "closed") {
    throw new CommandError("refused", `Cannot reopen bead "${bead.id}": it is ${bead.status}`, {
      code: "not_closed",
      hints: [`bd show ${bead.id}`],
    });
  }
  const reopened = transaction.set(key, { status: "open", closed_at: null, close_reason: null });
  unskipNeedless(transaction, key);
  return reason ? transaction.comment(key, `Reopened: ${reason}`) : reopened;
}

/** Removes an issue, leaving a tombstone. @throws {CommandError} when others depend on it, unless forced. */
export function deleteBead(
  transaction: Transaction,
  { key, reason, force }: { key: BeadKey; reason: string; force?: boolean },
): void {
  const bead = transaction.beadByKey(key)!;
  const dependents = transaction.rows<{ id: string }>(
    `SELECT DISTINCT b.id FROM deps d JOIN beads b ON b.key = d.source
     WHERE d.resolved = ? AND b.status NOT IN ('closed', 'tombstone') ORDER BY b.id`,
    key,
  );
  if (dependents.length > 0 && !force) {
    const names = dependents.slice(0, 5).map((row) => row.id).join(", ");
    throw new CommandError("refused", `Cannot delete bead "${bead.id}": ${names} depend on it`, {
      code: "has_dependents",
      hints: [`bd delete ${bead.id} --force`, `bd dep list ${bead.id} --direction up`],
    });
  }
  transaction.remove(key, reason);
}
