import type { Json } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import type { VariableDefinition, VariableType } from "../definition.ts";
import { ROOTS } from "../expressions/compile.ts";
import { variableProblem } from "../variable_value.ts";
import type { DraftVariable } from "./draft.ts";
import { checkNumber, child, entriesOf, type Field, itemsOf, keyPlaceOf, placeOf, textOf } from "./field.ts";
import { checkPlain, plainHint } from "./plain_braces.ts";
import { flagHint, numberHint } from "./value_hints.ts";
import type { WrittenMolecule, WrittenVariable } from "./schema.ts";

type VariableMap = Extract<WrittenVariable, { type?: unknown }>;

/** The variables that a file declares. */
export function readVariables(molecule: Field<WrittenMolecule>): DraftVariable[] {
  return entriesOf(child(molecule, "vars")).map(([name, field]) => {
    const place = keyPlaceOf(field);
    const { report } = field.file;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      const message = `vars: expected a name of letters, digits and _, found "${name}"${otherName(name)}`;
      report.error(place, { rule: "value", message });
    } else if ((ROOTS as readonly string[]).includes(name)) {
      const message = `vars: "${name}" is what expressions call something else; take another name`;
      report.error(place, { rule: "reserved-name", message });
    }
    return { variable: readVariable(name, field), place, own: field.file.label === undefined };
  });
}

function otherName(name: string): string {
  const other = name.replace(/\W+/g, "_").replace(/^(?=\d)/, "_");
  return /^_*$/.test(other) ? "" : `; write ${other}`;
}

function readVariable(name: string, field: Field<WrittenVariable>): VariableDefinition {
  const { value, node } = field;
  if (value === null) return { name, type: "string", required: false };
  if (node.kind !== "map") {
    const given = scalarOf(field);
    checkWritten(field, name);
    checkDefault(field, { key: name, name });
    return { name, type: typeOf(given), default: given, required: false };
  }
  return readDeclared(name, field as Field<VariableMap>);
}

function readDeclared(name: string, field: Field<VariableMap>): VariableDefinition {
  const { value, file: { report } } = field;
  const fallback = child(field, "default");
  const choices = itemsOf(child(field, "enum")).map((item) => scalarOf(item));
  const first = fallback ? scalarOf(fallback) : choices[0];
  const type = value.type ?? (first === undefined ? "string" : typeOf(first));
  const written = fallback && (type === "string" ? stringOf(fallback) : scalarOf(fallback));
  const variable: VariableDefinition = {
    name,
    type,
    required: value.required === true,
    ...present({
      description: value.description?.trim(),
      default: written,
      enum: choices.length === 0
        ? undefined
        : type === "string"
        ? itemsOf(child(field, "enum")).map(textOf)
        : choices,
      pattern: value.pattern,
    }),
  };
  checkPattern(field);
  checkChoices(field, variable);
  for (const each of fallback ? [fallback, ...itemsOf(fallback as Field<readonly unknown[]>)] : []) {
    checkDefault(each, { key: "default", name });
  }
  for (const each of itemsOf(child(field, "enum"))) {
    checkPlain(each, { key: "enum", instead: () => "choices are fixed before the run" });
  }
  if (type !== "string" && fallback) {
    for (const each of [fallback, ...itemsOf(fallback as Field<readonly unknown[]>)]) {
      checkWritten(each, "default");
    }
  } else if (fallback && value.type === undefined) checkWord(fallback, "default");
  if (!fallback || written === undefined) return variable;
  if (variable.required) {
    const message = `${name}: a variable with a default is never required`;
    report.error(keyPlaceOf(fallback), { rule: "variable-default", message });
  }
  const problem = variableProblem(variable, written);
  if (problem !== undefined) {
    const hint = type === "bool" ? flagHint(written) : type === "int" ? numberHint(written) : "";
    report.error(placeOf(fallback), { rule: "variable-default", message: `default: ${problem}${hint}` });
  }
  return variable;
}

function checkDefault(field: Field<unknown>, { key, name }: { key: string; name: string }): void {
  checkPlain(field, { key, instead: () => `write it where vars.${name} is read` });
}

/** Reports a value that is another one than it looks like. */
function checkWritten(field: Field<unknown>, key: string): void {
  checkNumber(field, key);
  checkWord(field, key);
}

/** The words of older YAML for truth values are texts. */
function checkWord(field: Field<unknown>, key: string): void {
  const { node, file: { report } } = field;
  if (node.kind !== "scalar" || node.style !== "plain" || !/^(yes|no|on|off)$/i.test(node.text)) return;
  const truth = /^(yes|on)$/i.test(node.text);
  const message = `${key}: this is the text "${node.text}"; write ${truth}, or "${node.text}" in quotes`;
  report.warning(placeOf(field), { rule: "value", message });
}

/** Choices that the variable does not take itself. */
function checkChoices(field: Field<VariableMap>, variable: VariableDefinition): void {
  const list = child(field, "enum");
  const { name, type, required, enum: choices = [] } = variable;
  if (!list || choices.length === 0) return;
  const complain = (at: Field<unknown>, message: string) =>
    field.file.report.error(placeOf(at), { rule: "value", message: `enum: ${message}` });
  if (type === "list") return complain(list, "a list has no enum; each case of it would be a list");
  const guess = field.value.type === undefined && !field.value.default ? ", as the first of them" : "";
  for (const [at, item] of itemsOf(list).entries()) {
    checkNumber(item, "enum");
    const problem = variableProblem({ name, type, required }, choices[at]!);
    if (problem !== undefined) complain(item, problem.replace(", found", `${guess}, found`));
  }
}

function checkPattern(field: Field<VariableMap>): void {
  const pattern = child(field, "pattern");
  if (!pattern) return;
  try {
    new RegExp(pattern.value, "u");
  } catch {
    field.file.report.error(placeOf(pattern), {
      rule: "value",
      message: `pattern: ${JSON.stringify(pattern.value)} is no regular expression${
        plainHint(pattern.value) ?? ""
      }`,
    });
  }
}

function scalarOf({ value }: Field<unknown>): Json {
  return value as Json;
}

/** Of a number that stands for a text, what was written: `1.10` stays so. */
function stringOf(field: Field<unknown>): Json {
  return field.node.kind === "scalar" ? textOf(field) : scalarOf(field);
}

function typeOf(value: Json): VariableType {
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "number";
  if (typeof value === "boolean") return "bool";
  return Array.isArray(value) ? "list" : "string";
}
