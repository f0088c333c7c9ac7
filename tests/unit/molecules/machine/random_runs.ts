import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Definition, StepDefinition } from "../../../../src/molecules/definition.ts";
import { pendingEffects } from "../../../../src/molecules/machine/pending_effects.ts";
import type { RunRules } from "../../../../src/molecules/machine/rules.ts";
import {
  ENDED,
  hasEnded,
  type RunEvent,
  type RunState,
  type StepRecord,
} from "../../../../src/molecules/machine/run.ts";
import { answerOfNeeds } from "../../../../src/molecules/machine/settle.ts";
import { recordAt, recordsOf } from "../../../../src/molecules/machine/step_list.ts";
import { stepNumber } from "../../../../src/molecules/machine/step_number.ts";
import { definitionOf, retry, stepOf, type StepParts } from "./definitions.ts";

const IDS = ["a", "b", "c", "d", "e", "f"] as const;

const step = (at: number, prefix: string) =>
  fc.record({
    needs: at === 0
      ? fc.constant<number[]>([])
      : fc.uniqueArray(fc.integer({ min: 0, max: at - 1 }), { maxLength: 3 }),
    mode: fc.constantFrom("all", "all", "any", "quorum"),
    always: fc.boolean(),
    undoes: fc.constantFrom(false, false, true),
    strict: fc.boolean(),
    when: fc.constantFrom(undefined, undefined, "x", "item"),
    fan: fc.constantFrom("no", "no", "no", "each", "matrix"),
    maxParallel: fc.constantFrom(undefined, 1, 2),
    repeat: fc.constantFrom(undefined, undefined, 2),
    attempts: fc.integer({ min: 1, max: 3 }),
    allowFailure: fc.boolean(),
    kind: fc.constantFrom("run", "run", "gate", "prompt", "molecule"),
  }).map(
    ({ needs, mode, fan, when, maxParallel, repeat, attempts, kind, undoes, ...flags }): StepDefinition => {
      const of = needs.map((need) => `${prefix}${IDS[need]}`);
      const parts: StepParts = {
        id: `${prefix}${IDS[at]}`,
        ...flags,
        ...retry(attempts, 10),
        needs: mode === "quorum" && of.length > 0
          ? { mode, count: of.length > 1 ? 2 : 1, of }
          : { mode: mode === "any" && of.length > 0 ? "any" : "all", of },
        ...(undoes && of.length > 0 ? { always: true, onFailureOf: of[0]! } : {}),
        ...(when === undefined ? {} : { when: { source: when } }),
        ...(fan === "each" ? { forEach: { source: "list" } } : {}),
        ...(fan === "matrix" ? { matrix: [{ n: 1 }, { n: 2 }] } : {}),
        ...(maxParallel === undefined || fan === "no" ? {} : { maxParallel }),
        ...(repeat === undefined ? {} : { repeat: { until: { source: "u" }, max: repeat, delay: 5 } }),
        ...(kind === "prompt" ? { action: { kind: "prompt", prompt: { text: "p" } } } : {}),
        ...(kind === "gate"
          ? { action: { kind: "gate", gate: { condition: { type: "timer", for: 1 }, onTimeout: "fail" } } }
          : {}),
        ...(kind === "molecule" ? { action: { kind: "molecule", molecule: "m", with: {} } } : {}),
      };
      return stepOf(parts);
    },
  );

const section = (prefix: string, most: number) =>
  fc.integer({ min: 0, max: most }).chain((count) =>
    fc.tuple(...Array.from({ length: count }, (_, at): fc.Arbitrary<StepDefinition> => step(at, prefix)))
  );

/** Molecules with every kind of step and modifier that the machine knows. */
export const definitions: fc.Arbitrary<Definition> = fc.record({
  steps: section("", 6),
  onFailure: section("fix-", 2),
  last: section("last-", 2),
  maxParallel: fc.constantFrom(undefined, 1, 3),
}).map(({ steps, onFailure, last, maxParallel }) => ({
  ...definitionOf({ steps: [], ...(maxParallel === undefined ? {} : { maxParallel }) }),
  steps,
  onFailure,
  finally: last,
}));

/** What drives a run: mostly the answer to something that is due, sometimes an event of any kind. */
export const choices = fc.array(fc.tuple(fc.nat(), fc.nat(9), fc.nat(30)), { minLength: 20, maxLength: 120 });

/** An answer to something that is due; `how` chooses among them. */
export function answer(
  { rules, run }: { rules: RunRules; run: RunState },
  { effect, how, at }: { effect: ReturnType<typeof pendingEffects>[number]; how: number; at: number },
): RunEvent {
  const { kind } = effect;
  switch (kind) {
    case "decide":
      if (how === 0) {
        return {
          kind: "failed",
          step: effect.step,
          attempt: attemptOf({ rules, run }, effect),
          at,
          ...REASON,
        };
      }
      return { kind: "decided", step: effect.step, holds: how < 7, at };
    case "spread":
      return { kind: "spread", step: effect.step, items: Array.from({ length: how % 4 }, (_, n) => n), at };
    case "launch":
      return { kind: "started", step: effect.step, at };
    case "perform":
      // Only commands are interrupted: whatever is waited for is left as it is.
      if (how === 9) return { kind: "interrupted", step: effect.step, attempt: effect.attempt, at };
      if (how < 5) {
        return { kind: "succeeded", step: effect.step, attempt: effect.attempt, again: how < 2, at };
      }
      return { kind: "failed", step: effect.step, attempt: effect.attempt, at, ...REASON };
    case "await":
      return { kind: "due", step: effect.step, at };
    case "stop":
      return { kind: "stopped", step: effect.step, attempt: effect.attempt, at };
    default:
      throw new Error(kind);
  }
}

const REASON = { reason: { kind: "exit", text: "exit code 1" } } as const;

function attemptOf({ rules, run }: { rules: RunRules; run: RunState }, { step }: { step: string }): number {
  return recordAt(run.steps, stepNumber(rules, { steps: run.steps, step })!).attempt;
}

/** An event that nobody asked for, sometimes. */
export function interruption(how: number, at: number): RunEvent | undefined {
  switch (how) {
    case 0:
      return { kind: "cancelled", by: "me", at, ...(at % 2 === 0 ? { force: true } : {}) };
    case 1:
      return { kind: "paused", by: "me", at };
    case 2:
      return { kind: "resumed", by: "me", at };
    case 3:
      return { kind: "expired", text: "late", at };
    case 4:
      return { kind: "retried", steps: [], by: "me", at, ...(at % 2 === 0 ? { goOn: true } : {}) };
    default:
      return undefined;
  }
}

/** Whether it belongs to a fan-out that was spread anew since. */
function isLeftBehind(records: readonly StepRecord[], index: number): boolean {
  const { first = Infinity, count = 0 } = records[records[index]!.of!]!;
  if (index >= first && index < first + count) return false;
  assert(ENDED.has(records[index]!.status));
  return true;
}

/** Checks what must hold in every state. */
export function check(rules: RunRules, run: RunState): void {
  const records = [...recordsOf(run.steps)];
  let active = 0;
  for (const [index, record] of records.entries()) {
    const own = rules.steps[record.of ?? index]!;
    if (record.of !== undefined && isLeftBehind(records, index)) continue;
    const working = (record.status === "running" || record.status === "waiting") &&
      record.count === undefined;
    if (working && own.definition.action.kind !== "gate") active++;
    if (record.count !== undefined) {
      const elements = records.slice(record.first!, record.first! + record.count);
      assertEquals(elements.filter(({ status }) => ENDED.has(status)).length, record.ended);
      if (own.definition.maxParallel !== undefined && own.definition.action.kind !== "gate") {
        const busy = elements.filter(({ status }) => status === "running" || status === "waiting").length;
        assert(busy <= own.definition.maxParallel, "more elements at work than may be");
      }
    }
    if (index < rules.steps.length && record.attempt > 0 && working) {
      assert(answerOfNeeds(own, record) === "met", `${own.id} runs before what it needs`);
    }
    if (own.section === "finally" && record.status !== "pending") {
      assert(run.stage === "finally" || run.stage === "done", "finally runs before the end");
    }
    assert(record.tries <= own.definition.retry.attempts, "tried more often than it may");
  }
  assertEquals(run.active, active);
  if (rules.definition.maxParallel !== undefined) assert(run.active <= rules.definition.maxParallel);
  if (run.stage !== "done") {
    const [from, to] = rules.sections[run.stage];
    assertEquals(records.slice(from, to).filter(({ status }) => !ENDED.has(status)).length, run.left);
    assert(run.left > 0, "a part that is over was not left");
    assert(pendingEffects(rules, run).length > 0, "nothing is due, and it has not ended");
  } else {
    assert(hasEnded(run));
    const [from, to] = rules.sections.finally;
    for (const { status } of records.slice(from, to)) assert(ENDED.has(status), "finally has not run");
  }
}
