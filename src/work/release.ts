import { resolveBead } from "../beads/ids.ts";
import { CommandError } from "../lib/errors.ts";
import type { Bead, BeadKey, Transaction } from "../ledger/ledger.ts";
import { putDownSteps } from "../molecules/pour.ts";
import { advanceIn, expectAdvance, liveAttemptOf } from "./attempt_store.ts";
import { defaultLimits } from "./limits.ts";
import type { WorkDeps } from "./sling.ts";

/**
 * Takes beads off their hook, all in one write or none; they are open again, and the steps that somebody was at. The
 * steward ends their sessions and keeps their work under rescue refs.
 *
 * @throws {CommandError} `not_slung`, or `wrong_state` while one is being merged.
 */
export function releaseBeads(deps: WorkDeps, options: { beads: readonly string[]; by: string }): Bead[] {
  const { ledger } = deps.town;
  const keys = new Set(options.beads.map((text) => resolveBead(ledger.view, text).key));
  return ledger.write(
    options.by,
    (transaction) => [...keys].map((key) => releaseOne(transaction, { key, by: options.by })),
  );
}

function releaseOne(transaction: Transaction, { key, by }: { key: BeadKey; by: string }): Bead {
  const bead = transaction.beadByKey(key)!;
  const live = liveAttemptOf(bead);
  putDownSteps(transaction, bead);
  if (!live) {
    if (bead.status === "hooked") return transaction.set(key, { status: "open", assignee: null });
    throw new CommandError("refused", `Cannot unsling "${bead.id}": it is ${bead.status} and on no hook`, {
      code: "not_slung",
      hints: ["See what is: gt hook"],
    });
  }
  const event = { kind: "released" as const, at: transaction.now, by };
  const result = advanceIn(transaction, { key, n: live.n, event, limits: defaultLimits });
  return expectAdvance(result, { action: "unsling", bead: bead.id, n: live.n }).bead;
}
