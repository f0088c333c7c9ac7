import { printableText } from "../lib/printable.ts";

/** Longest line of a text from elsewhere, in characters. */
const widest = 200;

/** The first `most` lines of a text from elsewhere, safe to show, with a remark when there are more. */
export function cut(text: string, most: number): string[] {
  const lines = safe(text);
  return lines.length <= most
    ? lines
    : [...lines.slice(0, most - 1), `… (${lines.length - most + 1} more lines)`];
}

/** The last `most` lines, as one wants of a log. */
export function cutFront(text: string, most: number): string[] {
  const lines = safe(text);
  return lines.length <= most
    ? lines
    : [`… (${lines.length - most + 1} lines before)`, ...lines.slice(1 - most)];
}

/** The same lines, set in. */
export function indented(lines: readonly string[], by = "  "): string[] {
  return lines.map((line) => line === "" ? "" : by + line);
}

function safe(text: string): string[] {
  const trimmed = printableText(text).replace(/^\s*\n/, "").trimEnd();
  if (trimmed === "") return [];
  return trimmed.split("\n").map((line) => line.length > widest ? line.slice(0, widest - 1) + "…" : line);
}
