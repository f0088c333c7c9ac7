import { formatDuration } from "../lib/duration.ts";
import { printable, printableText } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";
import type { Definition, StepDefinition, VariableDefinition } from "../molecules/definition.ts";

/** A molecule for a person: what it is for, its variables, its steps, and how to use it. */
export function moleculeLines(style: Style, definition: Definition): string[] {
  const { name, version, source, hash, description, vars } = definition;
  const head = style.dim(`version ${version}, ${hash.slice(0, 16)}, ${printable(source)}`);
  const titled = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", style.bold(title), ...lines];
  const steps = (list: readonly StepDefinition[]) => list.flatMap((step) => stepLines(style, step));
  return [
    `${style.bold(style.cyan(name))}  ${head}`,
    ...(description === undefined ? [] : printableText(description).split("\n")),
    ...titled("Variables", vars.map((each) => variableLine(style, each))),
    ...titled("Steps", steps(definition.steps)),
    ...titled("Once it has failed", steps(definition.onFailure)),
    ...titled("At the end", steps(definition.finally)),
    "",
    style.dim(isChecklist(definition) ? `gt sling BEAD RIG --molecule ${name}` : `gt mol plan ${name}`),
  ];
}

/** Whether its steps are done by whoever holds a bead. */
function isChecklist({ steps }: Definition): boolean {
  return steps.every(({ action }) => action.kind === "checklist" || action.kind === "prompt");
}

function variableLine(style: Style, variable: VariableDefinition): string {
  const { name, required, description, type, pattern } = variable;
  const value = (given: unknown) => printable(typeof given === "string" ? given : JSON.stringify(given));
  const rules = [
    type === "string" ? "" : type,
    required ? "required" : variable.default === undefined ? "" : `default ${value(variable.default)}`,
    variable.enum === undefined ? "" : `one of ${variable.enum.map(value).join(", ")}`,
    pattern === undefined ? "" : printable(pattern),
  ].filter(Boolean).join("; ");
  const about = description === undefined ? "" : `  ${printable(description)}`;
  return `  ${style.cyan(name)}${about}${rules === "" ? "" : style.dim(`  (${rules})`)}`;
}

function stepLines(style: Style, step: StepDefinition): string[] {
  const indented = (text: string | undefined) =>
    text === undefined || text === ""
      ? []
      : printableText(text.trimEnd()).split("\n").map((line) => `      ${line}`.trimEnd());
  const notes = notesOf(step);
  return [
    `  ${style.cyan(step.id)}  ${printable(step.title.text)}${
      notes === "" ? "" : style.dim(`  ${printable(notes)}`)
    }`,
    ...indented(step.description?.text),
    ...indented(actionText(step)),
    ...indented(step.acceptance && `Finished when: ${step.acceptance.text}`),
  ];
}

/** What a step does, as it is written. */
export function actionText({ action }: StepDefinition): string {
  switch (action.kind) {
    case "run":
      return `$ ${action.command.text}`;
    case "prompt":
      return action.prompt.text;
    case "gate":
      return `waits: ${action.gate.condition.type}`;
    case "molecule":
      return `molecule ${action.molecule}`;
    case "convoy":
      return action.convoy.name ? `convoy ${action.convoy.name.text}` : "a new convoy";
    case "checklist":
      return "";
  }
}

/** After what a step comes, and how. */
function notesOf(step: StepDefinition): string {
  const { needs, when, matrix, forEach, retry, timeout } = step;
  const word = needs.mode === "all" ? "" : needs.mode === "any" ? "any of " : `${needs.count} of `;
  return [
    needs.of.length === 0 ? "" : `after ${word}${needs.of.join(", ")}`,
    when ? `when ${when.source}` : "",
    matrix ? `${matrix.length} at once` : forEach ? `for each of ${forEach.source}` : "",
    retry.attempts > 1 ? `${retry.attempts} attempts` : "",
    timeout === undefined ? "" : `within ${formatDuration(timeout)}`,
  ].filter(Boolean).join("; ");
}
