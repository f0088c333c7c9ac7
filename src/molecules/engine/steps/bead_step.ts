import type { Bead, Transaction } from "../../../ledger/ledger.ts";
import { validTitle } from "../../../beads/create.ts";
import type { Template } from "../../definition.ts";
import { type Order, type Performance, type PerformDeps, waiting, whenLate } from "./performance.ts";
import type { Reason } from "../../machine/run.ts";
import { askedMetadata } from "../journal/step_link.ts";
import { boundsAgents, spendingReason, watchSpending } from "./spending.ts";
import { isOver } from "./awaited_beads.ts";
import { openBead, stepLink, tellOfBead, whenClosed } from "./step_bead.ts";
import { guarded } from "./trouble.ts";

/** Hands the bead of a `prompt` to whoever is to work it; does nothing when that has been done. */
export type Assign = (bead: Bead, order: Order) => Promise<void>;

/** Makes a bead of a `prompt` or a checklist item, hands it on, and waits until it is closed. */
export function performBead(deps: PerformDeps & { assign?: Assign }, order: Order): Performance {
  return awaitBead(deps, order, {
    open: () => openBead(deps, order, (transaction) => makeBead(deps, { transaction, order })),
    async handOn(bead) {
      if (order.step.definition.action.kind === "prompt") await deps.assign?.(bead, order);
    },
  });
}

/** The bead of an attempt, and what is done with it. */
export interface BeadWork {
  /** Gives the bead, which it makes once; undefined when the attempt is over by now. */
  open(): Bead | undefined;
  /** Gives it to whoever is to work it, unless it is closed; does nothing when that has been done. */
  handOn(bead: Bead): Promise<void>;
}

/**
 * Waits until the bead of an attempt is closed, or the time of the attempt is over.
 *
 * A bead that was closed while nobody looked counts before all else: what is late, or told to stop, may be done already.
 */
export function awaitBead(deps: PerformDeps, order: Order, { open, handOn }: BeadWork): Performance {
  const { id: step, attempt, record, definition: { budget } } = order.step;
  let opened: Bead | undefined;
  const over = new AbortController();
  const fail = (reason: Reason) => {
    if (over.signal.aborted) return;
    over.abort();
    order.tell({ kind: "failed", step, attempt, reason });
  };
  const end = (closed: Bead | undefined) => {
    if (over.signal.aborted) return;
    over.abort();
    tellOfBead(deps, order, closed);
  };
  const isSpent = async () => {
    const reason = await spendingReason(deps, order);
    if (reason) fail(reason);
    return over.signal.aborted;
  };
  const wait = async () => {
    const begins = record.bead === undefined;
    // An attempt that nothing is left for is not begun.
    if (begins && boundsAgents(budget) && await isSpent()) return;
    opened = open();
    if (!opened) return;
    const stop = whenClosed(deps, { key: opened.key, then: end });
    if (over.signal.aborted) return stop();
    over.signal.addEventListener("abort", stop);
    if (!begins && boundsAgents(budget) && await isSpent()) return;
    await handOn(opened);
  };
  const begun = guarded(deps, { work: wait, fail });
  whenLate(deps, order, { signal: over.signal, late: fail });
  watchSpending(deps, order, { signal: over.signal, late: fail });
  const waits = waiting(order, { stop: () => over.abort(), begun });
  return {
    ...waits,
    stop() {
      if (opened && isOver(deps.ledger.view, opened.key)) end(deps.ledger.view.beadByKey(opened.key));
      waits.stop();
    },
  };
}

function makeBead(
  { language }: PerformDeps,
  { transaction, order }: { transaction: Transaction; order: Order },
): Bead {
  const { open, step: { definition }, scope } = order;
  const { action } = definition;
  const fill = (template: Template | undefined) => template && language.fill(template, scope).trim();
  const prompt = action.kind === "prompt" ? fill(action.prompt) : undefined;
  const description = [fill(definition.description), prompt].filter(Boolean).join("\n\n");
  const acceptance = fill(definition.acceptance);
  const asked = definition.outputs.filter(({ value }) => value === undefined);
  return transaction.create(transaction.childId(open.key), {
    title: validTitle(fill(definition.title)!),
    status: "open",
    issue_type: action.kind === "prompt" ? "task" : "step",
    ...(description === "" ? {} : { description }),
    ...(acceptance ? { acceptance_criteria: acceptance } : {}),
    dependencies: [{ target: open.key, type: "parent-child" }],
    metadata: { attempt_of: stepLink(order), ...askedMetadata(asked) },
  });
}
