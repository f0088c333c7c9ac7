import type { Bead, BeadKey, Transaction, View } from "../../../ledger/ledger.ts";
import type { Json } from "../../../lib/json.ts";
import { liveRuns, summaryOf } from "./run_summary.ts";

/** The runs that the steward is to drive and that have not ended, the oldest first. */
export function backgroundRuns(view: View): Bead[] {
  return liveRuns(view).filter(({ summary }) => summary.background && summary.parent === undefined)
    .map(({ bead }) => bead);
}

/** Leaves a run to the steward; one that it has already stays as it is. */
export function leaveToSteward(transaction: Transaction, key: BeadKey): Bead {
  const bead = transaction.beadByKey(key)!;
  const summary = summaryOf(bead)!;
  if (summary.background) return bead;
  return transaction.set(key, { "metadata.run": { ...summary, background: true } as unknown as Json });
}
