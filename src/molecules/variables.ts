import { closestWord } from "../lib/closest_word.ts";
import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import type { VariableDefinition } from "./definition.ts";
import { textProblem, typedValue } from "./variable_value.ts";

/** What asks for values: a definition, or a checklist. */
export interface Asking {
  name: string;
  vars: readonly VariableDefinition[];
}

/**
 * The value of each variable of a molecule: the given one, read as its type, else its default, else an empty text or null.
 *
 * @throws {CommandError} `variable_missing`, `variable_unknown` or `variable_refused` for one it does not take.
 */
export function variableValues(
  molecule: Asking,
  given: Readonly<Record<string, string>>,
): Record<string, Json> {
  const { values, errors: [first] } = readValues(molecule, given);
  if (first) throw first.error;
  return values;
}

/** Everything that is wrong with the values given for a molecule's variables, each with the variable's name. */
export function valueErrors(
  molecule: Asking,
  given: Readonly<Record<string, string>>,
): readonly { variable: string; error: CommandError }[] {
  return readValues(molecule, given).errors;
}

interface ReadValues {
  values: Record<string, Json>;
  errors: { variable: string; error: CommandError }[];
}

function readValues(molecule: Asking, given: Readonly<Record<string, string>>): ReadValues {
  const names = molecule.vars.map(({ name }) => name);
  const errors = Object.keys(given).filter((name) => !names.includes(name))
    .map((variable) => ({ variable, error: unknown(molecule, variable) }));
  const values = Object.fromEntries(molecule.vars.map((variable): [string, Json] => {
    const value = valueOf(molecule, { variable, given });
    if (!(value instanceof CommandError)) return [variable.name, value];
    errors.push({ variable: variable.name, error: value });
    return [variable.name, null];
  }));
  return { values, errors };
}

function valueOf(
  molecule: Asking,
  { variable, given }: { variable: VariableDefinition; given: Readonly<Record<string, string>> },
): Json | CommandError {
  const { name } = variable;
  const text = Object.hasOwn(given, name) ? given[name] : undefined;
  if (text !== undefined) return checked(molecule, { variable, text });
  return defaultValue(variable) ?? (variable.required ? missing(molecule, variable) : null);
}

/** What a variable is when no value is given; undefined where one must be. */
export function defaultValue({ default: value, required, type }: VariableDefinition): Json | undefined {
  return value !== undefined ? value : required ? undefined : type === "string" ? "" : null;
}

/** A value that is given as text; else why the variable does not take it. */
export function givenValue(
  variable: VariableDefinition,
  text: string,
): { value: Json } | { problem: string } {
  const problem = textProblem(variable, text);
  return problem === undefined ? { value: typedValue(variable, text)! } : { problem };
}

/** The same as texts, for a checklist: lists as JSON. @throws {CommandError} as {@linkcode variableValues}. */
export function valuesOf(
  molecule: Asking,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const text = (value: Json) =>
    typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
  return Object.fromEntries(
    Object.entries(variableValues(molecule, given)).map(([name, value]) => [name, text(value)]),
  );
}

function unknown(molecule: Asking, name: string): CommandError {
  const names = molecule.vars.map(({ name }) => name);
  const close = closestWord(name, names);
  return cannot(molecule, `it has no variable "${name}"`, "variable_unknown", [
    ...(close === undefined ? [] : [`Did you mean ${close}?`]),
    names.length === 0 ? "It has no variables at all" : `Variables: ${names.join(", ")}`,
  ]);
}

function missing(molecule: Asking, { name, description }: VariableDefinition): CommandError {
  return cannot(molecule, `its variable "${name}" has no value`, "variable_missing", [
    `--var ${name}=VALUE${description === undefined ? "" : `   # ${description}`}`,
  ]);
}

function checked(
  molecule: Asking,
  { variable, text }: { variable: VariableDefinition; text: string },
): Json | CommandError {
  const problem = textProblem(variable, text);
  if (problem === undefined) return typedValue(variable, text)!;
  return cannot(molecule, `"${text}" is no value of its variable "${variable.name}"`, "variable_refused", [
    problem.charAt(0).toUpperCase() + problem.slice(1),
  ]);
}

function cannot(molecule: Asking, state: string, code: string, hints: readonly string[]): CommandError {
  return new CommandError("refused", `Cannot use molecule "${molecule.name}": ${state}`, { code, hints });
}
