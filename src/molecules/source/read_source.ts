import type { YamlNode } from "./node.ts";
import { readSimple } from "./simple_yaml.ts";

/** Longest text that is read, in characters; a molecule of two thousand steps has a third of it. */
export const LONGEST_SOURCE = 2_000_000;

/** Bytes that are no text have become this character when the file was read. */
const NOT_UTF8 =
  "here is something that is not UTF-8, or the character U+FFFD that stands for it; save the file as UTF-8";

/** A place of a text, counted from 1. */
export interface LineColumn {
  line: number;
  column: number;
}

/** A text that was read as YAML. */
export interface YamlSource {
  text: string;
  /** Absent when it is no YAML; then there are problems. */
  top?: YamlNode;
  problems: readonly ({ message: string } & LineColumn)[];
  /** The place of an offset. */
  placeAt(offset: number): LineColumn;
}

/** Reads a text as YAML: the simple way where that will do, else with the library, which says what is wrong. */
export async function readSource(source: string): Promise<YamlSource> {
  // To YAML they are the same ends of lines, and every place stays what it is.
  const text = source.replaceAll("\r\n", "\n");
  const placeAt = placesOf(text);
  if (text.length > LONGEST_SOURCE) {
    const message = `it has more than ${LONGEST_SOURCE} characters, and is not read`;
    return { text, problems: [{ message, line: 1, column: 1 }], placeAt };
  }
  const broken = text.indexOf("\ufffd");
  if (broken >= 0) return { text, problems: [{ message: NOT_UTF8, ...placeAt(broken) }], placeAt };
  const simple = readSimple(text);
  if (simple) return { text, top: simple, problems: [], placeAt };
  const { readWhole } = await import("./whole_yaml.ts");
  const { node, problems } = readWhole(text);
  return {
    text,
    ...(node ? { top: node } : {}),
    problems: problems.map(({ offset, message }) => ({ message, ...placeAt(offset) })),
    placeAt,
  };
}

/** Finds lines and columns; what is behind the last character, as an end that is missing, is put at that one. */
function placesOf(text: string): (offset: number) => LineColumn {
  let starts: number[] | undefined;
  let last = 0;
  const end = text.trimEnd().length;
  return (offset) => {
    starts ??= lineStarts(text);
    const at = Math.max(0, Math.min(offset, end));
    const isBehind = starts[last]! > at;
    // Most places are asked for in the order of the text: then it is one of the next lines.
    for (let next = isBehind ? starts.length : last; next <= last + 4 && next < starts.length; next++) {
      if ((starts[next + 1] ?? Infinity) <= at) continue;
      last = next;
      return { line: next + 1, column: at - starts[next]! + 1 };
    }
    let [low, high] = isBehind ? [0, last - 1] : [last, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    last = low;
    return { line: low + 1, column: at - starts[low]! + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
