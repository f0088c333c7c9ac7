import { lowerFirst } from "../../lib/lower_first.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import type { Expression, SourcePlace, Template, VariableType } from "../definition.ts";
import {
  type CompiledExpression,
  compileExpression,
  compileInsertion,
  insertionShift,
  type Read,
} from "./compile.ts";
import { ExpressionSyntaxError } from "./syntax_problem.ts";
import { placeInExpression, placeInTemplate } from "./places.ts";
import { templateParts, UnclosedInsertion } from "./template_text.ts";
import { asMap, asText, fromCel, toCel } from "./values.ts";

/** How a step stands, as expressions see it. */
export interface StepView {
  status: string;
  outputs: JsonObject;
  attempt: number;
}

/** What expressions read; what is absent cannot be read. */
export interface Scope {
  /** How the molecule's own file is named in what is said of it. */
  file?: string;
  vars: JsonObject;
  /** Types of variables; whole values of a `number` are `double` only where this says so. */
  types?: Readonly<Record<string, VariableType>>;
  steps?: Readonly<Record<string, StepView>>;
  matrix?: JsonObject;
  item?: Json;
  run?: JsonObject;
  env?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, recorded; a timestamp for expressions. */
  now?: number;
  bead?: JsonObject;
  /** How the run ended, in `finally` and `on_failure`. */
  status?: string;
  stdout?: string;
  stderr?: string;
  exit_code?: number;
}

/** An expression that failed, with its place and what it read. */
export class ExpressionError extends Error {
  /** Where in the file, if it stands in one. */
  readonly place: SourcePlace | undefined;
  readonly source: string;
  /** What it read: path and JSON, cut short. */
  readonly values: Readonly<Record<string, string>>;

  /** The message holds all of it on one line: `m.yaml:3:12: no such key: b in "vars.a.b" (vars.a = {})`. */
  constructor(
    state: string,
    options: {
      place?: SourcePlace | undefined;
      source: string;
      values?: Readonly<Record<string, string>>;
      /** How the molecule's own file is named. */
      file?: string | undefined;
      hint?: string | undefined;
    },
  ) {
    const { place, source, values = {}, hint } = options;
    const file = place?.file ?? options.file;
    const at = place ? `${file ? `${file}:` : ""}${place.line}:${place.column}: ` : "";
    const read = Object.entries(values).map(([path, value]) => `${path} = ${value}`).join(", ");
    super(
      `${at}${state} in "${source}"${read === "" ? "" : ` (${read})`}${
        hint === undefined ? "" : `; ${hint}`
      }`,
    );
    this.name = "ExpressionError";
    this.place = place;
    this.source = source;
    this.values = values;
  }
}

/** The value of an expression. @throws {ExpressionError} */
export function evaluate(expression: Expression, scope: Scope): Json {
  const { source } = expression;
  return value({
    compile: () => compileExpression(source),
    source,
    placeOf: (offset) => placeInExpression(expression, offset),
    scope,
  });
}

/** Whether a condition holds. @throws {ExpressionError} also when it gives neither true nor false. */
export function holds(expression: Expression, scope: Scope): boolean {
  const given = evaluate(expression, scope);
  if (typeof given === "boolean") return given;
  throw unsuited(`expected true or false, found ${shown(given)}`, { expression, scope });
}

/** The most elements a fan-out may have. */
const MOST_ELEMENTS = 100_000;

/** What a step is done for, one by one. @throws {ExpressionError} also when it is no list, or one that is too long. */
export function elements(expression: Expression, scope: Scope): readonly Json[] {
  const given = evaluate(expression, scope);
  if (!Array.isArray(given)) {
    throw unsuited(`expected a list, found ${shown(given)}`, { expression, scope });
  }
  if (given.length > MOST_ELEMENTS) {
    throw unsuited(`${given.length} elements, and there may be ${MOST_ELEMENTS}`, { expression, scope });
  }
  return given;
}

function unsuited(
  state: string,
  { expression, scope }: { expression: Expression; scope: Scope },
): ExpressionError {
  const values = valuesOf(compileExpression(expression.source), scope);
  return new ExpressionError(state, { ...expression, values, file: scope.file });
}

/** The value of a template: that of its only `{{ }}` where nothing else stands, else its text. @throws {ExpressionError} */
export function evaluateTemplate(template: Template, scope: Scope): Json {
  const parts = partsOf(template);
  const only = parts.length === 1 ? parts[0]! : undefined;
  if (only && "source" in only) return valueOfInsertion(only, { template, index: 0, scope });
  return textOf(template, { parts, scope });
}

/** A template with every `{{ }}` replaced by its value as text. @throws {ExpressionError} */
export function fill(template: Template, scope: Scope): string {
  return textOf(template, { parts: partsOf(template), scope });
}

type Parts = ReturnType<typeof templateParts>;

function partsOf(template: Template): Parts {
  try {
    return templateParts(template.text);
  } catch (error) {
    if (!(error instanceof UnclosedInsertion)) throw error;
    throw new ExpressionError(error.message, { source: template.text.slice(error.at, error.at + 60) });
  }
}

function textOf(template: Template, { parts, scope }: { parts: Parts; scope: Scope }): string {
  let index = 0;
  return parts.map((part) =>
    "text" in part ? part.text : asText(valueOfInsertion(part, { template, index: index++, scope }))
  ).join("");
}

function valueOfInsertion(
  part: { source: string; at: number; from: number },
  { template, index, scope }: { template: Template; index: number; scope: Scope },
): Json {
  const { source, at: braces, from } = part;
  return value({
    compile: () => compileInsertion(source),
    source,
    placeOf: (offset) => placeInTemplate(template, { index, braces, offset: from + offset }),
    scope,
  });
}

function value(options: {
  compile: () => CompiledExpression;
  source: string;
  /** Where an offset of the source stands. */
  placeOf: (offset: number) => SourcePlace | undefined;
  scope: Scope;
}): Json {
  const { compile, source, placeOf, scope } = options;
  let compiled: CompiledExpression | undefined;
  try {
    compiled = compile();
    return fromCel(compiled.run(contextFor(compiled, scope)));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const offset = error instanceof ExpressionSyntaxError
      ? error.offset
      : (error as { range?: { start: number } }).range?.start ?? 0;
    const shift = compiled ? insertionShift(source, compiled) : 0;
    const values = compiled ? valuesOf(compiled, scope) : {};
    throw new ExpressionError(stateOf(error), {
      place: placeOf(Math.max(0, offset - shift)),
      source,
      values,
      file: scope.file,
      hint: compiled && absentHint(compiled, { error, scope }),
    });
  }
}

/** What to ask first: how a step stands that has not given an output, or a name that the environment does not have. */
function absentHint(
  { reads }: CompiledExpression,
  { error, scope: { steps = {}, env = {} } }: { error: Error; scope: Scope },
): string | undefined {
  if (!/^No such key/i.test(error.message)) return undefined;
  for (const { path: [root, id, field, output], isAsked } of reads) {
    if (root === "env" && id !== undefined && !isAsked && !Object.hasOwn(env, id)) {
      return `${id} was not set when the run began: ask has(env.${id}) first`;
    }
    if (root !== "steps" || id === undefined || field !== "outputs" || output === undefined) continue;
    if (isAsked || !Object.hasOwn(steps, id) || Object.keys(steps[id]!.outputs).length > 0) continue;
    const path = `steps${/^[A-Za-z_]\w*$/.test(id) ? `.${id}` : `["${id}"]`}.outputs.${output}`;
    return `"${id}" ${standing(steps[id]!)}: ask has(${path}) first`;
  }
  return undefined;
}

function standing({ status }: StepView): string {
  if (status === "succeeded") return "has succeeded without it, as a gate does when its time is over";
  return status === "failed" ? "has failed" : `was ${status}`;
}

function stateOf(error: Error): string {
  const summary = (error as { summary?: string }).summary ?? error.message;
  // The size of an empty list is undefined there.
  return lowerFirst(
    summary.split("\n")[0]!.replace(/dyn<([^<>]+)>/g, "$1").replace(/>= size undefined$/, ">= size 0"),
  );
}

/** Only what the expression reads: a run may have ten thousand steps. */
function contextFor({ reads }: CompiledExpression, scope: Scope): Record<string, unknown> {
  const context: Record<string, unknown> = Object.create(null);
  let steps: Record<string, unknown> | undefined;
  for (const { path } of reads) {
    const root = path[0]!;
    if (root === "steps") addSteps(steps ??= Object.create(null) as Record<string, unknown>, { path, scope });
    else if (!(root in context)) {
      const given = rootValue(root, scope);
      if (given !== undefined) context[root] = given;
    }
  }
  if (steps) context.steps = asMap(steps);
  return context;
}

/** Adds the step that a path names; all of them where it names none. */
function addSteps(
  to: Record<string, unknown>,
  { path: [, id], scope: { steps = {} } }: { path: readonly string[]; scope: Scope },
): void {
  for (const name of id === undefined ? Object.keys(steps) : [id]) {
    if (Object.hasOwn(steps, name)) to[name] = toCel(steps[name]);
  }
}

function rootValue(root: string, scope: Scope): unknown {
  if (root === "now") return scope.now === undefined ? undefined : momentOf(scope.now);
  if (root === "vars") return varsOf(scope);
  return Object.hasOwn(scope, root) ? toCel(scope[root as keyof Scope]) : undefined;
}

/** A timestamp of CEL, made by CEL: nothing here takes the time. */
function momentOf(ms: number): unknown {
  const text = compileExpression("timestamp(seconds)").run({ seconds: BigInt(Math.floor(ms / 1_000)) });
  const rest = ((ms % 1_000) + 1_000) % 1_000;
  (text as { setUTCMilliseconds(value: number): void }).setUTCMilliseconds(rest);
  return text;
}

function varsOf({ vars, types = {} }: Scope): unknown {
  return asMap(Object.fromEntries(
    Object.entries(vars).map(([name, given]) => [name, toCel(given, { asDouble: types[name] === "number" })]),
  ));
}

const LONGEST_VALUE = 80;

function valuesOf({ reads }: CompiledExpression, scope: Scope): Record<string, string> {
  const values: Record<string, string> = {};
  for (const read of reads) {
    const [path, found] = lookUp(read, scope);
    if (found !== undefined) values[path] = shown(found);
  }
  return values;
}

/** The longest part of a path that exists, and what is there. */
function lookUp({ path }: Read, scope: Scope): [string, unknown] {
  const root = path[0]!;
  let found: unknown = Object.hasOwn(scope, root) ? scope[root as keyof Scope] : undefined;
  if (found === undefined) return [root, undefined];
  let depth = 1;
  for (; depth < path.length; depth++) {
    const word = path[depth]!;
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, word)) break;
    found = (found as Record<string, unknown>)[word];
  }
  // The whole of `vars` or `steps` says nothing, and is long.
  if (depth === 1 && path.length > 1) return [root, undefined];
  return [path.slice(0, depth).join("."), found];
}

function shown(given: unknown): string {
  const json = JSON.stringify(given) ?? String(given);
  return json.length > LONGEST_VALUE ? `${json.slice(0, LONGEST_VALUE)}…` : json;
}
