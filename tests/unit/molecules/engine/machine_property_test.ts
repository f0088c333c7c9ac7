import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import type { Definition, StepDefinition } from "../../../../src/molecules/definition.ts";
import { beginRun, transition } from "../../../../src/molecules/engine/machine.ts";
import { pendingEffects } from "../../../../src/molecules/engine/pending_effects.ts";
import { rulesOf, type RunRules } from "../../../../src/molecules/engine/rules.ts";
import {
  ENDED,
  hasEnded,
  type RunEvent,
  type RunState,
  type StepRecord,
} from "../../../../src/molecules/engine/run.ts";
import { answerOfNeeds } from "../../../../src/molecules/engine/settle.ts";
import { recordAt, recordsOf } from "../../../../src/molecules/engine/step_list.ts";
import { stepNumber } from "../../../../src/molecules/engine/step_number.ts";
import { definitionOf, retry, stepOf, type StepParts } from "./definitions.ts";
import { effectText } from "./play.ts";

const IDS = ["a", "b", "c", "d", "e", "f"] as const;

const step = (at: number, prefix: string) =>
  fc.record({
    needs: at === 0
      ? fc.constant<number[]>([])
      : fc.uniqueArray(fc.integer({ min: 0, max: at - 1 }), { maxLength: 3 }),
    mode: fc.constantFrom("all", "all", "any", "quorum"),
    always: fc.boolean(),
    strict: fc.boolean(),
    when: fc.constantFrom(undefined, undefined, "x", "item"),
    fan: fc.constantFrom("no", "no", "no", "each", "matrix"),
    maxParallel: fc.constantFrom(undefined, 1, 2),
    repeat: fc.constantFrom(undefined, undefined, 2),
    attempts: fc.integer({ min: 1, max: 3 }),
    allowFailure: fc.boolean(),
    kind: fc.constantFrom("run", "run", "gate", "prompt", "molecule"),
  }).map(({ needs, mode, fan, when, maxParallel, repeat, attempts, kind, ...flags }): StepDefinition => {
    const of = needs.map((need) => `${prefix}${IDS[need]}`);
    const parts: StepParts = {
      id: `${prefix}${IDS[at]}`,
      ...flags,
      ...retry(attempts, 10),
      needs: mode === "quorum" && of.length > 0
        ? { mode, count: of.length > 1 ? 2 : 1, of }
        : { mode: mode === "any" && of.length > 0 ? "any" : "all", of },
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
  });

const section = (prefix: string, most: number) =>
  fc.integer({ min: 0, max: most }).chain((count) =>
    fc.tuple(...Array.from({ length: count }, (_, at): fc.Arbitrary<StepDefinition> => step(at, prefix)))
  );

const definitions: fc.Arbitrary<Definition> = fc.record({
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
const choices = fc.array(fc.tuple(fc.nat(), fc.nat(9), fc.nat(30)), { minLength: 20, maxLength: 120 });

function answer(
  run: RunState,
  effect: ReturnType<typeof pendingEffects>[number],
  how: number,
  at: number,
): RunEvent {
  const { kind } = effect;
  switch (kind) {
    case "decide":
      if (how === 0) {
        return { kind: "failed", step: effect.step, attempt: attemptOf(run, effect), at, ...REASON };
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
let current: RunRules;

function attemptOf(run: RunState, { step }: { step: string }): number {
  return recordAt(run.steps, stepNumber(current, { steps: run.steps, step })!).attempt;
}

function interruption(how: number, at: number): RunEvent | undefined {
  switch (how) {
    case 0:
      return { kind: "cancelled", by: "me", at };
    case 1:
      return { kind: "paused", by: "me", at };
    case 2:
      return { kind: "resumed", by: "me", at };
    case 3:
      return { kind: "expired", text: "late", at };
    case 4:
      return { kind: "retried", steps: [], by: "me", at };
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
function check(rules: RunRules, run: RunState): void {
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

/** What is due after an event: what was due and has not been answered, and what the event asks for. */
function stillDue(
  rules: RunRules,
  options: { due: readonly string[]; run: RunState; more: readonly string[] },
): string[] {
  const now = new Set(pendingEffects(rules, options.run).map(effectText));
  const all = [...options.due, ...options.more].filter((text) => now.has(text));
  return [...new Set(all)].sort();
}

describe("any run of any molecule", () => {
  it("keeps what must hold in every state, ends, and gives the same state from the same events", () => {
    fc.assert(
      fc.property(definitions, choices, (definition, picks) => {
        const rules = current = rulesOf(definition);
        const begun = beginRun(rules, { at: 0 });
        let { run } = begun;
        let due = begun.effects.map(effectText);
        const log: RunEvent[] = [];
        let at = 0;
        const step = (event: RunEvent) => {
          const text = JSON.stringify(run);
          const outcome = transition(rules, { run, event });
          assertEquals(JSON.stringify(run), text, "the state before was changed");
          if (outcome.kind !== "moved") return outcome.kind;
          const before = run;
          ({ run } = outcome);
          check(rules, run);
          due = stillDue(rules, { due, run, more: outcome.effects.map(effectText) });
          if (event.kind !== "retried") {
            assertEquals(due, pendingEffects(rules, run).map(effectText).sort(), "effects say what is due");
          } else due = pendingEffects(rules, run).map(effectText);
          assert(!hasEnded(before) || event.kind === "retried");
          log.push(event);
          return outcome.kind;
        };
        for (const [which, how, odd] of picks) {
          at++;
          const odder = interruption(odd, at);
          const pending = pendingEffects(rules, run);
          if (odder) step(odder);
          else if (pending.length > 0) step(answer(run, pending[which % pending.length]!, how, at));
        }
        // Whatever state it is in, answering what is due brings it to its end.
        for (let rest = 0; !hasEnded(run) && rest < 2_000; rest++) {
          at++;
          if (run.status === "paused") step({ kind: "resumed", by: "me", at });
          const pending = pendingEffects(rules, run);
          const moved = pending.some((effect) => step(answer(run, effect, 4, at)) === "moved");
          assert(moved, "nothing that is due can be answered");
        }
        assert(hasEnded(run));
        let again = beginRun(rules, { at: 0 }).run;
        for (const event of log) {
          const outcome = transition(rules, { run: again, event: structuredClone(event) });
          if (outcome.kind !== "moved") throw new Error(outcome.kind);
          again = outcome.run;
        }
        assertEquals(JSON.stringify(again), JSON.stringify(run));
      }),
      { numRuns: 300 },
    );
  });
});
