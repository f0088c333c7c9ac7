import { skipNeedless } from "../../../beads/needless.ts";
import type { JsonObject } from "../../../lib/json.ts";
import type { Ledger, Transaction, View } from "../../../ledger/ledger.ts";
import { archiveAsking } from "../../../work/attempt_store.ts";
import { hasEnded, type RunEffect, type RunState } from "../../machine/run.ts";
import { archiveGateMail, hasGateMail } from "../gates/gate_decision.ts";
import { gateOf } from "../gates/gate_standing.ts";
import { takeFailureBack, tellOfFailure } from "./failure_mail.ts";
import { followRun, isTriedAgain, type OpenRun } from "./run_log.ts";
import { summaryOf } from "./run_summary.ts";
import { type StepAt, stepAt, stepKey } from "./step_at.ts";
import { stepOfBead } from "./step_link.ts";

/** Lets the beads of a run and of its steps say what has become of them. */
export function showInBeads(
  transaction: Transaction,
  { open, before, effects }: { open: OpenRun; before: RunState; effects: readonly RunEffect[] },
): void {
  const { key, run } = open;
  for (const effect of effects) {
    if (effect.kind === "conclude") concludeStep(transaction, { open, step: stepAt(open, effect.step) });
    else if (effect.kind === "withdraw") {
      const { step: id, attempt, bead, why } = effect;
      const ended = { status: "failed", reason: { text: why } };
      closeBead(transaction, { bead, key: stepKey(open, { id, attempt }), ended });
    }
  }
  const isAgain = isTriedAgain(before, run);
  if (isAgain) {
    transaction.set(key, { status: "in_progress", close_reason: null, closed_at: null });
    takeFailureBack(transaction, { open, failed: before });
  }
  if (hasEnded(run) && (isAgain || !hasEnded(before))) {
    const bead = transaction.set(key, closedAs(run, transaction.now));
    skipNeedless(transaction, key);
    // Nobody looks on in the background; a nested run's failure is told by the run that it is a part of.
    const { background, parent } = summaryOf(bead)!;
    if (run.status === "failed" && background && parent === undefined) tellOfFailure(transaction, open);
  }
}

/** Whether a run has ended and its bead does not say so: somebody else has opened it again. */
export function isOpenedAgain(view: Pick<View, "beadByKey">, { key, run }: OpenRun): boolean {
  const bead = view.beadByKey(key);
  return hasEnded(run) && bead !== undefined && !bead.deleted && bead.status !== "closed";
}

/** Lets the bead of a run that has ended say so, where it does not. */
export function closeEnded(ledger: Ledger, { open, actor }: { open: OpenRun; actor: string }): void {
  if (!isOpenedAgain(ledger.view, open)) return;
  ledger.write(actor, (transaction) => {
    const now = followRun(transaction, open).open;
    if (isOpenedAgain(transaction, now)) transaction.set(open.key, closedAs(now.run, now.run.since));
  });
}

function closedAs(run: RunState, at: number): JsonObject {
  return { status: "closed", close_reason: reasonText(run), closed_at: timeText(at) };
}

function concludeStep(transaction: Transaction, { open, step }: { open: OpenRun; step: StepAt }): void {
  const { definition: { action }, record } = step;
  const key = stepKey(open, step);
  if (action.kind === "gate" && hasGateMail(action.gate)) {
    const bead = record.bead === undefined ? undefined : transaction.beadById(record.bead);
    const { approvers = [] } = bead && gateOf(bead) || {};
    archiveGateMail(transaction, { key, approvers });
  }
  if (record.bead !== undefined) closeBead(transaction, { bead: record.bead, key, ended: record });
}

/** How a run, a step or an attempt has ended. */
interface Ended {
  status: string;
  reason?: { text: string };
}

/** Closes the bead that stands for the attempt of a key. */
function closeBead(
  transaction: Transaction,
  { bead: id, key, ended }: { bead: string; key: string; ended: Ended },
): void {
  const bead = transaction.beadById(id);
  if (!bead || bead.status === "closed" || bead.deleted) return;
  // A nested run ends by itself, and says how; a convoy that somebody else has made is theirs.
  if (summaryOf(bead) || stepOfBead(bead)?.key !== key) return;
  archiveAsking(transaction, bead);
  const closed = { close_reason: reasonText(ended), closed_at: timeText(transaction.now) };
  transaction.set(bead.key, { status: "closed", ...closed });
}

function reasonText({ status, reason }: Ended): string {
  return reason === undefined || status === "succeeded" ? status : `${status}: ${reason.text}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
