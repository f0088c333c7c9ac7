import { isFailure, isSettled } from "../ledger/blocked.ts";
import { conditionGroups, waitOf } from "../ledger/edge_metadata.ts";
import type { Bead, BeadKey, Transaction, View } from "../ledger/ledger.ts";
import { dependentsOf, descendantsOf, targetBead } from "./dependencies.ts";

/** Why a bead was closed that was only to be done if others failed; the words must not tell of a failure. */
export const NEEDLESS = "skipped: what it was to make good has gone well";

/** Whether a bead that is only done if one of several fails will never be done: all of them are closed, and none has. */
export function isNeedless(view: View, bead: Bead): boolean {
  const groups = new Map<string, Bead[]>();
  for (const edge of bead.dependencies) {
    const target = edge.type === "conditional-blocks" ? targetBead(view, edge.target) : undefined;
    if (!target || target.deleted) continue;
    for (const name of conditionGroups(waitOf(edge.metadata)[0])) {
      groups.set(name, [...groups.get(name) ?? [], target]);
    }
  }
  return [...groups.values()].some((targets) =>
    targets.every(({ status, close_reason }) => status === "closed" && !isFailure(close_reason))
  );
}

/** Closes what was only to be done if a bead failed that has just been closed, with all below it, unless somebody is at it. */
export function skipNeedless(transaction: Transaction, key: BeadKey): void {
  for (const { bead } of dependentsOf(transaction, { key, type: "conditional-blocks" })) {
    if (!bead || isSettled(bead.status) || !isNeedless(transaction, bead)) continue;
    const all = [bead, ...descendantsOf(transaction, bead.key)].filter(({ status }) => !isSettled(status));
    if (all.some(({ status }) => status === "in_progress" || status === "hooked")) continue;
    const closed_at = new Date(transaction.now).toISOString();
    for (const each of all) {
      transaction.set(each.key, { status: "closed", closed_at, close_reason: NEEDLESS });
    }
    skipNeedless(transaction, bead.key);
  }
}

/** Opens again what was skipped because a bead had not failed, which is open again itself. */
export function unskipNeedless(transaction: Transaction, key: BeadKey): void {
  for (const { bead } of dependentsOf(transaction, { key, type: "conditional-blocks" })) {
    if (bead?.close_reason !== NEEDLESS) continue;
    for (const each of [bead, ...descendantsOf(transaction, bead.key)]) {
      if (each.close_reason !== NEEDLESS) continue;
      transaction.set(each.key, { status: "open", closed_at: null, close_reason: null });
    }
    unskipNeedless(transaction, bead.key);
  }
}
