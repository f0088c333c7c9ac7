import type { Json } from "../../../lib/json.ts";
import type { Definition, Expression, Template } from "../../definition.ts";
import type { Scope } from "../../expressions/evaluate.ts";

/** How expressions are worked out. */
export interface Language {
  /** The elements of a fan-out. */
  elements(expression: Expression, scope: Scope): readonly Json[];
  holds(expression: Expression, scope: Scope): boolean;
  evaluateTemplate(template: Template, scope: Scope): Json;
  fill(template: Template, scope: Scope): string;
}

/** A language without expressions: what needs none does not load the interpreter. */
const plain: Language = {
  elements: ({ source }) => {
    throw new Error(`the interpreter is not loaded for "${source}"`);
  },
  holds: ({ source }) => {
    throw new Error(`the interpreter is not loaded for "${source}"`);
  },
  evaluateTemplate: ({ text }) => text,
  fill: ({ text }) => text,
};

/** The interpreter, once a molecule of this process has needed it. */
let interpreter: Language | undefined;

/** The language for a molecule; the interpreter of expressions is loaded if it has any. */
export async function languageFor(definition: Definition): Promise<Language> {
  return hasExpressions(definition) ? interpreter ??= await loadInterpreter() : plain;
}

async function loadInterpreter(): Promise<Language> {
  const { elements, holds, evaluateTemplate, fill } = await import("../../expressions/evaluate.ts");
  return {
    elements,
    holds,
    evaluateTemplate: (template, scope) =>
      template.text.includes("{{") ? evaluateTemplate(template, scope) : template.text,
    fill: (template, scope) => template.text.includes("{{") ? fill(template, scope) : template.text,
  };
}

/** A text of a molecule for somebody to read: as it is written where it cannot be filled, or {@linkcode languageFor} has loaded no interpreter. */
export function shownText(template: Template, scope: Scope): string {
  try {
    return (interpreter ?? plain).fill(template, scope).trim();
  } catch {
    return template.text.trim();
  }
}

/** Goes through it rather than writing it down: a molecule may be some megabytes. */
function hasExpressions(value: unknown): boolean {
  if (typeof value === "string") return value.includes("{{");
  if (value === null || typeof value !== "object") return false;
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    if (inner !== undefined && (name === "when" || name === "forEach" || name === "until")) return true;
    if (hasExpressions(inner)) return true;
  }
  return false;
}
