import { idAt, isEnded, moveStep, rulesAt, type RunDraft } from "./draft.ts";
import type { RunRules, StepRules } from "./rules.ts";
import type { StepRecord } from "./run.ts";
import { answerOfNeeds, considerStep, isSatisfied, makeReady } from "./settle.ts";

/** What a step forgets when it begins anew; the number of its attempt stays, for the keys of its effects. */
const FORGOTTEN: readonly (keyof StepRecord)[] = [
  "reason",
  "notBefore",
  "stopping",
  "rounds",
  "outputs",
  "code",
  "cached",
  "bead",
  "startedAt",
  "budgetFrom",
  "first",
  "count",
  "ended",
  "active",
];

/**
 * Lets steps that did not succeed be tried again, with all that could not run because of them, and `finally` at the
 * end; says why not when that cannot be.
 */
export function retrySteps(
  draft: RunDraft,
  { names, numberOf, goOn }: {
    names: readonly string[];
    numberOf: (step: string) => number | undefined;
    /** Nested runs go on; otherwise others are begun in their place. */
    goOn: boolean;
  },
): string | undefined {
  const { run } = draft;
  if (run.stage !== "steps" && run.stage !== "done") return "it is ending";
  if (run.stage === "steps" && run.outcome !== undefined) return "it is ending";
  const chosen = names.length === 0
    ? failedSteps(draft)
    : chosenSteps(draft, names.map((name) => [name, numberOf(name)]));
  if (typeof chosen === "string") return chosen;
  // Of one that has ended without success, what was at fault came after the steps, or was taken out of its text since.
  if (chosen.length === 0 && run.stage === "steps") return "no step of it has failed";
  reopenAfter(draft, chosen);
  const again = new Set(chosen.map((index) => baseOf(draft, index)));
  for (const index of chosen) begin(draft, { index, again, goOn });
  reopen(draft);
  recount(draft);
  const early = draft.rules.steps.find((own) => runsEarly(draft, own));
  if (early) return `"${early.id}", which comes after, is at work`;
  const [from, to] = draft.rules.sections.steps;
  for (let index = from; index < to; index++) considerStep(draft, index);
  return undefined;
}

function isToRetry({ status, reason }: StepRecord): boolean {
  return status === "failed" || status === "cancelled" && reason?.kind !== "needs";
}

function elementsOf({ steps }: RunDraft, index: number): number[] {
  const { first = 0, count = 0 } = steps.get(index);
  return Array.from({ length: count }, (_, at) => first + at);
}

function failedSteps(draft: RunDraft): number[] {
  const [from, to] = draft.rules.sections.steps;
  return Array.from({ length: to - from }, (_, at) => from + at)
    .filter((index) => isToRetry(draft.steps.get(index)));
}

function chosenSteps(
  draft: RunDraft,
  chosen: readonly (readonly [string, number | undefined])[],
): number[] | string {
  const numbers: number[] = [];
  for (const [name, index] of chosen) {
    if (index === undefined) return `there is no step "${name}"`;
    const record = draft.steps.get(index);
    const base = record.of ?? index;
    if (!isToRetry(record)) return `"${name}" is ${record.status}`;
    if (draft.rules.steps[base]!.section !== "steps") {
      if (draft.run.stage !== "done") return `"${name}" is run again with the run`;
      // All that comes after the steps is, whichever of it is named.
      continue;
    }
    numbers.push(index);
  }
  return numbers;
}

/** The number of a step, of the whole fan-out for one of its elements. */
function baseOf({ steps }: RunDraft, index: number): number {
  return steps.get(index).of ?? index;
}

function begin(
  draft: RunDraft,
  { index, again, goOn }: { index: number; again: ReadonlySet<number>; goOn: boolean },
): void {
  const record = draft.steps.get(index);
  const base = baseOf(draft, index);
  const all = elementsOf(draft, base);
  // One that is to wait for what is tried again may be over something else then.
  if (all.length > 0 && isToWait(draft, { own: draft.rules.steps[base]!, again })) return forget(draft, base);
  const elements = index === base ? all.filter((element) => isToRetry(draft.steps.get(element))) : [];
  if (elements.length > 0) {
    for (const element of elements) begin(draft, { index: element, again, goOn });
    return;
  }
  if (index !== base && all.length === 0) return;
  forget(draft, index);
  const isNested = rulesAt(draft, index).definition.action.kind === "molecule";
  if (goOn && isNested && record.bead !== undefined) {
    draft.steps.set(index, { ...draft.steps.get(index), nested: record.bead });
  }
  if (record.of === undefined) return;
  const { decides } = draft.rules.steps[record.of]!;
  if (decides === "each") draft.effects.push({ kind: "decide", step: idAt(draft, index) });
  else makeReady(draft, index);
}

/** Whether what a step needs is not answered any more once these are tried again. */
function isToWait(
  { rules, steps }: RunDraft,
  { own, again }: { own: StepRules; again: ReadonlySet<number> },
): boolean {
  const needs = own.needs.map((need) => ({ need, record: steps.get(need) })).filter(({ need, record }) =>
    isEnded(record) && !again.has(need) && !isHeldBack(record)
  );
  const { met, skips } = countNeeds(rules, { needs, by: own });
  const record = { ...steps.get(own.index), open: own.needs.length - needs.length, met, skips };
  return answerOfNeeds(own, record) !== "met";
}

/** Whether a step could not run because of another. */
function isHeldBack({ status, reason }: StepRecord): boolean {
  return (status === "cancelled" || status === "skipped") && reason?.kind === "needs";
}

/** A fan-out without elements to be tried again is spread anew; numbers of attempts go on for its new elements. */
function forget(draft: RunDraft, index: number): void {
  const { steps } = draft;
  const attempts = elementsOf(draft, index).map((element) => steps.get(element).attempt);
  const attempt = Math.max(steps.get(index).attempt, ...attempts);
  moveStep(draft, { index, status: "pending", change: { tries: 0, attempt }, drop: FORGOTTEN });
}

/** Puts back what the failure of these steps led to, and all that comes after it; what is at work there stays. */
function reopenAfter(draft: RunDraft, chosen: readonly number[]): void {
  const { rules, steps } = draft;
  const ids = new Set(chosen.map((index) => rules.steps[baseOf(draft, index)]!.id));
  const after = new Set(rules.steps.filter(({ definition: { onFailureOf = "" } }) => ids.has(onFailureOf)));
  // It grows while it is gone through.
  for (const own of after) {
    if (own.section === "steps" && isEnded(steps.get(own.index))) forget(draft, own.index);
    for (const dependent of own.dependents) after.add(rules.steps[dependent]!);
  }
}

/** Puts back what could not run, and the parts that come after. */
function reopen(draft: RunDraft): void {
  const { rules, run, steps } = draft;
  for (const { index, section } of rules.steps) {
    const record = steps.get(index);
    if (section === "steps" ? isHeldBack(record) : record.status !== "pending") forget(draft, index);
  }
  if (run.stage === "done") Object.assign(run, { status: "running", since: draft.at, startedAt: draft.at });
  run.stage = "steps";
  delete run.outcome;
  delete run.reason;
}

/** Whether a step is under way although what it needs is to be tried again; one that only could begin waits again. */
function runsEarly(draft: RunDraft, own: StepRules): boolean {
  const { steps } = draft;
  const record = steps.get(own.index);
  if (own.section !== "steps" || isEnded(record) || record.status === "pending") return false;
  if (answerOfNeeds(own, record) === "met") return false;
  if (record.status !== "ready") return true;
  moveStep(draft, { index: own.index, status: "pending" });
  return false;
}

/** Counts anew what has ended. */
export function recount(draft: RunDraft): void {
  const { rules, run, steps } = draft;
  for (const { index } of rules.steps) {
    const elements = elementsOf(draft, index).map((element) => steps.get(element));
    if (elements.length === 0) continue;
    const ended = elements.filter(isEnded).length;
    steps.set(index, { ...steps.get(index), ended });
    if (ended < elements.length && isEnded(steps.get(index))) {
      moveStep(draft, { index, status: "running", drop: ["reason", "outputs"] });
    }
  }
  run.left = 0;
  run.failures = 0;
  for (const by of rules.steps) {
    const { index, definition } = by;
    const record = steps.get(index);
    if (by.section === "steps") {
      if (!isEnded(record)) run.left++;
      else if (record.status === "failed" && !definition.allowFailure) run.failures++;
    }
    const needs = by.needs.map((need) => ({ need, record: steps.get(need) })).filter((one) =>
      isEnded(one.record)
    );
    const { met, skips } = countNeeds(rules, { needs, by });
    steps.set(index, { ...steps.get(index), open: by.needs.length - needs.length, met, skips });
  }
}

/** Of needs that have ended: how many count as satisfied, and how many of the rest were skipped. */
function countNeeds(
  rules: RunRules,
  { needs, by }: { needs: readonly { need: number; record: StepRecord }[]; by: StepRules },
): { met: number; skips: number } {
  const unmet = needs.filter((one) => !isSatisfied(rules, { ...one, by }));
  const skips = unmet.filter(({ record }) => record.status === "skipped").length;
  return { met: needs.length - unmet.length, skips };
}
