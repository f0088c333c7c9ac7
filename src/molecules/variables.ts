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
  refuseUnknown(molecule, given);
  return Object.fromEntries(molecule.vars.map((variable) => {
    const { name, type, required } = variable;
    const text = Object.hasOwn(given, name) ? given[name] : undefined;
    if (text !== undefined) return [name, checked(molecule, { variable, text })];
    if (variable.default !== undefined) return [name, variable.default];
    if (required) throw missing(molecule, variable);
    return [name, type === "string" ? "" : null];
  }));
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

function refuseUnknown(molecule: Asking, given: Readonly<Record<string, string>>): void {
  const names = molecule.vars.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const close = closestWord(unknown, names);
  throw cannot(molecule, `it has no variable "${unknown}"`, "variable_unknown", [
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
): Json {
  const problem = textProblem(variable, text);
  if (problem === undefined) return typedValue(variable, text)!;
  throw cannot(molecule, `"${text}" is no value of its variable "${variable.name}"`, "variable_refused", [
    problem.charAt(0).toUpperCase() + problem.slice(1),
  ]);
}

function cannot(molecule: Asking, state: string, code: string, hints: readonly string[]): CommandError {
  return new CommandError("refused", `Cannot use molecule "${molecule.name}": ${state}`, { code, hints });
}
