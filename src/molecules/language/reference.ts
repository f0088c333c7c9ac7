import { expressionFunctions } from "../expressions/functions.ts";
import { casesJsonSchema, moleculeJsonSchema } from "./json_schema.ts";
import { GATE_OUTPUTS } from "../step_outputs.ts";
import { RULES } from "./problem.ts";

interface Schema {
  type?: string;
  description?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: Schema | false;
  pattern?: string;
  $ref?: string;
  $defs?: Readonly<Record<string, Schema>>;
}

/** What expressions read. */
const NAMES: readonly (readonly [name: string, meaning: string])[] = [
  ["vars.NAME", "A variable. Inside of {{ }} the short form {{ NAME }} will do."],
  [
    "steps.ID.status",
    "How a step stands: pending, ready, running, waiting, retrying, succeeded, failed, skipped, cancelled.",
  ],
  [
    "steps.ID.outputs.NAME",
    'An output of a step among the needs; a list for a fan-out. steps["ID"] for an ID with a hyphen.',
  ],
  ["steps.ID.attempt", "How often it was tried."],
  ["matrix.NAME", "The value of this combination."],
  ["item", "The element of for_each."],
  ["run.id, run.molecule, run.version, run.status, run.by", "The run."],
  ["env.NAME", "The environment, as it was when the run began."],
  ["now", "The time, as it was recorded."],
  ["bead.id, bead.title", "The bead that is worked by the molecule, or that a run is for: `--bead`."],
  ["status", "In on_failure and finally: how the run ended."],
  [
    "stdout, stderr, exit_code",
    "In the outputs of a command: what it wrote, and 0: they are made once it has succeeded.",
  ],
  ["step.id, step.title", "In an aspect: the step it is around."],
];

/** The reference of the language in Markdown, made of its schema. */
export function languageReference(): string {
  const schema = moleculeJsonSchema() as Schema;
  const defs = schema.$defs ?? {};
  const parts = [
    "# The language of molecules",
    "What a molecule's file may say. [Molecules](molecules.md) is the introduction, with examples; " +
    "[the JSON Schema](molecule.schema.json) is for editors, and is what `gt mol schema` prints.",
    "## A molecule",
    keyTable(schema),
    ...nested(schema, { defs, title: "" }),
    "## A step",
    "Exactly one of `run`, `prompt`, `gate`, `molecule` and `convoy` says what it is; a step without any is an item of " +
    "a checklist.",
    keyTable(defs.step!),
    ...nested(defs.step!, { defs, title: "" }),
    "## A gate",
    ...gateParts(defs.gate!),
    "## Expressions",
    "Expressions are [CEL](https://cel.dev). They stand in `when`, `until` and `for_each`, and in texts between `{{` and " +
    "`}}`. A text that is nothing but one `{{ }}` gives its value, also a list or a number. Whole numbers are `int`, " +
    "others `double`.",
    table(["Name", ""], NAMES.map(([name, meaning]) => [code(name), prose(meaning)])),
    "Besides those of CEL there are these functions:",
    table(
      ["Function", ""],
      expressionFunctions.map((each) => [code(each.signature), prose(each.description)]),
    ),
    "## A file of cases",
    "`NAME.test.yaml` beside `NAME.yaml`, for `gt mol test`; [its JSON Schema](molecule-cases.schema.json) is what " +
    "`gt mol schema --cases` prints.",
    ...caseParts(casesJsonSchema() as Schema),
    "## What the linter finds",
    table(["Rule", ""], Object.entries(RULES).map(([rule, text]) => [code(rule), prose(`${text}.`)])),
  ];
  const made = "<!-- Made by `deno task docs` from the schema of molecules; do not edit. -->";
  return `${made}\n\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const EXPRESSIONS: readonly string[] = ["when", "until", "for_each"];

function keyTable({ properties = {}, required = [] }: Schema, expressions = EXPRESSIONS): string {
  return table(
    ["Key", "Value", ""],
    Object.entries(properties).map(([key, schema]) => [
      `${code(key)}${required.includes(key) ? ", required" : ""}`,
      expressions.includes(key) ? "expression" : typeOf(schema),
      prose(schema.description ?? ""),
    ]),
  );
}

/** The maps inside of a map that have keys of their own, each with a title. */
function nested(
  schema: Schema,
  { defs, title }: { defs: Readonly<Record<string, Schema>>; title: string },
): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const map = mapIn(value);
    if (!map || key === "gate") return [];
    const name = title === "" ? key : `${title}.${key}`;
    return [`### \`${name}\``, keyTable(map), ...nested(map, { defs, title: name })];
  });
}

/** The map with fixed keys that a value is, or is a list or a map of. */
function mapIn(schema: Schema): Schema | undefined {
  if (schema.properties) return schema;
  const forms = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  if (schema.additionalProperties) forms.push(schema.additionalProperties);
  return forms.map(mapIn).find((map) => map !== undefined);
}

function caseParts(schema: Schema): string[] {
  const ofCase = mapIn(schema.properties!.cases!)!;
  // The maps of a case stand under the names that a case gives them.
  const parts = nested(ofCase, { defs: {}, title: "" });
  return [keyTable(schema, []), "### `cases`", keyTable(ofCase, []), ...parts];
}

function gateParts(gate: Schema): string[] {
  const variants = gate.anyOf ?? gate.oneOf ?? [];
  const own = (variant: Schema) => {
    const { type: _, ...properties } = variant.properties ?? {};
    return properties;
  };
  const [first] = variants;
  const shared = Object.keys(own(first!)).filter((key) => variants.every((variant) => key in own(variant)));
  const pick = (variant: Schema, keep: (key: string) => boolean): Schema => ({
    properties: Object.fromEntries(Object.entries(own(variant)).filter(([key]) => keep(key))),
    required: variant.required ?? [],
  });
  return [
    "Every gate has a `type`, and may have the keys of the first table. What it gives is read as " +
    "`steps.ID.outputs.NAME`, once it has opened.",
    keyTable(pick(first!, (key) => shared.includes(key))),
    ...variants.flatMap((variant) => [
      `### \`type: ${variant.properties!.type!.const}\``,
      keyTable(pick(variant, (key) => !shared.includes(key)), []),
      outputTable(String(variant.properties!.type!.const) as keyof typeof GATE_OUTPUTS),
    ]),
  ];
}

/** What a type of gate gives to later steps. */
function outputTable(type: keyof typeof GATE_OUTPUTS): string {
  return table(
    ["Output", ""],
    Object.entries(GATE_OUTPUTS[type]).map(([name, text]) => [code(name), prose(text)]),
  );
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return schema.$ref.endsWith("gate") ? "a gate" : "a step";
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.pattern?.includes("(ms|s|m|h|d)")) return "duration";
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms && !schema.properties) {
    const isText = forms.length === 3 &&
      forms.every((form) => ["string", "number", "boolean"].includes(form.type ?? ""));
    if (isText) return "text";
    if (forms.some((form) => form.properties?.type?.const)) return "a gate";
    return [...new Set(forms.map(typeOf))].join(" or ");
  }
  if (schema.type === "array") return `list of ${plural(typeOf(schema.items ?? {}))}`;
  if (schema.type === "object") return schema.additionalProperties ? "map by name" : "map";
  const words: Readonly<Record<string, string>> = {
    string: "text",
    boolean: "true or false",
    integer: "whole number",
  };
  return words[schema.type ?? ""] ?? schema.type ?? "value";
}

function plural(type: string): string {
  const words: Readonly<Record<string, string>> = {
    "a step": "steps",
    text: "texts",
    "whole number": "whole numbers",
    map: "maps",
  };
  return words[type] ?? (type === "text or number or true or false" ? "values" : type);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Text in which nothing means anything to Markdown; what stands in double braces is code. */
function prose(text: string): string {
  return text.split(/(\{\{[^}]*\}\})/).map((part, at) =>
    at % 2 === 1 ? code(part) : part.replace(/[<>*_[\]]/g, "\\$&")
  )
    .join("");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
