import { addTokens, noTokens, type Tokens, type UsageRow } from "./usage.ts";
import type { Price } from "./price_table.ts";
import { usdOf } from "./prices.ts";
import type { RecordedUsage } from "./usage_record.ts";

/** What one session has used, with the id that its bead has now. */
export interface KnownUsage extends RecordedUsage {
  beadId?: string;
}

/** By what usage can be summed up. */
export const costGroups = [
  "bead",
  "attempt",
  "step",
  "convoy",
  "rig",
  "worker",
  "agent",
  "model",
  "day",
  "session",
] as const;

/** By what usage is summed up. */
export type CostGroup = typeof costGroups[number];

/** A sum of usage. */
export interface CostRow extends Tokens {
  /** What it is the sum of: an id, a name, a day; `-` for what belongs to none. */
  key: string;
  turns: number;
  messages: number;
  /** US dollars at list prices, of the tokens that have a price. */
  usd: number;
  /** Models that no price is known of; their tokens cost nothing here. */
  unpriced?: string[];
}

/** What may be left out, and how it is summed up. */
export interface CostQuestion {
  by: CostGroup;
  prices: readonly Price[];
  /** Local day from which usage counts: `2026-11-23`. */
  since?: string;
  /** The convoys a bead belongs to, by its key; needed for `convoy`. */
  convoys?: ReadonlyMap<string, readonly string[]>;
}

/** Sums up usage. A bead of two convoys counts in both. Days in their order, everything else the dearest first. */
export function sumCosts(usage: readonly KnownUsage[], question: CostQuestion): CostRow[] {
  const { by, since = "" } = question;
  const sums = new Map<string, CostRow>();
  for (const known of usage) {
    for (const row of known.rows) {
      if (row.day < since) continue;
      for (const key of keysOf({ known, row, question })) {
        const sum = sums.get(key) ?? emptyRow(key);
        sums.set(key, sum);
        addRow(sum, row, question.prices);
      }
    }
  }
  const rows = [...sums.values()];
  if (by === "day") return rows.sort((a, b) => a.key < b.key ? -1 : 1);
  return rows.sort((a, b) => b.usd - a.usd || b.output - a.output || (a.key < b.key ? -1 : 1));
}

/** Everything in one row. */
export function totalCosts(
  usage: readonly KnownUsage[],
  question: Pick<CostQuestion, "prices" | "since">,
): CostRow {
  const { prices, since = "" } = question;
  const sum = emptyRow("total");
  for (const row of usage.flatMap(({ rows }) => rows)) if (row.day >= since) addRow(sum, row, prices);
  return sum;
}

function keysOf(of: { known: KnownUsage; row: UsageRow; question: CostQuestion }): readonly string[] {
  const { known, row, question } = of;
  const { beadId: bead } = known;
  switch (question.by) {
    case "bead":
      return [bead ?? known.actor];
    case "attempt":
      return [bead === undefined ? known.actor : `${bead} #${known.n ?? "?"}`];
    case "step":
      return [row.step ?? bead ?? known.actor];
    case "convoy": {
      const convoys = question.convoys?.get(known.bead ?? "") ?? [];
      return convoys.length > 0 ? convoys : ["-"];
    }
    case "rig":
      return [known.rig ?? "-"];
    case "worker":
      return [known.actor];
    case "agent":
      return [known.agent ?? "-"];
    case "model":
      return [row.model];
    case "day":
      return [row.day];
    case "session":
      return [known.session];
  }
}

function emptyRow(key: string): CostRow {
  return { key, turns: 0, messages: 0, ...noTokens(), usd: 0 };
}

function addRow(sum: CostRow, row: UsageRow, prices: readonly Price[]): void {
  addTokens(sum, row);
  sum.turns += row.turns;
  sum.messages += row.messages;
  const usd = usdOf(prices, row);
  if (usd === undefined) sum.unpriced = [...new Set([...sum.unpriced ?? [], row.model])];
  else sum.usd += usd;
}
