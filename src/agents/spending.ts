import type { BeadKey } from "../ledger/ledger.ts";
import type { Ports } from "../ports/ports.ts";
import { createSpendingBook } from "../town/costs/budgets.ts";
import { createUsageBook, type RecordedUsage } from "../town/costs/usage_record.ts";
import type { Town } from "../town/town.ts";
import { knownUsage } from "./usage_known.ts";

/** For how long what was read stands, in ms. */
const FRESH_MS = 1_000;

/**
 * Makes what says how much agents have used at beads so far: tokens without those read from a cache, US dollars at list
 * prices. Nothing is read before it is asked.
 */
export function createSpending(
  deps: { ports: Pick<Ports, "clock" | "files">; town: Pick<Town, "ledger" | "config"> },
): (beads: ReadonlySet<BeadKey>) => Promise<{ tokens: number; usd: number }> {
  const book = createUsageBook();
  let read: { at: number; usage: readonly RecordedUsage[] } | undefined;
  return async (beads) => {
    const { prices } = await deps.town.config();
    const now = deps.ports.clock.monotonic();
    if (!read || now - read.at > FRESH_MS) read = { at: now, usage: knownUsage(deps, book) };
    const { spent } = createSpendingBook(prices);
    const { usage } = read;
    return { tokens: spent(usage, { unit: "tokens", beads }), usd: spent(usage, { unit: "usd", beads }) };
  };
}
