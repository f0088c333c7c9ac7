import type { Json, JsonObject } from "../../../lib/json.ts";
import { CommandError } from "../../../lib/errors.ts";
import type { Definition, Template } from "../../definition.ts";
import { variableProblem } from "../../variable_value.ts";
import { variableValues } from "../../variables.ts";
import type { Order, PerformDeps } from "./performance.ts";

/** The values of the variables of a nested run. @throws {CommandError} `variable_refused` and the like. */
export function nestedValues(
  { language }: Pick<PerformDeps, "language">,
  options: { definition: Definition; with: Readonly<Record<string, Template>>; scope: Order["scope"] },
): JsonObject {
  const { definition, scope } = options;
  const given = Object.entries(options.with).map(([name, template]): [string, Json] => [
    name,
    language.evaluateTemplate(template, scope),
  ]);
  const texts = given.filter(([, value]) => typeof value === "string") as [string, string][];
  // A value that is given is asked for no more, whatever its type is.
  const others = Object.fromEntries(given.filter(([, value]) => typeof value !== "string"));
  const rest = definition.vars.filter(({ name }) => !Object.hasOwn(others, name));
  for (const variable of definition.vars) {
    const value = others[variable.name];
    const problem = value === undefined
      ? undefined
      : variableProblem(variable, coerced(variable.type, value));
    if (problem !== undefined) {
      throw new CommandError(
        "refused",
        `Cannot use molecule "${definition.name}": "${variable.name}": ${problem}`,
        {
          code: "variable_refused",
        },
      );
    }
  }
  const known = Object.fromEntries(
    definition.vars.flatMap(({ name, type }) => {
      const value = others[name];
      return value === undefined ? [] : [[name, coerced(type, value)]];
    }),
  );
  return { ...variableValues({ ...definition, vars: rest }, Object.fromEntries(texts)), ...known };
}

/** Numbers and truths are fine where text is asked for. */
function coerced(type: string, value: Json): Json {
  return type === "string" && (typeof value === "number" || typeof value === "boolean")
    ? String(value)
    : value;
}
