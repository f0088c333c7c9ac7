import type { ScalarNode } from "./node.ts";
import { escapeAt } from "./scalars.ts";

/** Where the characters of a scalar's value stand in its text. */
export interface OffsetsWithin {
  /** Whether they all stand in one line, each right behind the one before it. */
  isStraight: boolean;
  /** The offset of a character in the text. */
  at(index: number): number;
}

const known = new WeakMap<ScalarNode, Int32Array>();

/** Finds the characters of a scalar's value in the text, whatever the lines and the escapes it is written with. */
export function offsetsWithin(text: string, node: ScalarNode): OffsetsWithin {
  const { start, end, style } = node;
  const isQuoted = style === "single" || style === "double";
  const first = isQuoted ? start + 1 : start;
  const length = end - start - (isQuoted ? 2 : 0);
  const isBlock = style === "literal" || style === "folded";
  if (!isBlock && length === node.text.length && !isWithin(text.indexOf("\n", start), end)) {
    return { isStraight: true, at: (index) => first + index };
  }
  let offsets: Int32Array | undefined;
  const at = (index: number) => {
    offsets ??= known.get(node);
    if (!offsets) known.set(node, offsets = offsetsOf(text, { node, first }));
    return index < offsets.length ? offsets[index]! : (offsets.at(-1) ?? start - 1) + 1;
  };
  return { isStraight: false, at };
}

function isWithin(offset: number, end: number): boolean {
  return offset >= 0 && offset < end;
}

/**
 * What a line begins and ends with is left out of a value, or becomes another blank in it; so all the other characters
 * stand in the text in the same order, and only blanks are between two of them.
 */
function offsetsOf(text: string, { node, first }: { node: ScalarNode; first: number }): Int32Array {
  const { style, text: value } = node;
  const offsets = new Int32Array(value.length);
  let at = style === "literal" || style === "folded" ? text.indexOf("\n", node.start) + 1 : first;
  for (let index = 0; index < value.length; index++) {
    const isBlank = BLANKS.includes(value[index]!);
    if (!isBlank) at = skipBlanks(text, { at, style });
    offsets[index] = at;
    const escape = style === "double" && text[at] === "\\" ? escapeAt(text, at) : undefined;
    if (escape) {
      if (isBlank && escape.value !== value[index]) continue;
      at += escape.length;
      // A character beyond the first 65 536 is two of the value.
      if (escape.value.length === 2) offsets[++index] = offsets[index - 1]!;
    } else if (!isBlank || text[at] === value[index]) {
      at += style === "single" && text[at] === "'" ? 2 : 1;
    }
  }
  return offsets;
}

const BLANKS = " \t\n\r";

function skipBlanks(text: string, { at, style }: { at: number; style: ScalarNode["style"] }): number {
  for (;;) {
    while (BLANKS.includes(text[at] ?? ".")) at++;
    if (style !== "double" || text[at] !== "\\") return at;
    // A line that goes on, or a blank that is written as an escape.
    if (BLANKS.includes(text[at + 1] ?? ".")) at += 2;
    else {
      const escape = escapeAt(text, at);
      if (!escape || !BLANKS.includes(escape.value)) return at;
      at += escape.length;
    }
  }
}
