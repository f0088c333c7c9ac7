import { type Importing, isTable, kindInWords, scalarText, type Table } from "./formula.ts";
import { variableName } from "./formula_text.ts";

/** Variables of a molecule, as they are written. */
export type VarMap = Record<string, unknown>;

/** A variable that is required unless one of others has a value. */
export interface Unless {
  name: string;
  others: readonly string[];
  /** Where the formula says so. */
  path: string;
}

/** What a table of variables becomes. */
export interface ReadVars {
  vars: VarMap;
  unless: Unless[];
  /** Names of those that have no default. */
  lacking: Set<string>;
}

/** Names that a table of variables declares. */
export function declare(table: Table | undefined): void {
  for (const [name] of table?.entries() ?? []) table!.importing.declared.add(name);
}

/** Reads `vars` or `inputs`; with `demands`, one without a default is required once a text reads it. */
export function readVars(table: Table | undefined, { demands }: { demands: boolean }): ReadVars {
  const read: ReadVars = { vars: {}, unless: [], lacking: new Set() };
  const { vars } = read;
  for (const [written, value] of table?.entries() ?? []) {
    const { importing, path } = table!;
    const name = variableName(written);
    const place = `${path}.${written}`;
    if (Object.hasOwn(vars, name)) importing.refuse(place, `"${written}" and another one become "${name}"`);
    if (name !== written) importing.note(place, `it is called "${name}" here`);
    if (isTable(value)) {
      const isDemanded = demands && importing.reads.get(written)?.isText === true;
      const inner = table!.table(written)!;
      const variable = readVar(inner, { name, read, isDemanded });
      const isEmpty = Object.keys(variable).length === 0;
      vars[name] = isEmpty ? "" : variable;
      if (!isEmpty) inner.became(variable);
    } else if (scalarText(value) !== undefined) vars[name] = value;
    else importing.refuse(place, `expected a default, or a table, found ${kindInWords(value)}`);
  }
  return read;
}

/** The types of those tools, which nobody checked there, and what they are here. */
const TYPES: Readonly<Record<string, "string" | "int" | "number" | "bool">> = {
  string: "string",
  int: "int",
  integer: "int",
  number: "number",
  float: "number",
  bool: "bool",
  boolean: "bool",
};

type VariableType = (typeof TYPES)[string];

function readVar(
  table: Table,
  { name, read, isDemanded }: { name: string; read: ReadVars; isDemanded: boolean },
): Record<string, unknown> {
  const { importing, path } = table;
  const variable: Record<string, unknown> = {};
  const type = typeOf(table, variable);
  const description = table.text("description")?.trim();
  if (description) variable.description = description;
  const written = table.value("default");
  // There neither an empty default nor an empty value had to fit anything.
  const fallback = written === "" ? undefined : written;
  const isRequired = table.flag("required") === true;
  if (isRequired && written !== undefined) {
    importing.refuse(`${path}.default`, "a required variable has no default, there and here");
  }
  const mustBeGiven = isRequired || isDemanded && written === undefined;
  // There one without a value was an empty text, whatever its type.
  const mayLack = !mustBeGiven && fallback === undefined;
  if (mayLack && written === undefined) read.lacking.add(name);
  if (type !== "string" && !mayLack) variable.type = type;
  if (mayLack && !table.has("enum") && !table.has("pattern")) Object.assign(variable, MAY_LACK[type]);
  if (mustBeGiven) variable.required = true;
  if (fallback !== undefined) {
    variable.default = valueAs(type, { value: fallback, importing, path: `${path}.default` });
  }
  readBounds(table, { variable, type: mayLack ? "string" : type });
  readUnless(table, { name, unless: read.unless });
  table.done();
  return variable;
}

/** What a text must be like that is of a type, or empty. */
const MAY_LACK: Readonly<Record<VariableType, Record<string, unknown>>> = {
  string: {},
  int: { pattern: "-?\\d*" },
  number: { pattern: "(-?(\\d+\\.?\\d*|\\.\\d+))?" },
  bool: { enum: ["", "true", "false"] },
};

function typeOf(table: Table, variable: object): VariableType {
  const written = table.text("type") ?? "string";
  if (Object.hasOwn(TYPES, written)) return TYPES[written]!;
  table.leaveOut(["type"], { why: "there is no such type; it is text", above: variable });
  return "string";
}

function readBounds(
  table: Table,
  { variable, type }: { variable: Record<string, unknown>; type: VariableType },
): void {
  const { importing, path } = table;
  const choices = table.value("enum");
  if (Array.isArray(choices)) {
    const values = choices.map((value, at) =>
      valueAs(type, { value, importing, path: `${path}.enum.${at}` })
    );
    if (values.length > 0) variable.enum = values;
  } else if (choices !== undefined) {
    importing.refuse(`${path}.enum`, `expected a list, found ${kindInWords(choices)}`);
  }
  const pattern = table.text("pattern");
  if (pattern) variable.pattern = patternOf(pattern, { importing, path: `${path}.pattern` });
}

function readUnless(table: Table, { name, unless }: { name: string; unless: Unless[] }): void {
  const { importing } = table;
  const path = `${table.path}.required_unless`;
  const others = table.texts("required_unless");
  for (const other of others) {
    if (!importing.declared.has(other)) importing.refuse(path, `nothing declares "${other}"`);
  }
  if (others.length > 0) unless.push({ name, others: others.map(variableName), path });
}

const NUMBERS = {
  int: { form: /^-?\d{1,15}$/, what: "whole number" },
  number: { form: /^-?(\d+\.?\d*|\.\d+)$/, what: "number" },
} as const;

function valueAs(
  type: VariableType,
  { value, importing, path }: { value: unknown; importing: Importing; path: string },
): unknown {
  const text = scalarText(value);
  if (text === undefined) {
    importing.refuse(path, `expected one value, found ${kindInWords(value)}`);
    return "";
  }
  if (type === "bool") {
    if (text === "true" || text === "false") return text === "true";
    importing.refuse(path, `"${text}" is neither true nor false`);
  }
  if (type === "int" || type === "number") {
    if (NUMBERS[type].form.test(text)) return Number(text);
    importing.refuse(path, `"${text}" is no ${NUMBERS[type].what}`);
  }
  return text;
}

/** There a pattern had to be found in the value, here it is for the whole of it. */
function patternOf(pattern: string, { importing, path }: { importing: Importing; path: string }): string {
  try {
    new RegExp(pattern, "u");
  } catch {
    importing.refuse(path, `"${pattern}" is no regular expression here`);
    return ".*";
  }
  const isWhole = /^\^.*[^\\]\$$/s.test(pattern) && !pattern.includes("|");
  return isWhole ? pattern : `[\\s\\S]*(?:${pattern})[\\s\\S]*`;
}

/** Variables that are read and not declared: where a text reads them, a value must be given. */
export function addReads(
  vars: VarMap,
  { importing, inherited }: { importing: Importing; inherited: ReadonlyMap<string, unknown> },
): void {
  for (const [written, { path, isText }] of importing.reads) {
    const name = variableName(written);
    if (Object.hasOwn(vars, name)) continue;
    if (!importing.declared.has(written)) {
      vars[name] = isText ? { required: true } : "";
      const effect = isText ? "a value must be given" : "it may be given a value";
      importing.note(path, `nothing declares "${written}"; ${effect}`);
    } else if (isText && inherited.has(name)) {
      vars[name] = { ...inherited.get(name) as object, required: true };
    }
  }
}

/** Gives variables the values that the steps were written out for, and lets them have no others. */
export function fixValues(vars: VarMap, importing: Importing): void {
  for (const [written, value] of importing.fixed) {
    const name = variableName(written);
    if (!importing.declared.has(written) && !importing.reads.has(written)) continue;
    const before = vars[name];
    const variable = isTable(before) ? before : {};
    const isNumber = ["int", "number"].includes(variable.type as string) || typeof before === "number";
    const own = isNumber && /^-?\d+$/.test(value) ? Number(value) : value;
    delete variable.required;
    delete variable.pattern;
    vars[name] = Object.assign(variable, { default: own, enum: [own] });
    importing.note(
      `vars.${written}`,
      `the steps are written out for "${value}", the only value that it takes`,
    );
  }
}
