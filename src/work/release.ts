import { resolveBead } from "../beads/ids.ts";
import { CommandError } from "../lib/errors.ts";
import type { Bead } from "../ledger/ledger.ts";
import { advanceIn, expectAdvance, liveAttemptOf } from "./attempt_store.ts";
import { defaultLimits } from "./limits.ts";
import type { WorkDeps } from "./sling.ts";

/**
 * Takes a bead off its hook; it is open again. The steward ends its session and keeps its work under a rescue ref.
 *
 * @throws {CommandError} `not_slung`, or `wrong_state` while it is being merged.
 */
export function releaseBead(deps: WorkDeps, options: { bead: string; by: string }): Bead {
  const { ledger } = deps.town;
  const { key } = resolveBead(ledger.view, options.bead);
  return ledger.write(options.by, (transaction) => {
    const bead = transaction.beadByKey(key)!;
    const live = liveAttemptOf(bead);
    if (!live) {
      if (bead.status === "hooked") return transaction.set(key, { status: "open", assignee: null });
      throw new CommandError("refused", `Cannot unsling "${bead.id}": it is ${bead.status} and on no hook`, {
        code: "not_slung",
        hints: ["See what is: gt hook"],
      });
    }
    const event = { kind: "released" as const, at: transaction.now, by: options.by };
    const result = advanceIn(transaction, { key, n: live.n, event, limits: defaultLimits });
    return expectAdvance(result, { action: "unsling", bead: bead.id, n: live.n }).bead;
  });
}
