import { endStep, idAt, isEnded, moveStep, rulesAt, type RunDraft } from "./draft.ts";
import type { RunRules, StepRules } from "./rules.ts";
import type { Outcome, Reason, RunStatus, Section, StepRecord } from "./run.ts";

/** What the needs of a step come to so far. */
export type NeedsAnswer = "open" | "met" | "skip" | "unmet";

/** What the needs of a step come to: it begins, is skipped, cannot run, or it is not known yet. */
export function answerOfNeeds(rules: StepRules, { open, met, skips }: StepRecord): NeedsAnswer {
  const { definition: { always }, needs, enough } = rules;
  if (always) return open === 0 ? "met" : "open";
  if (met >= enough) return "met";
  if (open > 0) return "open";
  return needs.length - met === skips ? "skip" : "unmet";
}

/** Whether an ended need counts as satisfied for the step that needs it. */
export function isSatisfied(
  rules: RunRules,
  { need, record, by }: { need: number; record: StepRecord; by: StepRules },
): boolean {
  switch (record.status) {
    case "succeeded":
      return true;
    case "failed":
      return rules.steps[need]!.definition.allowFailure;
    case "skipped":
      return !by.definition.strict;
    default:
      return false;
  }
}

/** Carries what has ended on to all that wait for it, from part to part of the molecule, to the end of the run. */
export function settle(draft: RunDraft): void {
  for (;;) {
    for (let index = draft.ended.pop(); index !== undefined; index = draft.ended.pop()) {
      tellDependents(draft, index);
    }
    if (draft.run.stage === "done" || draft.run.left > 0) return;
    leaveStage(draft);
  }
}

function tellDependents(draft: RunDraft, index: number): void {
  const { rules, run, steps } = draft;
  const record = steps.get(index);
  const own = rules.steps[index]!;
  if (own.section === run.stage) {
    run.left--;
    if (record.status === "failed" && !own.definition.allowFailure) run.failures++;
  }
  for (const dependent of own.dependents) {
    const by = rules.steps[dependent]!;
    const waiting = steps.get(dependent);
    const satisfied = isSatisfied(rules, { need: index, record, by });
    steps.set(dependent, {
      ...waiting,
      open: waiting.open - 1,
      met: waiting.met + (satisfied ? 1 : 0),
      skips: waiting.skips + (!satisfied && record.status === "skipped" ? 1 : 0),
    });
    considerStep(draft, dependent);
  }
}

/** Moves a pending step on if its part of the molecule is under way and its needs have been answered. */
export function considerStep(draft: RunDraft, index: number): void {
  const { rules, run, steps, effects } = draft;
  const own = rules.steps[index]!;
  const record = steps.get(index);
  if (record.status !== "pending" || own.section !== run.stage) return;
  switch (answerOfNeeds(own, record)) {
    case "open":
      return;
    case "met":
      if (own.decides === "once") effects.push({ kind: "decide", step: own.id });
      else makeReady(draft, index);
      return;
    case "skip":
      endStep(draft, { index, status: "skipped", reason: needsReason(draft, own) });
      return;
    case "unmet":
      endStep(draft, { index, status: "cancelled", reason: needsReason(draft, own) });
  }
}

function needsReason({ rules, steps }: RunDraft, by: StepRules): Reason {
  const unmet = by.needs.map((need) => ({ need, record: steps.get(need) }))
    .filter(({ need, record }) => !isSatisfied(rules, { need, record, by }));
  const first = unmet.find(({ record }) => record.status !== "skipped") ?? unmet[0];
  const text = first
    ? `"${rules.steps[first.need]!.id}" ${wordOf(first.record)}`
    : "what it needs did not succeed";
  return { kind: "needs", text };
}

function wordOf({ status }: StepRecord): string {
  return status === "failed" ? "failed" : `was ${status}`;
}

/** Makes a step ready: a fan-out to be spread, anything else to be begun. */
export function makeReady(draft: RunDraft, index: number): void {
  moveStep(draft, { index, status: "ready", drop: ["notBefore"] });
  const step = idAt(draft, index);
  const { isFanOut } = rulesAt(draft, index);
  const isWhole = isFanOut && draft.steps.get(index).of === undefined;
  draft.effects.push({ kind: isWhole ? "spread" : "launch", step });
}

/** What follows a part of the molecule. */
const NEXT: Readonly<Record<Section, Section | "done">> = {
  steps: "onFailure",
  onFailure: "finally",
  finally: "done",
};

function leaveStage(draft: RunDraft): void {
  const { run } = draft;
  const left = run.stage as Section;
  if (left === "steps") {
    run.outcome ??= run.failures > 0 ? "failed" : "succeeded";
    if (run.failures > 0 && run.outcome === "failed") run.reason ??= failureReason(draft, left);
  }
  const failedLate = left === "finally" && run.failures > 0 && run.outcome === "succeeded";
  if (failedLate) run.reason = failureReason(draft, left);
  const next = NEXT[left];
  if (next === "done") closeRun(draft, failedLate ? "failed" : run.outcome!);
  else enterStage(draft, next);
}

function failureReason({ rules, steps }: RunDraft, section: Section): Reason {
  const [from, to] = rules.sections[section];
  for (let index = from; index < to; index++) {
    const { status, reason } = steps.get(index);
    const { id, definition } = rules.steps[index]!;
    if (status !== "failed" || definition.allowFailure) continue;
    return { kind: reason?.kind ?? "failed", text: `"${id}" failed: ${reason?.text ?? "no reason given"}` };
  }
  throw new Error(`nothing has failed in ${section}`);
}

/** Begins a part of the molecule; one that is not wanted is skipped as a whole. */
export function enterStage(draft: RunDraft, stage: Section): void {
  const { rules, run, steps } = draft;
  const [from, to] = rules.sections[stage];
  run.stage = stage;
  delete run.forced;
  run.failures = 0;
  run.left = 0;
  for (let index = from; index < to; index++) if (!isEnded(steps.get(index))) run.left++;
  if (stage === "onFailure" && run.outcome !== "failed") {
    const reason: Reason = {
      kind: "run",
      text: `the run ${run.outcome === "cancelled" ? "was cancelled" : "did not fail"}`,
    };
    for (let index = from; index < to; index++) {
      if (!isEnded(steps.get(index))) endStep(draft, { index, status: "skipped", reason });
    }
    return;
  }
  for (let index = from; index < to; index++) considerStep(draft, index);
}

function closeRun(draft: RunDraft, status: RunStatus & Outcome): void {
  const { run, at, effects } = draft;
  run.stage = "done";
  delete run.forced;
  run.status = status;
  run.since = at;
  effects.push({ kind: "close" });
}

/**
 * Ends the part that is under way before its time: what works is told to stop, what has not begun never will.
 *
 * With `force` what was told before is told again, so that nested runs hear of it.
 */
export function endEarly(
  draft: RunDraft,
  options: { outcome: Outcome; reason: Reason; force?: boolean },
): void {
  const { rules, run, steps, effects } = draft;
  if (options.force) run.forced = true;
  run.outcome = options.outcome;
  run.reason = options.reason;
  const [from, to] = rules.sections[run.stage as Section];
  const reason: Reason = { kind: "run", text: options.reason.text };
  for (let index = 0; index < steps.length(); index++) {
    const record = steps.get(index);
    const base = record.of ?? index;
    if (base < from || base >= to || isEnded(record) || record.count !== undefined) continue;
    if (record.status !== "running" && record.status !== "waiting") {
      endStep(draft, { index, status: "cancelled", reason });
    } else if (!record.stopping || options.force) {
      steps.set(index, { ...record, stopping: true });
      effects.push({ kind: "stop", step: idAt(draft, index), attempt: record.attempt });
    }
  }
}
