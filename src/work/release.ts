import { resolveBead } from "../beads/ids.ts";
import { CommandError } from "../lib/errors.ts";
import type { Bead, BeadKey, Transaction } from "../ledger/ledger.ts";
import { putDownSteps } from "../molecules/pour.ts";
import { advanceIn, expectAdvance, liveAttemptOf } from "./attempt_store.ts";
import { takenOnByCrew } from "./hooks.ts";
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

/**
 * Takes from members of the crew, by their names, what they have taken on or submitted: all in one write or none.
 *
 * @throws {CommandError} `wrong_state` while one is being merged.
 */
export function releaseCrew(deps: WorkDeps, options: { crew: readonly string[]; by: string }): Bead[] {
  const { crew, by } = options;
  if (takenOnByCrew(deps.town.ledger.view, crew).length === 0) return [];
  return deps.town.ledger.write(
    by,
    (transaction) => takenOnByCrew(transaction, crew).map((bead) => putDown(transaction, { bead, by })),
  );
}

function releaseOne(transaction: Transaction, { key, by }: { key: BeadKey; by: string }): Bead {
  const bead = transaction.beadByKey(key)!;
  if (bead.status === "hooked" || liveAttemptOf(bead)) return putDown(transaction, { bead, by });
  throw new CommandError("refused", `Cannot unsling "${bead.id}": it is ${bead.status} and on no hook`, {
    code: "not_slung",
    hints: ["See what is: gt hook"],
  });
}

function putDown(transaction: Transaction, { bead, by }: { bead: Bead; by: string }): Bead {
  const { key } = bead;
  const live = liveAttemptOf(bead);
  putDownSteps(transaction, bead);
  if (!live) return transaction.set(key, { status: "open", assignee: null });
  const event = { kind: "released" as const, at: transaction.now, by };
  const result = advanceIn(transaction, { key, n: live.n, event, limits: defaultLimits });
  return expectAdvance(result, { action: "unsling", bead: bead.id, n: live.n }).bead;
}
