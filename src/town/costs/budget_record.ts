import type { BeadKey, Ephemeral } from "../../ledger/ledger.ts";
import type { Json } from "../../lib/json.ts";
import { type BudgetState, concerns } from "./budgets.ts";

/** The budgets that are not all right, as the steward last saw them; the ephemeral records of kind `budget`. */
export function budgetStates(ephemeral: Ephemeral): BudgetState[] {
  return ephemeral.list("budget").map(({ value }) => value as unknown as BudgetState);
}

/** Replaces what is known of budgets. Writes nothing while nothing has changed. */
export function writeBudgetStates(ephemeral: Ephemeral, states: readonly BudgetState[]): void {
  const wanted = new Map(states.map((state) => [`${state.scope} ${state.id}`, state as unknown as Json]));
  for (const { key, value } of ephemeral.list("budget")) {
    const state = wanted.get(key);
    if (state === undefined) ephemeral.remove("budget", key);
    else if (JSON.stringify(state) === JSON.stringify(value)) wanted.delete(key);
  }
  for (const [key, state] of wanted) ephemeral.put("budget", key, state);
}

/** The budget that lets nothing new be begun at a bead, if any. */
export function budgetHold(states: readonly BudgetState[], key: BeadKey): BudgetState | undefined {
  return states.find((state) => (state.level === "soft" || state.level === "hard") && concerns(state, key));
}
