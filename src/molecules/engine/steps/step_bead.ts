import type { Json } from "../../../lib/json.ts";
import type { Bead, BeadKey, Ledger, Transaction } from "../../../ledger/ledger.ts";
import { faultPoint } from "../../../ports/fault.ts";
import { convoyState, isGivenUp } from "../../../town/convoys/convoys.ts";
import { succeeded } from "./outputs.ts";
import type { Order, PerformDeps } from "./performance.ts";
import { changeRun } from "../journal/run_store.ts";
import { stepAt, stepKey } from "../journal/step_at.ts";
import { failureText, isFailure, type StepBeadLink } from "../journal/step_link.ts";

/** The link for an attempt. */
export function stepLink(order: Order): Json {
  const { open, step } = order;
  const link: StepBeadLink = {
    run: open.key,
    step: step.id,
    attempt: step.attempt,
    key: stepKey(open, step),
  };
  return link as unknown as Json;
}

/**
 * The bead that stands for an attempt: the one it has, else the one that `make` makes, once; undefined when the attempt
 * is over by now.
 */
export function openBead(
  { ledger, actor, term, runs }: PerformDeps,
  order: Order,
  make: (transaction: Transaction) => Bead,
): Bead | undefined {
  const { step: { id, attempt } } = order;
  const committed = changeRun(ledger, {
    // Of a fan-out, all are told to begin with what the run was before the first has.
    open: runs.latest(order.open),
    actor,
    term,
    change({ open, push, transaction }) {
      const { record } = stepAt(open(), id);
      if (record.attempt !== attempt || record.status !== "waiting" && record.status !== "running") {
        return undefined;
      }
      if (record.bead !== undefined) return transaction.beadById(record.bead);
      const bead = make(transaction);
      push({ kind: "opened", step: id, attempt, bead: bead.id });
      return bead;
    },
  });
  runs.note(committed.open);
  if (committed.kind === "fenced") return undefined;
  faultPoint("mol.after-open");
  return committed.result;
}

/** Calls back once the bead is closed or gone; returns how to stop. */
export function whenClosed(
  { watches, ledger }: Pick<PerformDeps, "watches" | "ledger">,
  { key, then }: { key: BeadKey; then: (bead: Bead | undefined) => void },
): () => void {
  return watches.addBead(key, () => then(ledger.view.beadByKey(key)));
}

/** Says how an attempt ended whose bead is closed: failed, or with the outputs it has. */
export function tellOfBead({ language, ledger }: PerformDeps, order: Order, bead: Bead | undefined): void {
  const { step, scope, tell } = order;
  const { id, attempt } = step;
  const text = failureOf(ledger, bead);
  if (text !== undefined) tell({ kind: "failed", step: id, attempt, reason: { kind: "failed", text } });
  else {
    const given = bead!.metadata.outputs;
    const outputs = given !== null && typeof given === "object" && !Array.isArray(given) ? given : {};
    tell(succeeded(language, { step, scope, given: outputs as { [name: string]: Json } }));
  }
}

/** Why a bead that is closed, or gone, means failure: its reason says so, or it is a convoy that was given up. */
export function failureOf({ view }: Pick<Ledger, "view">, bead: Bead | undefined): string | undefined {
  if (!bead || bead.deleted) return "its bead was deleted";
  const { close_reason: reason } = bead;
  if (isFailure(reason)) return failureText(reason!);
  const convoy = bead.issue_type === "convoy" ? convoyState(view, bead) : undefined;
  if (!convoy || !isGivenUp(convoy)) return undefined;
  const state = `closed with ${convoy.done} of ${convoy.total} beads done`;
  const isPlain = reason === undefined || reason === "Closed" || reason.toLowerCase() === state;
  return `the convoy was ${state}${isPlain ? "" : `: ${reason}`}`;
}
