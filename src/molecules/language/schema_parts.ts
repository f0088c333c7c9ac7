import * as v from "valibot";
import { durationPattern } from "../../lib/duration.ts";
import { plainHint } from "./plain_braces.ts";
import {
  durationHint,
  expressionHint,
  flagHint,
  listHint,
  mapHint,
  nameHint,
  numberHint,
  textHint,
  type ValueHint,
  wordHint,
} from "./value_hints.ts";

/** `expected a list, found the number 3; write [3]`: the message of a value that is not what it should be. */
export function expected(what: string, hint?: ValueHint): (issue: { input: unknown }) => string {
  return ({ input }) => {
    const braces = typeof input === "string" ? plainHint(input) : undefined;
    return `expected ${what}, found ${shownValue(input)}${braces ?? hint?.(input) ?? ""}`;
  };
}

/** A value as a person would name it. */
export function shownValue(input: unknown): string {
  if (input === null || input === undefined) return "nothing";
  if (Array.isArray(input)) return input.length === 0 ? "an empty list" : "a list";
  if (typeof input === "object") return Object.keys(input).length === 0 ? "an empty map" : "a map";
  if (typeof input === "string") return input.trim() === "" ? "an empty text" : JSON.stringify(input);
  return `the ${typeof input} ${String(input)}`;
}

/** A map with these keys and no others; its message is the list of them, from which a misspelt one is explained. */
export function closedMap<const Entries extends v.ObjectEntries>(
  entries: Entries,
  /** The key that one value in its place is mostly meant for, where none of them is needed. */
  { mostly }: { mostly?: keyof Entries & string } = {},
) {
  const known = Object.keys(entries).join(" ");
  const required = Object.entries(entries).flatMap(([name, { type }]) => type === "optional" ? [] : [name]);
  const needed = mostly === undefined ? required : [mostly];
  const aMap = expected("a map", mapHint(needed));
  return v.strictObject(entries, (issue) => issue.expected === "Object" ? aMap(issue) : known);
}

/** A text with `{{ }}`; a number or a truth value counts as it is written. */
export const text = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], expected("text", textHint)),
  v.description("Text, with {{ }} where a value belongs."),
);

/** A CEL expression. */
export const expression = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], expected("an expression")),
  v.description("A CEL expression."),
);

/** A CEL expression that gives a list. */
export const listExpression = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], expected("an expression", expressionHint)),
  v.description("A CEL expression."),
);

const aDuration = expected("a duration such as 90s or 1h30m", durationHint);

/** `90s`, `1h30m`. */
export const duration = v.pipe(
  v.string(aDuration),
  v.regex(durationPattern, aDuration),
);

/** A duration in which something can happen. */
export const limit = v.pipe(
  v.string(aDuration),
  v.regex(
    new RegExp(`^(?=.*[1-9])${durationPattern.source.slice(1)}`),
    (issue) =>
      durationPattern.test(issue.input) ? expected("a duration of more than 0")(issue) : aDuration(issue),
  ),
);

/** Plain text that says something. */
export const words = v.pipe(v.string(expected("text")), v.nonEmpty(expected("text")));

/** True or false. */
export const flag = v.boolean(expected("true or false", flagHint));

const aCount = expected("a whole number, 1 or more", numberHint);

/** A whole number, 1 or more. */
export const count = v.pipe(
  v.number(aCount),
  v.integer(aCount),
  v.minValue(1, aCount),
  v.maxValue(Number.MAX_SAFE_INTEGER, expected(`a whole number up to ${Number.MAX_SAFE_INTEGER}`)),
);

/** A number, 0 or more. */
export const amount = v.pipe(
  v.number(expected("a number, 0 or more")),
  v.minValue(0, expected("a number, 0 or more")),
  v.maxValue(Number.MAX_SAFE_INTEGER, expected(`a number up to ${Number.MAX_SAFE_INTEGER}`)),
);

/** A list that holds something. */
export function listOf<const Item extends v.GenericSchema>(item: Item, what: string) {
  return v.pipe(
    v.array(item, expected(`a list of ${what}`, listHint)),
    v.minLength(1, expected(`a list of ${what}`)),
  );
}

/** Names in an environment. */
export const environmentName = v.pipe(
  v.string(expected("a name of letters, digits and _")),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, expected("a name of letters, digits and _")),
);

const NO_LIST = "; write NAME: VALUE, without -";

/** A map from names of letters, digits and `_`. */
export function namedMap<const Value extends v.GenericSchema>(value: Value, what: string) {
  const record = v.record(v.string(), value, expected(what, (input) => Array.isArray(input) ? NO_LIST : ""));
  const run: typeof record["~run"] = (dataset, config) => {
    if (!Array.isArray(dataset.value)) return record["~run"](dataset, config);
    // To the library a list is a map with its positions as names.
    v._addIssue(record, "type", dataset, config);
    return dataset as unknown as ReturnType<typeof run>;
  };
  return { ...record, "~run": run };
}

const anId = expected("an id of a-z, 0-9, - and _", nameHint(/[^a-z0-9_]+/g));

/** The id of a step: `run-tests`, `run_tests`. */
export const stepId = v.pipe(
  v.string(anId),
  v.regex(/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/, anId),
);

/** Ids of steps. */
export const stepIds = v.array(
  v.string(expected("the id of a step")),
  expected("a list of ids of steps", listHint),
);

/** Ids of steps, one at least. */
export const someStepIds = v.pipe(stepIds, v.minLength(1, expected("a list of ids of steps")));

/** One of some words. */
export function oneOf<const Words extends readonly string[]>(choices: Words) {
  return v.picklist(choices, expected(`one of ${choices.join(", ")}`, wordHint(choices)));
}

/** An optional key with what it is for. */
export function key<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.optional(v.pipe(schema, v.description(description)));
}
