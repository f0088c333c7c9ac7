import { closestWord } from "../lib/closest_word.ts";
import { CommandError } from "../lib/errors.ts";
import type { Molecule, Variable } from "./molecule.ts";

/**
 * The value of each variable of a molecule: the given one, else its default, else nothing.
 *
 * @throws {CommandError} `variable_missing`, `variable_unknown` or `variable_refused` for one not among its values.
 */
export function valuesOf(
  molecule: Molecule,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = molecule.vars.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const close = closestWord(unknown, names);
    throw cannot(molecule, `it has no variable "${unknown}"`, "variable_unknown", [
      ...(close === undefined ? [] : [`Did you mean ${close}?`]),
      names.length === 0 ? "It has no variables at all" : `Variables: ${names.join(", ")}`,
    ]);
  }
  return Object.fromEntries(molecule.vars.map((variable) => {
    const value = Object.hasOwn(given, variable.name) ? given[variable.name] : variable.default;
    return [variable.name, checked(molecule, { variable, value })];
  }));
}

function checked(molecule: Molecule, options: { variable: Variable; value: string | undefined }): string {
  const { variable: { name, required, enum: choices, description }, value } = options;
  if (value === undefined) {
    if (!required) return "";
    throw cannot(molecule, `its variable "${name}" has no value`, "variable_missing", [
      `--var ${name}=VALUE${description === undefined ? "" : `   # ${description}`}`,
    ]);
  }
  if (choices === undefined || choices.includes(value)) return value;
  throw cannot(molecule, `"${value}" is no value of its variable "${name}"`, "variable_refused", [
    `It takes one of ${choices.join(", ")}`,
  ]);
}

function cannot(molecule: Molecule, state: string, code: string, hints: readonly string[]): CommandError {
  return new CommandError("refused", `Cannot use molecule "${molecule.name}": ${state}`, { code, hints });
}
