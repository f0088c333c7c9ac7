import { formatDuration } from "../../lib/duration.ts";
import type { Budget, StepDefinition } from "../definition.ts";
import type { Reason, StepRecord } from "./run.ts";

/** What agents have used so far: tokens without those read from a cache, US dollars at list prices. */
export interface Spent {
  tokens: number;
  usd: number;
}

type Budgeted = Pick<StepDefinition, "budget">;

/** How long something may take by its budget, in ms. */
export function budgetMs(budget: Budget | undefined): number | undefined {
  return budget?.minutes === undefined ? undefined : Math.round(budget.minutes * 60_000);
}

/** When the time of a step is over, all its attempts together, in ms since the epoch. */
export function budgetEnd({ budget }: Budgeted, { budgetFrom }: StepRecord): number | undefined {
  const ms = budgetMs(budget);
  return ms === undefined || budgetFrom === undefined ? undefined : budgetFrom.at + ms;
}

/** That nothing is left of a budget: what was used of what. */
export function usedUp({ spent, of }: { spent: string; of: string }): Reason {
  return { kind: "budget", text: `its budget is used up: ${spent} of ${of}` };
}

/** That the time of a step is over, if it is. */
export function timeUsedUp(definition: Budgeted, { record, now }: Moment): Reason | undefined {
  const end = budgetEnd(definition, record);
  return end === undefined || now < end ? undefined : timeReason(definition, { record, now });
}

/** That another attempt could only begin once the time of a step is over. */
export function noTimeLeft(
  definition: Budgeted,
  { record, now, notBefore, why }: Moment & { notBefore: number; why: string },
): Reason | undefined {
  const end = budgetEnd(definition, record);
  if (end === undefined || notBefore < end) return undefined;
  const { kind, text } = timeReason(definition, { record, now });
  const pause = notBefore > now ? `, and ${formatDuration(notBefore - now)} before another attempt` : "";
  return { kind, text: `${text}${pause}; the last one: ${why}` };
}

interface Moment {
  record: StepRecord;
  now: number;
}

function timeReason({ budget }: Budgeted, { record, now }: Moment): Reason {
  const used = now - (record.budgetFrom?.at ?? now);
  const spent = formatDuration(used < 10_000 ? used : Math.round(used / 1_000) * 1_000);
  return usedUp({ spent, of: formatDuration(budgetMs(budget)!) });
}

/** Why a run has ended by its own timeout, in ms. */
export function tookTooLong(timeout: number): string {
  return `the run took longer than ${formatDuration(timeout)}`;
}

/** When the time of an attempt is over, by its timeout or by the budget of its step, and what is said then. */
export function timeLimit(
  definition: Pick<StepDefinition, "budget" | "timeout">,
  { record, now }: Moment,
): { at: number; reason: Reason } | undefined {
  const { timeout } = definition;
  const late = timeout === undefined ? Infinity : (record.startedAt ?? now) + timeout;
  const end = budgetEnd(definition, record) ?? Infinity;
  if (late === Infinity && end === Infinity) return undefined;
  if (late < end) {
    return { at: late, reason: { kind: "timeout", text: `longer than ${formatDuration(timeout!)}` } };
  }
  return { at: end, reason: timeReason(definition, { record, now: Math.max(now, end) }) };
}
