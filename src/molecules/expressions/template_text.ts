/** A part of a text with `{{ }}`: what stands around them, or the expression in one of them. */
export type TemplatePart =
  | { text: string }
  /** `at` is the offset of the first brace, `from` that of the expression, both in the text. */
  | { source: string; at: number; from: number };

/** Thrown for `{{` without its `}}`. */
export class UnclosedInsertion extends Error {
  /** `at` is the offset of the braces in the text. */
  constructor(readonly at: number) {
    super('"{{" without "}}"; two braces that are no expression are written {{ "{{" }}');
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
  for (let at = start + 2; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"' || character === "'") at = endOfString(text, at);
    else if (character === "{") depth++;
    else if (character === "}") {
      if (depth === 0 && text[at + 1] === "}") return at;
      if (depth > 0) depth--;
    }
  }
  throw new UnclosedInsertion(start);
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
