import { outputNames } from "../step_outputs.ts";
import {
  ENDED,
  type Reason,
  type RunEffect,
  type RunState,
  type StepRecord,
  type StepStatus,
} from "./run.ts";
import type { RunRules, StepRules } from "./rules.ts";
import { stepId } from "./step_number.ts";
import { draftSteps, type StepListDraft } from "./step_list.ts";

/** A run that is being changed by one event; the state before stays as it is. */
export interface RunDraft {
  readonly rules: RunRules;
  readonly run: Omit<RunState, "steps">;
  readonly steps: StepListDraft<StepRecord>;
  readonly effects: RunEffect[];
  readonly at: number;
  /** Steps that have ended, of which nobody that needs them knows yet. */
  readonly ended: number[];
}

/** Begins to change a run. */
export function draftRun(rules: RunRules, run: RunState, at: number): RunDraft {
  const { steps, ...rest } = run;
  return { rules, run: { ...rest }, steps: draftSteps(steps), effects: [], at, ended: [] };
}

/** The state that a draft has come to. */
export function finishDraft({ run, steps }: RunDraft): RunState {
  return { ...run, steps: steps.finish() };
}

/** The rules of a step; those of the whole fan-out for one of its elements. */
export function rulesAt(
  { rules, steps }: { rules: RunRules; steps: Pick<RunDraft["steps"], "get"> },
  index: number,
): StepRules {
  return rules.steps[index] ?? rules.steps[steps.get(index).of!]!;
}

/** The id of a step by its number. */
export function idAt(draft: Pick<RunDraft, "rules" | "steps">, index: number): string {
  return stepId(draft.rules, { run: draft, index });
}

/** Whether a step is at work, as the limits count it: a gate only waits, and a fan-out is its elements. */
export function isActive({ action }: StepRules["definition"], record: StepRecord): boolean {
  return (record.status === "running" || record.status === "waiting") && record.count === undefined &&
    action.kind !== "gate";
}

/** Gives a step another status, and keeps count of what is at work. */
export function moveStep(
  draft: RunDraft,
  options: {
    index: number;
    status: StepStatus;
    change?: Partial<StepRecord>;
    drop?: readonly (keyof StepRecord)[];
  },
): void {
  const { steps, run, at } = draft;
  const { index, status } = options;
  const before = steps.get(index);
  const after: StepRecord = { ...before, ...options.change, status, since: at };
  for (const name of options.drop ?? []) delete after[name];
  steps.set(index, after);
  const { definition } = rulesAt(draft, index);
  const change = Number(isActive(definition, after)) - Number(isActive(definition, before));
  if (change === 0) return;
  run.active += change;
  if (after.of === undefined) return;
  const group = steps.get(after.of);
  steps.set(after.of, { ...group, active: (group.active ?? 0) + change });
}

/** Ends a step: whoever needs it hears of it when the draft settles. */
export function endStep(
  draft: RunDraft,
  options: { index: number; status: StepStatus; change?: Partial<StepRecord>; reason?: Reason },
): void {
  const { index, status, change, reason } = options;
  moveStep(draft, {
    index,
    status,
    change: { ...change, ...(reason ? { reason } : {}) },
    drop: ["notBefore", "stopping"],
  });
  draft.effects.push({ kind: "conclude", step: idAt(draft, index) });
  const { of } = draft.steps.get(index);
  if (of === undefined) draft.ended.push(index);
  else elementEnded(draft, of);
}

function elementEnded(draft: RunDraft, of: number): void {
  const group = draft.steps.get(of);
  const ended = (group.ended ?? 0) + 1;
  draft.steps.set(of, { ...group, ended });
  if (ended === group.count) endFanOut(draft, of);
}

/** Ends a fan-out whose elements have all ended. */
export function endFanOut(draft: RunDraft, index: number): void {
  const { steps } = draft;
  const { first = 0, count = 0 } = steps.get(index);
  const names = outputNames(rulesAt(draft, index).definition);
  const elements = Array.from({ length: count }, (_, at) => steps.get(first + at));
  const failed = elements.filter(({ status }) => status === "failed").length;
  const cancelled = elements.some(({ status }) => status === "cancelled");
  const outputs = Object.fromEntries(
    names.map((name) => [name, elements.map((one) => one.outputs?.[name] ?? null)]),
  );
  const change = names.length > 0 ? { outputs } : {};
  if (failed > 0) {
    const reason: Reason = { kind: "items", text: `${failed} of ${count} failed` };
    endStep(draft, { index, status: "failed", change, reason });
  } else if (cancelled) {
    endStep(draft, { index, status: "cancelled", reason: { kind: "items", text: "not all of it was run" } });
  } else endStep(draft, { index, status: "succeeded", change });
}

/** Whether a step has ended. */
export function isEnded({ status }: StepRecord): boolean {
  return ENDED.has(status);
}
