import type { StepDefinition } from "../definition.ts";
import { draftRun, finishDraft, isActive, isEnded, rulesAt } from "./draft.ts";
import { recount } from "./retry.ts";
import type { RunRules } from "./rules.ts";
import { hasEnded, type RunState, type StepRecord } from "./run.ts";
import { considerStep, settle } from "./settle.ts";
import { recordsOf, stepList } from "./step_list.ts";

/** Numbers of attempts by the id of their step. */
export type GivenAttempts = Readonly<Record<string, number>>;

/** What came of moving a run to another text. */
export type Upgrade =
  | { kind: "upgraded"; run: RunState }
  | { kind: "refused"; why: string };

/**
 * Moves a run to other rules: what has ended stays as it is, what has not begun follows the new ones.
 *
 * A step that is at work must be the same in both. One that has ended without success stays as it ended, until steps of
 * it are tried again, if `afterEnd` says that this is meant. `attempts` are the highest numbers of attempts of steps that
 * the run had once, and may have again; without them it was an earlier version that moved the run, which forgot those
 * and kept what had ended in whatever part of the molecule it stood then. Pure, as the machine is.
 */
export function upgradeRun({ from, to, run, at, attempts, afterEnd = false }: {
  from: RunRules;
  to: RunRules;
  run: RunState;
  at: number;
  attempts?: GivenAttempts | undefined;
  afterEnd?: boolean;
}): Upgrade {
  if (hasEnded(run)) {
    if (!afterEnd || run.status === "succeeded") return { kind: "refused", why: `it is ${run.status}` };
    const old = [...recordsOf(run.steps)];
    const steps = stepList(carriedOver({ from, to, old, at, attempts, afterEnd }));
    return { kind: "upgraded", run: { ...run, steps } };
  }
  if (run.stage !== "steps" || run.outcome !== undefined) return { kind: "refused", why: "it is ending" };
  const old = [...recordsOf(run.steps)];
  for (const { id, index } of from.steps) {
    const why = obstacle({ from, to, id, record: old[index]! });
    if (why !== undefined) return { kind: "refused", why };
  }
  const draft = draftRun(to, { ...run, steps: stepList(carriedOver({ from, to, old, at, attempts })) }, at);
  recount(draft);
  draft.run.active = 0;
  for (let index = 0; index < draft.steps.length(); index++) {
    if (isActive(rulesAt(draft, index).definition, draft.steps.get(index))) draft.run.active++;
  }
  const [first, end] = to.sections.steps;
  for (let index = first; index < end; index++) considerStep(draft, index);
  settle(draft);
  return { kind: "upgraded", run: finishDraft(draft) };
}

/** The highest number of an attempt of a step, or of its elements: one that begins anew goes on from there. */
export function highestAttempt(records: readonly StepRecord[], index: number): number {
  const { attempt, first = 0, count = 0 } = records[index]!;
  return records.slice(first, first + count).reduce((most, one) => Math.max(most, one.attempt), attempt);
}

/** Why a step of a run cannot become what the new text says. */
function obstacle(
  { from, to, id, record }: { from: RunRules; to: RunRules; id: string; record: StepRecord },
): string | undefined {
  if (isEnded(record) || record.status === "pending" || record.status === "ready") return undefined;
  const index = to.byId.get(id);
  if (index === undefined) return `"${id}" is at work, and is not in it any more`;
  const [before, after] = [from.steps[from.byId.get(id)!]!, to.steps[index]!];
  if (before.section === after.section && workOf(before.definition) === workOf(after.definition)) {
    return undefined;
  }
  return `"${id}" is at work, and has been changed`;
}

/** Of a step, what says nothing about its work. */
const OTHERWISE: ReadonlySet<string> = new Set(["place", "places", "turns", "onFailureOf"]);

/** What a step that is at work depends on; where it stands in its file, and what it is called, is none of it. */
function workOf({ title: _title, description: _description, ...work }: StepDefinition): string {
  return JSON.stringify(work, (name, value) => {
    if (OTHERWISE.has(name)) return undefined;
    const isMap = value !== null && typeof value === "object" && !Array.isArray(value);
    // Versions of the program differ in the order in which they keep what a step says.
    return isMap
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1))
      : value;
  });
}

/** The records of the steps in their new order, then the elements of fan-outs. */
function carriedOver(
  { from, to, old, at, attempts, afterEnd = false }: {
    from: RunRules;
    to: RunRules;
    old: readonly StepRecord[];
    at: number;
    attempts: GivenAttempts | undefined;
    afterEnd?: boolean;
  },
): StepRecord[] {
  const records: StepRecord[] = [];
  const elements: StepRecord[] = [];
  for (const { id, index, section, definition } of to.steps) {
    const before = from.byId.get(id);
    const isSamePart = before !== undefined && (!attempts || from.steps[before]!.section === section);
    let record = isSamePart ? kept(old[before]!, afterEnd) : undefined;
    if (afterEnd && record && spreadBy(definition) !== spreadBy(from.steps[before!]!.definition)) {
      record = gathered(record, old);
    }
    if (!record) {
      const earlier = attempts && Object.hasOwn(attempts, id) ? attempts[id]! : 0;
      const attempt = before === undefined ? earlier : highestAttempt(old, before);
      records.push({ status: "pending", since: at, attempt, tries: 0, open: 0, met: 0, skips: 0 });
      continue;
    }
    const { first, count = 0 } = record;
    if (first === undefined) records.push(record);
    else {
      records.push({ ...record, first: to.steps.length + elements.length });
      for (let element = first; element < first + count; element++) {
        elements.push({ ...old[element]!, of: index });
      }
    }
  }
  return [...records, ...elements];
}

/** A record that stays; what has not begun, or could not because of what it needs, is considered anew: now, or later. */
function kept(record: StepRecord, afterEnd: boolean): StepRecord | undefined {
  const { status, reason } = record;
  if (afterEnd && isEnded(record)) return record;
  if (status === "pending" || status === "ready" || reason?.kind === "needs") return undefined;
  return record;
}

/** What a step is spread over. */
function spreadBy({ matrix, forEach }: StepDefinition): string {
  return JSON.stringify([matrix, forEach?.source]);
}

/** A fan-out without its elements, which are other ones when it is tried again; attempts are counted on. */
function gathered(record: StepRecord, old: readonly StepRecord[]): StepRecord {
  const { first = 0, count = 0, ended: _ended, active: _active, ...rest } = record;
  const attempts = old.slice(first, first + count).map(({ attempt }) => attempt);
  return { ...rest, attempt: Math.max(rest.attempt, ...attempts) };
}
