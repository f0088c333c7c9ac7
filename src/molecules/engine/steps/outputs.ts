import type { JsonObject } from "../../../lib/json.ts";
import type { Scope } from "../../expressions/evaluate.ts";
import type { Language } from "./language.ts";
import type { LoggedEvent } from "../journal/run_log.ts";
import type { StepAt } from "../journal/step_at.ts";

/** The event that an attempt has succeeded, with the outputs it gives and whether it is to be repeated. */
export function succeeded(
  language: Language,
  { step, scope, given = {}, code }: { step: StepAt; scope: Scope; given?: JsonObject; code?: number },
): LoggedEvent {
  const { id, attempt, definition } = step;
  try {
    const outputs: JsonObject = {
      ...given,
      ...Object.fromEntries(
        definition.outputs.flatMap(({ name, value }) =>
          value === undefined ? [] : [[name, language.evaluateTemplate(value, scope)]]
        ),
      ),
    };
    const missing = definition.outputs.find(({ name }) => !Object.hasOwn(outputs, name));
    if (missing) {
      return {
        kind: "failed",
        step: id,
        attempt,
        reason: { kind: "failed", text: `it gave no "${missing.name}"` },
      };
    }
    const { repeat } = definition;
    const again = repeat && !language.holds(repeat.until, withOwn(scope, { step, outputs }));
    return {
      kind: "succeeded",
      step: id,
      attempt,
      ...(Object.keys(outputs).length > 0 ? { outputs } : {}),
      ...(code === undefined ? {} : { code }),
      ...(repeat ? { again: again === true } : {}),
    };
  } catch (error) {
    return {
      kind: "failed",
      step: id,
      attempt,
      ...(code === undefined ? {} : { code }),
      ...wrongExpression(error),
    };
  }
}

/** Why an expression failed, as the reason of a step; anything else that was thrown goes on. */
export function wrongExpression(error: unknown): { reason: { kind: "expression"; text: string } } {
  if (error instanceof Error && error.name === "ExpressionError") {
    return { reason: { kind: "expression", text: error.message } };
  }
  throw error;
}

/** `until` reads the outputs that the step has just given as its own; an element's under the name of the whole. */
function withOwn(scope: Scope, { step, outputs }: { step: StepAt; outputs: JsonObject }): Scope {
  const { attempt, definition: { id } } = step;
  const own = { status: "succeeded", outputs, attempt };
  const steps = new Proxy(scope.steps ?? {}, {
    get: (target, name) => name === id ? own : Reflect.get(target, name),
    has: (target, name) => name === id || Reflect.has(target, name),
    getOwnPropertyDescriptor: (target, name) =>
      name === id
        ? { value: own, enumerable: true, configurable: true }
        : Reflect.getOwnPropertyDescriptor(target, name),
  });
  return { ...scope, steps };
}
