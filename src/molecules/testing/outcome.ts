import { parseDuration } from "../../lib/duration.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import type { GateCondition, StepDefinition, Template } from "../definition.ts";
import { reasonOf } from "../engine/steps/trouble.ts";
import { timeLimit } from "../machine/budget.ts";
import { momentOf } from "../engine/gates/gate_step.ts";
import { unopened } from "../engine/gates/unopened.ts";
import type { Language } from "../engine/steps/language.ts";
import { succeeded } from "../engine/steps/outputs.ts";
import type { LoggedEvent } from "../engine/journal/run_log.ts";
import type { Reason } from "../machine/run.ts";
import type { StepAt } from "../engine/journal/step_at.ts";
import type { Scope } from "../expressions/evaluate.ts";
import { defaultReason } from "./default_reason.ts";
import type { WrittenResult } from "./schema.ts";

/** How an attempt ends, and when; without an event it never does. */
export interface AttemptOutcome {
  /** The command, the prompt, or what a person is asked. */
  text?: string;
  at: number;
  event?: LoggedEvent;
}

interface Attempt {
  step: StepAt;
  scope: Scope;
  result: WrittenResult;
  /** When it begins, in ms since the epoch. */
  now: number;
}

/** How an attempt ends whose result is given. */
export function attemptOutcome(language: Language, attempt: Attempt): AttemptOutcome {
  const { step, now } = attempt;
  const { id, attempt: number, definition } = step;
  const fail = (reason: Reason): LoggedEvent => ({ kind: "failed", step: id, attempt: number, reason });
  try {
    const text = textOf(language, attempt);
    const shown = text === undefined ? {} : { text };
    const ends = endOf(language, attempt);
    const limit = timeLimit(definition, { record: step.record, now });
    if (ends < (limit?.at ?? Infinity)) return { ...shown, at: ends, event: endingOf(language, attempt) };
    return limit ? { ...shown, at: limit.at, event: tooLate(limit.reason) } : { ...shown, at: now };
  } catch (error) {
    return { at: now, event: fail(reasonOf(error)) };
  }

  function tooLate(reason: Reason): LoggedEvent {
    const { action } = definition;
    if (action.kind !== "gate") return fail(reason);
    if (action.gate.onTimeout === "succeed") return done(language, { attempt, given: {} });
    return fail(unopened(definition.timeout!));
  }
}

/** What is worked out when it begins; all of it, so that an expression that fails is found. */
function textOf(language: Language, { step: { definition }, scope }: Attempt): string | undefined {
  const fill = (template: Template | undefined) => template && language.fill(template, scope);
  const { action } = definition;
  fill(definition.title);
  switch (action.kind) {
    case "run":
      for (const template of [action.cwd, action.stdin, ...Object.values(definition.env)]) fill(template);
      return fill(action.command);
    case "prompt":
      return fill(action.prompt);
    case "molecule":
      for (const template of Object.values(action.with)) fill(template);
      return undefined;
    case "gate":
      return textOfGate(action.gate.condition, fill);
    case "convoy":
    case "checklist":
      return undefined;
  }
}

function textOfGate(
  condition: GateCondition,
  fill: (template: Template | undefined) => string | undefined,
): string | undefined {
  if (condition.type === "human") return fill(condition.message);
  return condition.type === "command" ? fill(condition.command) : undefined;
}

/** When it ends by itself; a timer and a cron line at their time unless the case says otherwise. */
function endOf(language: Language, { step, scope, result, now }: Attempt): number {
  const { action } = step.definition;
  if (result.waits) return Infinity;
  if (result.takes !== undefined) return now + parseDuration(result.takes)!;
  if (action.kind !== "gate" || result.fails !== undefined) return now;
  const { condition } = action.gate;
  if (condition.type !== "timer" && condition.type !== "cron") return now;
  return momentOf({ language }, { order: { step, scope }, condition });
}

function endingOf(language: Language, attempt: Attempt): LoggedEvent {
  const { step, result } = attempt;
  const { exit = 0 } = result;
  if (result.fails === undefined && exit === 0) {
    return done(language, { attempt, given: (result.outputs ?? {}) as JsonObject });
  }
  const { fails = "exit" } = result;
  const code = fails === "exit" ? exit || 1 : undefined;
  const reason = defaultReason(step.definition, { fails, code });
  return {
    kind: "failed",
    step: step.id,
    attempt: step.attempt,
    reason: result.reason === undefined ? reason : { ...reason, text: result.reason },
    ...(code === undefined ? {} : { code }),
  };
}

function done(
  language: Language,
  { attempt: { step, scope, result }, given }: { attempt: Attempt; given: JsonObject },
): LoggedEvent {
  if (step.definition.action.kind !== "run") {
    return succeeded(language, { step, scope, given: { ...givenBy(step.definition), ...given } });
  }
  const { stdout = "", stderr = "" } = result;
  const whole = { ...scope, stdout: String(stdout), stderr: String(stderr), exit_code: 0 };
  return succeeded(language, { step, scope: whole, code: 0 });
}

/** What a gate says by itself. */
function givenBy({ action }: StepDefinition): Record<string, Json> {
  if (action.kind !== "gate") return {};
  switch (action.gate.condition.type) {
    case "human":
      return { by: "overseer", comment: "" };
    case "bead":
      return { reason: "" };
    default:
      return {};
  }
}
