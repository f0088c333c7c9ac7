import { present } from "../../lib/present.ts";
import type { Expression, StepDefinition, Template } from "../definition.ts";
import { compiledIfSound, compileExpression, insertedSource } from "../expressions/compile.ts";
import { placeInExpression } from "../expressions/places.ts";
import { templateParts } from "../expressions/template_text.ts";
import { joined, type Replacement, withInsertions, withReplaced } from "./rewrite.ts";

/** What the steps of an aspect read of the step that they are put around, and of each other. */
export interface AspectNames {
  target: Pick<StepDefinition, "id" | "title">;
  /** What a step of the aspect is called around this one; the id itself for any other. */
  renamed(id: string): string;
}

/** Puts the names into values: in each of their expressions, where they are read. */
export function bindTo(names: AspectNames): <T>(value: T) => T {
  const known = new Map<object, object>();
  const once = <T extends object>(value: T, make: () => T): T => {
    const before = known.get(value);
    if (before) return before as T;
    const made = make();
    known.set(value, made);
    return made;
  };
  const expression = (each: Expression) => withReplaced(each, replacementsIn(each, names));
  const walk = (value: unknown, key: string): unknown => {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((each) => walk(each, ""));
    if ("text" in value && typeof value.text === "string") {
      const template = value as Template;
      return once(template, () => withInsertions(template, expression));
    }
    if ("source" in value && typeof value.source === "string") {
      return once(value, () => expression(value as Expression));
    }
    // Its values stand for themselves, whatever they look like.
    if (key === "matrix") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, key)]));
  };
  return <T>(value: T) => walk(value, "") as T;
}

const TARGET = /step\s*(?:\.\s*(id|title)\b|\[\s*(["'])(id|title)\2\s*\])/y;
const STEP = /steps\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*(["'])([\w-]+)\2\s*\])/y;

/** Goes by what is read: a name in a text, or one that a macro has bound, is another one. */
function replacementsIn(expression: Expression, { target, renamed }: AspectNames): Replacement[] {
  const { source } = expression;
  if (!/\bsteps?\b/.test(source)) return [];
  const reads = compiledIfSound(compileExpression, source)?.reads ?? [];
  return reads.flatMap(({ path: [root], start }): Replacement[] => {
    const pattern = root === "step" ? TARGET : root === "steps" ? STEP : undefined;
    if (!pattern) return [];
    pattern.lastIndex = start;
    const found = pattern.exec(source);
    if (!found) return [];
    const name = (found[1] ?? found[3])!;
    const end = start + found[0].length;
    const by = (source: string) => present({ source, place: placeInExpression(expression, start) });
    if (root === "steps") {
      const id = renamed(name);
      return id === name ? [] : [{ start, end, by: by(`steps[${JSON.stringify(id)}]`) }];
    }
    return [{ start, end, by: name === "id" ? by(JSON.stringify(target.id)) : titleOf(target, by) }];
  });
}

/** A title as an expression: it may have expressions of its own, which stand where it is read. */
function titleOf({ title }: AspectNames["target"], by: (source: string) => Expression): Expression {
  const parts = templateParts(title.text).map((part) =>
    "text" in part ? [by(JSON.stringify(part.text))] : [by("text("), by(insertedSource(part.source)), by(")")]
  );
  if (parts.length < 2) return joined(parts[0] ?? [by('""')]);
  return joined([by("("), ...parts.flatMap((part, at) => at === 0 ? part : [" + ", ...part]), ")"]);
}
