import { addComment, type Importing, isTable, kindInWords, scalarText, type Table } from "./formula.ts";
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

/** Names that a table of variables declares. */
export function declare(table: Table | undefined): void {
  for (const [name] of table?.entries() ?? []) table!.importing.declared.add(name);
}

/** Reads `vars` or `inputs`. */
export function readVars(table: Table | undefined): { vars: VarMap; unless: Unless[] } {
  const vars: VarMap = {};
  const unless: Unless[] = [];
  for (const [written, value] of table?.entries() ?? []) {
    const { importing, path } = table!;
    const name = variableName(written);
    const place = `${path}.${written}`;
    if (Object.hasOwn(vars, name)) importing.refuse(place, `"${written}" and another one become "${name}"`);
    if (name !== written) importing.note(place, `it is called "${name}" here`);
    if (isTable(value)) {
      const variable = readVar(table!.table(written)!, { name, unless });
      vars[name] = Object.keys(variable).length === 0 ? "" : variable;
      addComment(importing, variable, importing.commentOf(place));
    } else if (scalarText(value) !== undefined) vars[name] = value;
    else importing.refuse(place, `expected a default, or a table, found ${kindInWords(value)}`);
  }
  return { vars, unless };
}

function readVar(
  table: Table,
  { name, unless }: { name: string; unless: Unless[] },
): Record<string, unknown> {
  const { importing, path } = table;
  const type = table.text("type") ?? "string";
  if (!["string", "int", "bool"].includes(type)) {
    importing.refuse(`${path}.type`, `"${type}" is none of string, int and bool`);
  }
  const variable: Record<string, unknown> = {};
  const description = table.text("description")?.trim();
  if (description) variable.description = description;
  const isRequired = table.flag("required") === true;
  // There one without a value was an empty text, whatever its type.
  const mayLack = !isRequired && !table.has("default");
  if (type !== "string" && !mayLack) variable.type = type;
  if (type === "int" && mayLack && !table.has("enum") && !table.has("pattern")) variable.pattern = "-?\\d*";
  if (type === "bool" && mayLack) variable.enum = ["", "true", "false"];
  if (isRequired) variable.required = true;
  const fallback = table.value("default");
  if (fallback !== undefined) {
    variable.default = valueAs(type, { value: fallback, importing, path: `${path}.default` });
  }
  if (isRequired && fallback !== undefined) {
    importing.refuse(`${path}.default`, "a required variable has no default, there and here");
  }
  const choices = table.value("enum");
  if (Array.isArray(choices)) {
    variable.enum = choices.map((value, at) =>
      valueAs(mayLack ? "string" : type, { value, importing, path: `${path}.enum.${at}` })
    );
  } else if (choices !== undefined) {
    importing.refuse(`${path}.enum`, `expected a list, found ${kindInWords(choices)}`);
  }
  const pattern = table.text("pattern");
  if (pattern !== undefined) variable.pattern = patternOf(pattern, { importing, path: `${path}.pattern` });
  const others = table.texts("required_unless");
  for (const other of others) {
    if (importing.declared.has(other)) continue;
    importing.refuse(`${path}.required_unless`, `nothing declares "${other}"`);
  }
  if (others.length > 0) {
    unless.push({ name, others: others.map(variableName), path: `${path}.required_unless` });
  }
  table.done();
  return variable;
}

function valueAs(
  type: string,
  { value, importing, path }: { value: unknown; importing: Importing; path: string },
): unknown {
  const text = scalarText(value);
  if (text === undefined) {
    importing.refuse(path, `expected one value, found ${kindInWords(value)}`);
    return "";
  }
  if (type === "int") {
    if (/^-?\d+$/.test(text)) return Number(text);
    importing.refuse(path, `"${text}" is no whole number`);
  }
  if (type === "bool") {
    if (text === "true" || text === "false") return text === "true";
    importing.refuse(path, `"${text}" is neither true nor false`);
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

/** Variables that are read and not declared: a value must be given. */
export function addReads(vars: VarMap, importing: Importing): void {
  for (const [written, path] of importing.reads) {
    const name = variableName(written);
    if (Object.hasOwn(vars, name)) continue;
    vars[name] = { required: true };
    importing.note(path, `nothing declares "${written}"; a value must be given`);
  }
}
