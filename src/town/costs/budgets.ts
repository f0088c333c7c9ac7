import type { Bead, BeadKey } from "../../ledger/ledger.ts";
import type { TownConfig } from "../config/config.ts";
import type { Price } from "./price_table.ts";
import { dollars, usdOf } from "./prices.ts";
import { freshTokens, type UsageRow } from "./usage.ts";
import type { RecordedUsage } from "./usage_record.ts";

/** What budgets are reckoned in: US dollars at list prices, or tokens without those read from a cache. */
export type BudgetUnit = "usd" | "tokens";

/** From how much on what happens; whatever is absent never does. */
export interface Thresholds {
  /** A person is told. */
  warn?: number;
  /** Nothing new is begun; what is under way goes on. */
  soft?: number;
  /** What is under way stops too. */
  hard?: number;
}

/** How far a budget is used up. */
export type BudgetLevel = "ok" | "warn" | "soft" | "hard";

/** Whose budget it is. */
export type BudgetScope = "town" | "convoy" | "bead";

/** A budget and how much of it is used. */
export interface BudgetState {
  scope: BudgetScope;
  /** Id of the convoy or bead; `town`. */
  id: string;
  level: BudgetLevel;
  spent: number;
  unit: BudgetUnit;
  thresholds: Thresholds;
  /** The day or month it is for: `2026-11-23`, `2026-11`; absent for all time. */
  period?: string;
  /** The beads it concerns; absent for all. */
  beads?: readonly BeadKey[];
}

/** A convoy or bead with a budget. */
export interface Budgeted {
  bead: Bead;
  /** The beads of a convoy. */
  keys: readonly BeadKey[];
}

/** What budgets are judged by. */
export interface BudgetQuestion {
  config: Pick<TownConfig, "budgets" | "prices">;
  /** Every session that anything is known of. */
  usage: Iterable<RecordedUsage>;
  convoys: readonly Budgeted[];
  beads: readonly Bead[];
  /** Local day: `2026-11-23`. */
  today: string;
}

/** The level of a sum. */
export function levelOf(spent: number, { warn, soft, hard }: Thresholds): BudgetLevel {
  if (hard !== undefined && spent >= hard) return "hard";
  if (soft !== undefined && spent >= soft) return "soft";
  return warn !== undefined && spent >= warn ? "warn" : "ok";
}

/** Its own thresholds of a convoy or bead, in its `metadata.budget`; each that it names comes before the town's. */
export function ownThresholds(bead: Pick<Bead, "metadata">): Thresholds {
  const own = bead.metadata.budget;
  if (typeof own !== "object" || own === null || Array.isArray(own)) return {};
  const numbers = Object.entries(own as Record<string, unknown>).filter(([name, value]) =>
    ["warn", "soft", "hard"].includes(name) && typeof value === "number"
  );
  return Object.fromEntries(numbers);
}

/** Adds up what was used, remembering what each session came to. */
export interface SpendingBook {
  /** How much was used: of some beads or all, of days that begin with `period`. */
  spent(
    usage: Iterable<RecordedUsage>,
    options: { unit: BudgetUnit; beads?: ReadonlySet<string>; period?: string },
  ): number;
}

/** Makes a book for one list of prices. */
export function createSpendingBook(prices: readonly Price[]): SpendingBook {
  const days = new WeakMap<RecordedUsage, { day: string; usd: number; tokens: number }[]>();
  function daysOf(usage: RecordedUsage) {
    const known = days.get(usage);
    if (known) return known;
    const found = usage.rows.map((row: UsageRow) => ({
      day: row.day,
      usd: usdOf(prices, row) ?? 0,
      tokens: freshTokens(row),
    }));
    days.set(usage, found);
    return found;
  }
  return {
    spent(usage, { unit, beads, period = "" }) {
      let sum = 0;
      for (const session of usage) {
        if (beads && (session.bead === undefined || !beads.has(session.bead))) continue;
        for (const day of daysOf(session)) if (day.day.startsWith(period)) sum += day[unit];
      }
      return sum;
    },
  };
}

/** Judges every budget there is; those without any threshold are left out. */
export function judgeBudgets(book: SpendingBook, question: BudgetQuestion): BudgetState[] {
  const { config: { budgets }, convoys, beads, today } = question;
  const { unit } = budgets;
  const usage = [...question.usage];
  const states: BudgetState[] = [];
  const judge = (
    budget: Pick<BudgetState, "scope" | "id" | "period" | "beads"> & { thresholds: Thresholds },
  ) => {
    const { warn, soft, hard } = budget.thresholds;
    if ((warn ?? soft ?? hard) === undefined) return;
    const spent = book.spent(usage, {
      unit,
      ...(budget.beads ? { beads: new Set(budget.beads) } : {}),
      ...(budget.period === undefined ? {} : { period: budget.period }),
    });
    states.push({ ...budget, unit, spent, level: levelOf(spent, budget.thresholds) });
  };
  const { per, ...thresholds } = budgets.town;
  const period = per === "day" ? today : per === "month" ? today.slice(0, 7) : undefined;
  judge({ scope: "town", id: "town", thresholds, ...(period === undefined ? {} : { period }) });
  for (const { bead, keys } of convoys) {
    const own = { ...budgets.convoy, ...ownThresholds(bead) };
    judge({ scope: "convoy", id: bead.id, thresholds: own, beads: keys });
  }
  for (const bead of beads) {
    const own = { ...budgets.bead, ...ownThresholds(bead) };
    judge({ scope: "bead", id: bead.id, thresholds: own, beads: [bead.key] });
  }
  return states;
}

/** Whether a budget concerns a bead. */
export function concerns(state: BudgetState, key: BeadKey): boolean {
  return state.beads === undefined || state.beads.includes(key);
}

/** An amount in a budget's unit: `$4.20`, `120000 tokens`. */
export function amountText(amount: number, unit: BudgetUnit): string {
  return unit === "usd" ? dollars(amount) : `${Math.round(amount)} tokens`;
}

/** A budget in words: `the budget of convoy hq-cv-web: $12.40 of $10.00 used`. */
export function budgetText({ scope, id, level, spent, unit, thresholds, period }: BudgetState): string {
  const whose = scope === "town" ? `the town${period === undefined ? "" : ` (${period})`}` : `${scope} ${id}`;
  const limit = level === "ok" ? thresholds.hard ?? thresholds.soft ?? thresholds.warn : thresholds[level];
  return `the budget of ${whose}: ${amountText(spent, unit)} of ${amountText(limit ?? 0, unit)} used`;
}

/** The command that gives a budget more room. */
export function budgetCommand({ scope, id, level, spent }: BudgetState): string {
  const word = level === "ok" ? "hard" : level;
  const more = Math.ceil(spent * 2);
  return scope === "town"
    ? `gt config set budgets.town.${word} ${more}`
    : `bd update ${id} --metadata '{"budget": {"${word}": ${more}}}'`;
}
