/** A part of a text with `{{ }}`: what stands around them, or the expression in one of them. */
export type TemplatePart =
  | { text: string }
  /** `at` is the offset of the first brace, `from` that of the expression, both in the text. */
  | { source: string; at: number; from: number };

/** Thrown for `{{` without its `}}`. */
export class UnclosedInsertion extends Error {
  /** Where the text that is to be read ends: there are `{{` there that nothing comes of. */
  readonly braces: number;

  /** `at` is the offset of what has no end: the braces, or a quotation in them. */
  constructor(readonly at: number, { braces, quote }: { braces: number; quote?: string }) {
    super(
      quote === undefined
        ? '"{{" without "}}"; two braces that are no expression are written {{ "{{" }}'
        : `the quotation that begins here with ${quote} has no end before "}}"; a text in an expression stands in ` +
          "quotes as a whole",
    );
    this.braces = braces;
  }
}

/**
 * The parts of a text, in order. Braces and quotes inside an expression do not end it.
 *
 * @throws {UnclosedInsertion}
 */
export function templateParts(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let done = 0;
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", done)) {
    if (at > done) parts.push({ text: text.slice(done, at) });
    const end = endOfInsertion(text, at);
    const inner = text.slice(at + 2, end);
    const source = inner.trim();
    parts.push({ source, at, from: at + 2 + (source === "" ? 0 : inner.indexOf(source)) });
    done = end + 2;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}

function endOfInsertion(text: string, start: number): number {
  let depth = 0;
  let around: number | undefined;
  for (let at = start + 2; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"' || character === "'") {
      const end = endOfString(text, at);
      // Where the braces end in none of them, the first text that has an end of braces in it is one without its own.
      if (text.slice(at, end).includes("}}")) around ??= at;
      at = end;
    } else if (character === "{") depth++;
    else if (character === "}") {
      if (depth === 0 && text[at + 1] === "}") return at;
      if (depth > 0) depth--;
    }
  }
  throw around === undefined
    ? new UnclosedInsertion(start, { braces: start })
    : new UnclosedInsertion(around, { braces: start, quote: text[around]! });
}

/** Offset of the quote that ends a string, or the end of the text. */
function endOfString(text: string, start: number): number {
  const quote = text[start]!;
  const long = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  for (let at = start + long.length; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(long, at)) return at + long.length - 1;
  }
  return text.length;
}
