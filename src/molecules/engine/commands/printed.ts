import type { Files } from "../../../ports/files.ts";
import { printableText } from "../../../lib/printable.ts";
import type { Span } from "./lane_records.ts";
import type { Printed } from "./lanes.ts";

/** The most of what an attempt printed that is read at once, in bytes: the end of it. */
const MOST_READ = 256 * 1024;

/** The last lines that an attempt printed, its errors after its output where they were kept apart. */
export function printedLines(
  files: Files,
  { printed: { output, log }, most }: { printed: Printed; most: number },
): string[] {
  return [output, log].flatMap((span) => linesOf(files, span)).slice(-most);
}

function linesOf(files: Files, span: Required<Span>): string[] {
  const { to: end } = span;
  if (end <= span.from) return [];
  const from = Math.max(span.from, end - MOST_READ);
  const text = files.readPart(span.path, { from, most: end - from })?.text ?? "";
  const left = from - span.from;
  const lines = text.replace(/\n$/, "").split("\n").map(plainLine);
  if (left <= 0) return lines;
  // The first is cut off, which is better than nothing where it is the only one.
  return [`… ${left} bytes before this are in ${span.path}`, ...lines.slice(lines.length > 1 ? 1 : 0)];
}

/** What a line of a terminal shows at its end, without colours and movements. */
export function plainLine(line: string): string {
  const shown = line.replace(/\r$/, "").split("\r").at(-1) ?? "";
  return printableText(shown.replace(MARKS, ""));
}

/** Colours, movements, titles: noise to whoever reads what was printed. */
// deno-lint-ignore no-control-regex
const MARKS = /\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][0-9A-B])/g;
