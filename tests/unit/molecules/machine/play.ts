import { assertEquals } from "@std/assert";
import type { Definition } from "../../../../src/molecules/definition.ts";
import { beginRun, type Transition, transition } from "../../../../src/molecules/machine/machine.ts";
import { rulesOf, type RunRules } from "../../../../src/molecules/machine/rules.ts";
import type {
  Reason,
  RunEffect,
  RunEvent,
  RunState,
  StepRecord,
  StepStatus,
} from "../../../../src/molecules/machine/run.ts";
import { recordAt } from "../../../../src/molecules/machine/step_list.ts";
import { stepNumber } from "../../../../src/molecules/machine/step_number.ts";
import { pendingEffects } from "../../../../src/molecules/machine/pending_effects.ts";

/** An event without its time. */
export type Untimed = RunEvent extends infer E ? E extends RunEvent ? Omit<E, "at"> : never : never;

/** A run that a test plays through. */
export interface Play {
  rules: RunRules;
  run(): RunState;
  now(): number;
  status(step: string): StepStatus;
  record(step: string): StepRecord;
  /** What is to be done, as text. */
  due(): string[];
  try(event: Untimed): Transition;
  /** Applies an event that must move, and returns its effects as text. */
  apply(event: Untimed): string[];
  start(step: string): string[];
  succeed(step: string, more?: { outputs?: StepRecord["outputs"]; again?: boolean }): string[];
  fail(step: string, kind?: Reason["kind"]): string[];
}

/** Begins to play a molecule. */
export function createPlay(definition: Definition): Play {
  const rules = rulesOf(definition);
  let at = 1_000_000;
  let { run } = beginRun(rules, { at });
  const record = (step: string) => recordAt(run.steps, stepNumber(rules, { steps: run.steps, step })!);
  const attempt = (event: Untimed): Transition =>
    transition(rules, { run, event: { ...event, at } as RunEvent });
  const apply = (event: Untimed): string[] => {
    at++;
    const outcome = attempt(event);
    if (outcome.kind !== "moved") throw new Error(`${JSON.stringify(event)}: ${JSON.stringify(outcome)}`);
    ({ run } = outcome);
    return outcome.effects.map(effectText);
  };
  return {
    rules,
    run: () => run,
    now: () => at,
    record,
    status: (step) => record(step).status,
    due: () => pendingEffects(rules, run).map(effectText),
    try: attempt,
    apply,
    start(step) {
      const effects = apply({ kind: "started", step });
      assertEquals(effects, [`perform ${step} ${record(step).attempt}`]);
      return effects;
    },
    succeed: (step, more = {}) =>
      apply({ kind: "succeeded", step, attempt: record(step).attempt, ...more } as Untimed),
    fail: (step, kind = "exit") =>
      apply({
        kind: "failed",
        step,
        attempt: record(step).attempt,
        reason: { kind, text: `${kind} code 1` },
      }),
  };
}

/** An effect as text: `perform a 1`. */
export function effectText(effect: RunEffect): string {
  return Object.values(effect).join(" ");
}

/** An event of every kind, about a step. */
export function sampleEvents(step: string): RunEvent[] {
  const reason: Reason = { kind: "exit", text: "exit code 1" };
  const untimed: Untimed[] = [
    { kind: "driven", term: 1, by: "me", replica: "r" },
    { kind: "left", term: 0 },
    { kind: "paused", by: "me" },
    { kind: "resumed", by: "me" },
    { kind: "cancelled", by: "me" },
    { kind: "expired", text: "too long" },
    { kind: "decided", step, holds: true },
    { kind: "spread", step, items: [1] },
    { kind: "started", step },
    { kind: "opened", step, attempt: 1, bead: "b-1" },
    { kind: "succeeded", step, attempt: 1 },
    { kind: "failed", step, attempt: 1, reason },
    { kind: "stopped", step, attempt: 1 },
    { kind: "interrupted", step, attempt: 1 },
    { kind: "due", step },
    { kind: "retried", steps: [], by: "me" },
  ];
  return untimed.map((event) => ({ ...event, at: 2 }) as RunEvent);
}
