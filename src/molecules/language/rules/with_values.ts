import type { VariableDefinition } from "../../definition.ts";
import { textProblem, typeInWords } from "../../variable_value.ts";
import type { Draft, DraftStep } from "../draft.ts";
import { type Report, suggestion } from "../problem.ts";

/** Values that a nested molecule has no variable for, lacks, or does not take, as far as they are known before a run. */
export function checkValues(
  { step, nested: at }: DraftStep,
  { nested, name, report }: { nested: Draft; name: string; report: Report },
): void {
  const values = step.action.kind === "molecule" ? step.action.with : {};
  const vars = new Map(nested.vars.map(({ variable }) => [variable.name, variable]));
  for (const given of at!.with) {
    const variable = vars.get(given.name);
    if (!variable) {
      const message = `with: "${name}" has no variable "${given.name}"${
        suggestion(given.name, [...vars.keys()])
      }`;
      report.error(given.place, { rule: "with", message });
      continue;
    }
    const problem = problemOf(variable, { isList: given.isList, text: values[given.name]!.text });
    if (problem === undefined) continue;
    report.error(given.valuePlace, { rule: "with", message: `${given.name}: ${problem}` });
  }
  for (const variable of vars.values()) {
    if (!variable.required || Object.hasOwn(values, variable.name)) continue;
    report.error(at!.place, {
      rule: "with",
      message: `with: "${name}" needs a value for "${variable.name}"`,
    });
  }
}

function problemOf(
  variable: VariableDefinition,
  { isList, text }: { isList: boolean; text: string },
): string | undefined {
  if (isList) return variable.type === "list" ? undefined : `expected ${typeInWords(variable)}, found a list`;
  return text.includes("{{") ? undefined : textProblem(variable, text);
}
