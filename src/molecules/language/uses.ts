import type { Expression, Template } from "../definition.ts";
import type { Use, UsedExpression } from "./draft.ts";
import { yamlValue } from "../source/yaml_value.ts";
import { bracesAdvice, dollarAdvice, withoutBraces } from "./braces.ts";
import { placeInExpression } from "../expressions/places.ts";
import {
  entriesOf,
  expressionOf,
  type Field,
  itemsOf,
  keyPlaceOf,
  placeAt,
  placeInText,
  placeOf,
  templateOf,
  textOf,
} from "./field.ts";
import { listTemplate } from "./list_template.ts";

/** Reads texts and expressions, and keeps a list of them for the rules. */
export interface Uses {
  readonly list: UsedExpression[];
  /** A text, or a list as the expression that gives it; undefined where there is none. */
  text(field: Field<unknown>, options?: TextOptions): Template;
  text(field: Field<unknown> | undefined, options?: TextOptions): Template | undefined;
  texts(field: Field<unknown> | undefined, options?: TextOptions): Template[];
  map(field: Field<{ [name: string]: unknown }> | undefined, options?: TextOptions): Record<string, Template>;
  expression(field: Field<unknown>, options: { key: string; use: Use }): Expression;
}

interface TextOptions {
  key?: string;
  use?: Use;
  /** Without the end of its last line. */
  trim?: boolean;
  /** The name by which it is reported when nothing stands there. */
  needed?: string;
}

/** Begins an empty list. */
export function createUses(): Uses {
  const list: UsedExpression[] = [];
  const text = (field: Field<unknown> | undefined, options: TextOptions = {}) => {
    if (!field) return undefined;
    const { key = "", use = "text", trim = false, needed } = options;
    const isList = field.node.kind === "list";
    const template = isList ? listTemplate(field as Field<readonly unknown[]>) : templateOf(field, { trim });
    for (const each of isList ? itemsOf(field as Field<readonly unknown[]>) : [field]) {
      checkText(each, key);
      if (isList) checkDollars(each);
    }
    if (needed !== undefined && template.text.trim() === "") {
      const message = `${needed}: expected text, found an empty text`;
      field.file.report.error(placeOf(field), { rule: "value", message });
    }
    if (template.places) list.push({ use, key, template });
    return template;
  };
  return {
    list,
    text: text as Uses["text"],
    texts: (field, options) => {
      if (!field) return [];
      const fields = field.node.kind === "list" ? itemsOf(field as Field<readonly unknown[]>) : [field];
      return fields.map((item) => text(item, options)!);
    },
    map: (field, options) =>
      Object.fromEntries(
        entriesOf(field).map(([name, item]) => {
          if (options?.key === "env") checkName(item, name);
          return [name, text(item, options)!];
        }),
      ),
    expression: (field, { key, use }) => {
      const expression = meantBy(field, key);
      list.push({ use, key, expression });
      return expression;
    },
  };
}

function checkText(field: Field<unknown>, key: string): void {
  const text = textOf(field);
  if (text.includes("\0")) checkNul(field, key);
  checkComment(field);
  if (/^[“”„‘’]/.test(text)) checkQuote(field);
}

/** Of a value in a list, which becomes a part of one expression: its `$` before braces. */
function checkDollars(field: Field<unknown>): void {
  for (const { index, 1: source } of textOf(field).matchAll(/\$\{\{\s*([^{}]*?)\s*\}\}/g)) {
    const message = dollarAdvice(source!, { isShell: false });
    field.file.report.warning(placeInText(field, index), { rule: "expression", message });
  }
}

/** Only what is read from a stream can hold the character. */
function checkNul(field: Field<unknown>, key: string): void {
  if (key === "stdin" || key === "outputs") return;
  const message = `${key === "" ? "" : `${key}: `}a text cannot hold the character NUL, "\\0"`;
  field.file.report.error(placeInText(field, textOf(field).indexOf("\0")), { rule: "value", message });
}

/** Quotes of prose that were meant as those of YAML. */
function checkQuote(field: Field<unknown>): void {
  const [quote] = textOf(field);
  const message = `${quote} is no quote of YAML but a part of the text; write " in its place`;
  field.file.report.warning(placeInText(field, 0), { rule: "yaml", message });
}

/** A number behind a `#` is meant as text: `Fix #12`. */
function checkComment({ node, file }: Field<unknown>): void {
  const { text } = file.source;
  if (node.kind !== "scalar" || node.style !== "plain" || text[node.end] !== " ") return;
  const comment = /^ +#\d[^\n]*/.exec(text.slice(node.end, node.end + 200))?.[0];
  if (comment === undefined) return;
  const at = node.end + comment.indexOf("#");
  const message = `from here on this is a comment; to have it in the text write ${
    yamlValue(node.text + comment.trimEnd())
  }`;
  file.report.warning(placeAt(file, at), { rule: "yaml", message });
}

/** A shell knows no others. */
function checkName(field: Field<unknown>, name: string): void {
  if (/^[A-Za-z_]\w*$/.test(name)) return;
  const message = `env: expected a name of letters, digits and _, found ${JSON.stringify(name)}`;
  field.file.report.error(keyPlaceOf(field), { rule: "value", message });
}

/** An expression; where it was written with `{{ }}` that is reported, and what it means goes on. */
function meantBy(field: Field<unknown>, key: string): Expression {
  const expression = expressionOf(field);
  const meant = withoutBraces(expression);
  if (!meant) return expression;
  const place = placeInExpression(expression, expression.source.indexOf("{{"))!;
  field.file.report.error(place, { rule: "expression", message: bracesAdvice(key, meant) });
  return meant;
}
