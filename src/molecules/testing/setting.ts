import { CommandError } from "../../lib/errors.ts";
import { parseDuration } from "../../lib/duration.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import type { Definition, StepDefinition } from "../definition.ts";
import { languageFor } from "../engine/steps/language.ts";
import { child, entriesOf, type Field, keyPlaceOf, placeOf } from "../language/field.ts";
import { suggestion } from "../language/problem.ts";
import { outputNames } from "../step_outputs.ts";
import { variableValues } from "../variables.ts";
import type { Setting } from "./play.ts";
import type { Complain } from "./complain.ts";
import type { WrittenCase, WrittenGiven, WrittenResult } from "./schema.ts";

/** When a case begins that does not say when. */
const BEGIN = Date.UTC(2026, 0, 1);

/** The steps of all parts of a molecule. */
export function allSteps({ steps, onFailure, finally: last }: Definition): StepDefinition[] {
  return [...steps, ...onFailure, ...last];
}

/** What a case gives; undefined when it cannot be given, which is said. */
export async function settingOf(
  definition: Definition,
  { written, complain }: { written: Field<WrittenCase>; complain: Complain },
): Promise<Setting | undefined> {
  const given = child(written, "given");
  const values = valuesOf(definition, {
    given: given ?? written,
    vars: given && child(given, "vars"),
    complain,
  });
  const at = beginOf(given, complain);
  const results = resultsOf(definition, { given, complain });
  if (!values || at === undefined || !results) return undefined;
  const cancel = parseDuration(given?.value.cancel ?? "");
  const { env = {}, bead } = given?.value ?? {};
  return {
    definition,
    language: await languageFor(definition),
    values,
    environment: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])),
    bead: { id: bead?.id ?? "app-1", title: bead?.title ?? "A bead" },
    at,
    ...(cancel === undefined ? {} : { cancel }),
    resultOf: ({ id, definition: { id: whole }, attempt }) => {
      const result = results.get(id) ?? results.get(whole);
      return Array.isArray(result) ? result[Math.min(attempt, result.length) - 1] : result;
    },
  };
}

function valuesOf(
  definition: Definition,
  { given, vars, complain }: {
    given: Field<unknown>;
    vars: Field<NonNullable<WrittenGiven["vars"]>> | undefined;
    complain: Complain;
  },
): JsonObject | undefined {
  const texts = entriesOf(vars).map(([name, { value }]) => [
    name,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  try {
    return variableValues(definition, Object.fromEntries(texts));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    complain(placeOf(vars ?? given), `vars: ${error.message}`);
    return undefined;
  }
}

function beginOf(given: Field<WrittenGiven> | undefined, complain: Complain): number | undefined {
  const at = given && child(given, "at");
  if (!at) return BEGIN;
  const ms = Date.parse(at.value);
  if (!Number.isNaN(ms)) return ms;
  complain(placeOf(at), `at: expected a moment such as 2026-01-31T09:00:00Z, found "${at.value}"`);
  return undefined;
}

function resultsOf(
  definition: Definition,
  { given, complain }: { given: Field<WrittenGiven> | undefined; complain: Complain },
): Map<string, WrittenResult | readonly WrittenResult[]> | undefined {
  const steps = allSteps(definition);
  const results = entriesOf(given && child(given, "steps"));
  let isSound = true;
  for (const [name, field] of results) {
    const step = steps.find(({ id }) => id === name.replace(/\[\d+\]$/, ""));
    const problem = step
      ? resultProblem(step, [field.value].flat() as WrittenResult[])
      : unknownStep(name, steps);
    if (problem === undefined) continue;
    complain(keyPlaceOf(field), problem);
    isSound = false;
  }
  return isSound ? new Map(results.map(([name, { value }]) => [name, value as WrittenResult])) : undefined;
}

/** That there is no such step, and which may have been meant. */
export function unknownStep(name: string, steps: readonly StepDefinition[]): string {
  return `there is no step "${name}"${suggestion(name, steps.map(({ id }) => id))}`;
}

const OF_COMMANDS: readonly (keyof WrittenResult)[] = ["exit", "stdout", "stderr"];

function resultProblem(step: StepDefinition, results: readonly WrittenResult[]): string | undefined {
  const { id, action } = step;
  const isCommand = action.kind === "run";
  const known = outputNames(step);
  for (const result of results) {
    const wrong = Object.keys(result).find((key) =>
      isCommand ? key === "outputs" : (OF_COMMANDS as readonly string[]).includes(key)
    );
    if (wrong !== undefined) {
      return isCommand
        ? `"${id}" is a command: its outputs are made of what it prints; give "stdout"`
        : `"${id}" is no command: "${wrong}" means nothing for it`;
    }
    const extra = Object.keys(result.outputs ?? {}).find((name) => !known.includes(name));
    if (extra !== undefined) return `"${id}" has no output "${extra}"${suggestion(extra, known)}`;
  }
  return undefined;
}

/** A value as somebody would write it. */
export function shownJson(value: Json | undefined): string {
  if (value === undefined) return "none";
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
