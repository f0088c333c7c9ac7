import type { Bead, BeadKey, View } from "../../../ledger/ledger.ts";
import { dollars } from "../../../town/costs/prices.ts";
import type { Budget } from "../../definition.ts";
import { type Spent, usedUp } from "../../machine/budget.ts";
import type { Order, PerformDeps, Spending } from "./performance.ts";
import type { OpenRun } from "../journal/run_log.ts";
import type { Reason } from "../../machine/run.ts";
import { summaryOf } from "../journal/run_summary.ts";
import { stepOfBead } from "../journal/step_link.ts";
import { guarded } from "./trouble.ts";

/** How often is looked at what agents use, in ms. */
export const LOOK_MS = 2_000;

/** Whether a budget is about what agents use. */
export function boundsAgents(budget: Budget | undefined): boolean {
  return budget?.tokens !== undefined || budget?.usd !== undefined;
}

/** That a budget is used up by what agents have used, if it is. */
function spentUp(budget: Budget, spent: Spent): Reason | undefined {
  const { tokens = Infinity, usd = Infinity } = budget;
  if (spent.tokens >= tokens) return usedUp({ spent: `${spent.tokens}`, of: `${tokens} tokens` });
  return spent.usd >= usd ? usedUp({ spent: dollars(spent.usd), of: dollars(usd) }) : undefined;
}

/** The beads of a run that agents have worked, those of nested runs among them, since it began or was tried again. */
export function agentBeads(
  view: View,
  { key, run: { startedAt } }: Pick<OpenRun, "key" | "run">,
): Set<BeadKey> {
  const found = new Set<BeadKey>();
  const look = (parent: BeadKey) => {
    for (const bead of beadsBelow(view, parent)) {
      // A run that is nested in it may be older, and go on.
      if (summaryOf(bead)) look(bead.key);
      else if (stepOfBead(bead) && Date.parse(bead.created_at) >= startedAt) found.add(bead.key);
    }
  };
  look(key);
  return found;
}

function beadsBelow(view: View, key: BeadKey): Bead[] {
  return view.beads("parent = ? AND status <> 'tombstone'", key);
}

/** That a budget is used up at these beads, if it is. What cannot be read now is looked at the next time. */
export async function lookAt(
  spending: Spending,
  { budget, beads }: { budget: Budget; beads: ReadonlySet<BeadKey> },
): Promise<Reason | undefined> {
  try {
    return spentUp(budget, await spending(beads));
  } catch {
    return undefined;
  }
}

type Asking = Pick<PerformDeps, "ports" | "ledger" | "spending" | "trouble">;

/** That the agents of a prompt have used up its budget, in all its attempts, if they have. */
export async function spendingReason(
  { ledger: { view }, spending }: Asking,
  { open: { key }, step: { id, attempt, record, definition: { budget } } }: Pick<Order, "open" | "step">,
): Promise<Reason | undefined> {
  if (!spending || !budget || !boundsAgents(budget)) return undefined;
  const from = record.budgetFrom?.attempt ?? attempt;
  const beads = beadsBelow(view, key).filter((bead) => {
    const link = stepOfBead(bead);
    return link?.step === id && link.attempt >= from;
  });
  return await lookAt(spending, { budget, beads: new Set(beads.map((bead) => bead.key)) });
}

/** Calls back once the agents of a prompt have used up its budget, unless `signal` aborts before. */
export function watchSpending(
  deps: Asking,
  order: Pick<Order, "open" | "step">,
  { signal, late }: { signal: AbortSignal; late(reason: Reason): void },
): void {
  if (!deps.spending || !boundsAgents(order.step.definition.budget)) return;
  const look = async () => {
    for (;;) {
      await deps.ports.clock.sleep(LOOK_MS, signal);
      if (signal.aborted) return;
      const reason = await spendingReason(deps, order);
      if (reason && !signal.aborted) return late(reason);
    }
  };
  guarded(deps, { work: look });
}
