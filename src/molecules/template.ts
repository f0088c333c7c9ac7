import { quoteWords } from "../lib/quote_words.ts";

/** One `{{ }}` of a text. */
export interface Insertion {
  /** What stands between the braces, without blanks around it. */
  expression: string;
  /** Offset of its first brace in the text. */
  offset: number;
  /** The name of the variable or the field of the bead; absent when it is more than this version reads. */
  reads?: { from: "vars" | "bead"; name: string };
  /** Whether it becomes one word of a shell. */
  quoted?: true;
  /** The text that it stands for by itself: two braces, written `{{ "{{" }}`. */
  text?: string;
}

const INSERTION = /\{\{(.*?)\}\}/gs;
const QUOTED = /^(["'])([^"'\\]*)\1$/;
const NAME = /^(?:(vars|bead)\.)?([A-Za-z_][A-Za-z0-9_]*)$/;
const QUOTE_CALL = /^quote\(\s*([\w.]+)\s*\)$/;

/** The insertions of a text: `{{ vars.x }}`, short `{{ x }}`, `{{ bead.id }}`, `{{ bead.title }}`, `{{ quote(x) }}`. */
export function insertionsOf(text: string): Insertion[] {
  return [...text.matchAll(INSERTION)].map((found) => {
    const expression = found[1]!.trim();
    const inner = QUOTE_CALL.exec(expression)?.[1];
    const read = NAME.exec(inner ?? expression);
    const offset = found.index;
    const text = QUOTED.exec(expression)?.[2];
    if (text !== undefined) return { expression, offset, text };
    if (!read) return { expression, offset };
    const reads = { from: (read[1] ?? "vars") as "vars" | "bead", name: read[2]! };
    return { expression, offset, reads, ...(inner === undefined ? {} : { quoted: true }) };
  });
}

/** What the insertions of a text read. */
export interface Scope {
  vars: Readonly<Record<string, string>>;
  bead: { id: string; title: string };
}

/** The text with every insertion replaced by what it reads; a checked molecule has no other ones. */
export function filledIn(text: string, scope: Scope): string {
  return text.replace(INSERTION, (_whole, expression: string) => {
    const quoted = QUOTED.exec(expression.trim())?.[2];
    if (quoted !== undefined) return quoted;
    const inner = QUOTE_CALL.exec(expression.trim())?.[1];
    const [, from = "vars", name] = NAME.exec(inner ?? expression.trim()) ?? [];
    const values: Readonly<Record<string, string>> = from === "bead" ? scope.bead : scope.vars;
    const value = name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`nothing is known of {{${expression}}}`);
    return inner === undefined ? value : quoteWords([value]);
  });
}
