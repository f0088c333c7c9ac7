import { lowerFirst } from "../../lib/lower_first.ts";

/** Something wrong in the source of an expression, at an offset of it. */
export class ExpressionSyntaxError extends Error {
  /** `offset` counts characters of the source; `hint` says what to write. */
  constructor(message: string, readonly offset: number, readonly hint?: string) {
    super(message);
  }
}

/** What the library calls the signs that it waits for. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: "the end",
  RPAREN: '")"',
  RBRACKET: '"]"',
  RBRACE: '"}"',
  COLON: '":"',
  IDENTIFIER: "a name",
};

const CHOICE = "a choice is written CONDITION ? ONE : OTHER";
const NOT = '"not" is written !';

/** What those write who know other languages: what stands at the place or before it, and what is written here. */
const HABITS: readonly { behind?: RegExp; before?: RegExp; hint: string }[] = [
  { behind: /^=~/, hint: 'a pattern is tried with TEXT.matches("PATTERN")' },
  { behind: /^=/, hint: 'two values are compared with "=="' },
  { behind: /^(and\b|&)/, hint: '"and" is written &&' },
  { behind: /^or\b/, hint: '"or" is written ||' },
  { behind: /^\|/, hint: '"or" is written ||; there are no filters, a function is called: quote(vars.x)' },
  { behind: /^not\s+in\b/, hint: `${NOT}, as in !(a in b)` },
  { before: /\bnot\s+$/, hint: NOT },
  { behind: /^>/, before: /<$/, hint: '"not equal" is written !=' },
  { behind: /^[#/](if|unless|each|for|with)\b/, hint: `there are no blocks here; ${CHOICE}` },
  { behind: /^(if|else)\b/, hint: CHOICE },
  { before: /\b(if|elif|unless)\s+$/, hint: CHOICE },
  { behind: /^\.\d/, before: /\d\.$/, hint: "a list is written [1, 2, 3]" },
  { behind: /^\?/, before: /\?\s*$/, hint: `${CHOICE}, and has(vars.x) asks if there is one` },
  { behind: /^#/, hint: "a comment is written // here" },
  { behind: /^\$/, hint: "a variable is read as vars.NAME, the environment as env.NAME" },
  { behind: /^var\b/, hint: "a variable is read as vars.NAME" },
  { behind: /^for\b/, hint: "LIST.map(x, …) goes through a list" },
  { behind: /^[`“”„‘’]/, hint: "a text stands in \" or '" },
  { behind: /^["']/, before: /["']$/, hint: "two texts are joined with +" },
  { behind: /^\\/, hint: "a backslash in a text is written twice" },
];

/** The error of the library in the words of this one. */
export function syntaxError(error: unknown, source: string): ExpressionSyntaxError {
  const { summary, range } = error as { summary?: string; range?: { start: number; end: number } };
  if (summary === undefined) throw error;
  const { start, end } = range ?? { start: 0, end: 0 };
  const hint = HABITS.find(({ behind, before }) =>
    (!behind || behind.test(source.slice(start))) && (!before || before.test(source.slice(0, start)))
  )?.hint;
  return new ExpressionSyntaxError(messageOf(summary, source.slice(start, end)), start, hint);
}

function messageOf(summary: string, found: string): string {
  if (summary === "Unexpected token: EOF") return "it ends too soon";
  if (summary.startsWith("Unexpected ")) return `unexpected ${JSON.stringify(found)}`;
  const expected = /^Expected ([A-Z]+), got ([A-Z]+)$/.exec(summary);
  if (!expected) return lowerFirst(summary);
  const [, wanted, got] = expected;
  const what = got === "EOF" ? TOKENS.EOF : JSON.stringify(found);
  return `expected ${TOKENS[wanted!] ?? wanted}, found ${what}`;
}
