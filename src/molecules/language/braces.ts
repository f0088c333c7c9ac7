import { present } from "../../lib/present.ts";
import type { Expression } from "../definition.ts";
import { insertedSource } from "../expressions/compile.ts";
import { placeInExpression } from "../expressions/places.ts";
import { shortened } from "./problem.ts";
import { type Replacement, withReplaced } from "./rewrite.ts";
import { yamlValue } from "../source/yaml_value.ts";

/** A `{{ }}` of an expression, with quotes around it or not; other texts are matched so that nothing is found in them. */
const BRACES =
  /(["'])\$?\{\{([^{}]*)\}\}\1(?=\s*[!=]=)|(?<=[!=]=\s*)(["'])\$?\{\{([^{}]*)\}\}\3|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\$?\{\{([^{}]*)\}\}/g;

/** What is meant by an expression that was written with `{{ }}`; undefined for one that has none. */
export function withoutBraces(expression: Expression): Expression | undefined {
  const { source } = expression;
  if (!source.includes("{{")) return undefined;
  const replacements = [...source.matchAll(BRACES)].flatMap((found): Replacement[] => {
    const [whole, , quoted, , other, plain] = found;
    const inner = quoted ?? other ?? plain;
    if (inner === undefined) return [];
    const start = found.index;
    const meant = insertedSource(inner.trim());
    const isWhole = whole === source;
    // Whoever reads it sees an operation in it as one value.
    const isOne = isWhole || /^[\w.[\]"'()]*$/.test(meant);
    const place = placeInExpression(expression, source.indexOf(inner.trim(), start) - (isOne ? 0 : 1));
    return [{
      start,
      end: start + whole.length,
      by: { source: isOne ? meant : `(${meant})`, ...present({ place }) },
    }];
  });
  return replacements.length === 0 ? undefined : withReplaced(expression, replacements);
}

/** What to write at a key in the place of an expression with `{{ }}`: `when: vars.fast`. */
export function bracesAdvice(key: string, { source }: Expression): string {
  const written = yamlValue(source.trim().replace(/\s+/g, " "));
  return `"${key}" is an expression as a whole, without {{ }}: write ${key}: ${written}`;
}

const EXPRESSION_KEYS = ["when", "until", "for_each"];

/** What to write in the place of a value without quotes that begins in a line, at an offset of it. */
export function quotesAdvice(message: string, { line, at }: { line: string; at: number }): string {
  const key = /([\w-]+):\s+$/.exec(line.slice(0, at))?.[1];
  const isInFlow = /[{[]/.test(line.slice(0, at));
  const value = isInFlow
    ? /^\{\{[^{}]*\}\}/.exec(line.slice(at))?.[0]
    : line.slice(at).replace(/\s+(#.*)?$/, "");
  if (!value) return message;
  const meant = withoutBraces({ source: value });
  if (meant && key !== undefined && EXPRESSION_KEYS.includes(key)) return bracesAdvice(key, meant);
  return `${message}: write ${key === undefined ? "" : `${key}: `}${yamlValue(value)}`;
}

/** Whether what stands before a `{{ }}` ends with a `$` that is one by mistake; in a shell `\\$` and `$$` are meant. */
export function isDollar(before: string, { isShell }: { isShell: boolean }): boolean {
  return isShell ? /(^|[^\\$])\$$/.test(before) : before.endsWith("$");
}

/** What to write in the place of `${{ SOURCE }}`. */
export function dollarAdvice(source: string, { isShell }: { isShell: boolean }): string {
  const stays = `the "$" stays before what {{ ${shortened(source)} }} gives`;
  return isShell
    ? `${stays}, and the shell reads a variable of that name; leave it out`
    : `${stays}; leave it out, or write {{ "$" }} where it is meant`;
}
