import { parseDuration } from "../../lib/duration.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import type { Definition } from "../definition.ts";
import { languageFor } from "../engine/steps/language.ts";
import { child, entriesOf, type Field, keyPlaceOf, placeOf, textOf } from "../language/field.ts";
import { suggestion } from "../language/problem.ts";
import { defaultValue, givenValue } from "../variables.ts";
import type { Setting } from "./play.ts";
import type { Complain } from "./complain.ts";
import { readResults } from "./results.ts";
import type { WrittenCase, WrittenGiven } from "./schema.ts";

/** When a case begins that does not say when. */
const BEGIN = Date.UTC(2026, 0, 1);

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
  const results = readResults(definition, { written: given && child(given, "steps"), complain });
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
    results,
  };
}

function valuesOf(
  { vars: declared }: Definition,
  { given, vars, complain }: {
    given: Field<unknown>;
    vars: Field<NonNullable<WrittenGiven["vars"]>> | undefined;
    complain: Complain;
  },
): JsonObject | undefined {
  const values = new Map<string, Json>();
  let isSound = true;
  const refuse: Complain = (place, message) => {
    complain(place, `vars: ${message}`);
    isSound = false;
  };
  const names = declared.map(({ name }) => name);
  for (const [name, field] of entriesOf(vars)) {
    const variable = declared.find((each) => each.name === name);
    if (!variable) refuse(keyPlaceOf(field), `there is no variable "${name}"${suggestion(name, names)}`);
    else {
      const text = typeof field.value === "object" ? JSON.stringify(field.value) : textOf(field);
      const read = givenValue(variable, text);
      if ("problem" in read) refuse(placeOf(field), `${name}: ${read.problem}`);
      else values.set(name, read.value);
    }
  }
  const have = new Set(entriesOf(vars).map(([name]) => name));
  for (const variable of declared.filter(({ name }) => !have.has(name))) {
    const value = defaultValue(variable);
    if (value === undefined) {
      refuse(vars ? keyPlaceOf(vars) : placeOf(given), `"${variable.name}" has no value`);
    } else values.set(variable.name, value);
  }
  return isSound ? Object.fromEntries(names.map((name) => [name, values.get(name)!])) : undefined;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

function beginOf(given: Field<WrittenGiven> | undefined, complain: Complain): number | undefined {
  const at = given && child(given, "at");
  if (!at) return BEGIN;
  const ms = MOMENT.test(at.value) ? Date.parse(at.value) : NaN;
  if (!Number.isNaN(ms)) return ms;
  complain(placeOf(at), `at: expected a moment such as 2026-01-31T09:00:00Z, found "${at.value}"`);
  return undefined;
}
