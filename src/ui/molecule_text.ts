import { printable, printableText } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";
import type { Molecule, Step, Variable } from "../molecules/molecule.ts";

/** A molecule for a person: what it is for, its variables, its steps, and how to use it. */
export function moleculeLines(style: Style, molecule: Molecule): string[] {
  const { name, version, source, hash, description, vars, steps } = molecule;
  return [
    `${style.bold(style.cyan(name))}  ${style.dim(`version ${version}, ${hash}, ${printable(source)}`)}`,
    ...(description === undefined ? [] : printableText(description).split("\n")),
    ...(vars.length === 0
      ? []
      : ["", style.bold("Variables"), ...vars.map((each) => variableLine(style, each))]),
    "",
    style.bold("Steps"),
    ...steps.flatMap((step) => stepLines(style, step)),
    "",
    style.dim(`gt sling BEAD RIG --molecule ${name}`),
  ];
}

function variableLine(style: Style, variable: Variable): string {
  const { name, required, description } = variable;
  const rules = [
    required ? "required" : variable.default === undefined ? "" : `default ${printable(variable.default)}`,
    variable.enum === undefined ? "" : `one of ${variable.enum.map(printable).join(", ")}`,
  ].filter(Boolean).join("; ");
  const about = description === undefined ? "" : `  ${printable(description)}`;
  return `  ${style.cyan(name)}${about}${rules === "" ? "" : style.dim(`  (${rules})`)}`;
}

function stepLines(style: Style, step: Step): string[] {
  const needs = step.needs.length === 0 ? "" : style.dim(`  after ${step.needs.join(", ")}`);
  const indented = (text: string | undefined) =>
    text === undefined ? [] : printableText(text).split("\n").map((line) => `      ${line}`.trimEnd());
  return [
    `  ${style.cyan(step.id)}  ${printable(step.title)}${needs}`,
    ...indented(step.description),
    ...indented(step.acceptance === undefined ? undefined : `Finished when: ${step.acceptance}`),
  ];
}
