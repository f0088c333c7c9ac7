import type { Files } from "../../../ports/files.ts";
import { printableText } from "../../../lib/printable.ts";
import type { CommandRecord, Span } from "./lane_records.ts";

/** The most of what an attempt printed that is read at once, in bytes: the end of it. */
const MOST_READ = 256 * 1024;

/** The last lines that an attempt printed, its errors after its output where they were kept apart. */
export function printedLines(
  files: Files,
  { record, most }: { record: CommandRecord; most: number },
): string[] {
  const lines = [record.output, record.log].flatMap((span) => linesOf(files, span));
  return lines.slice(-most);
}

function linesOf(files: Files, span: Span): string[] {
  const end = span.to ?? files.stat(span.path)?.size ?? 0;
  if (end <= span.from) return [];
  const from = Math.max(span.from, end - MOST_READ);
  const text = files.readPart(span.path, { from, most: end - from })?.text ?? "";
  const left = from - span.from;
  const lines = text.replace(/\n$/, "").split("\n").map(plainLine);
  return left > 0 ? [`… ${left} bytes before this are in ${span.path}`, ...lines.slice(1)] : lines;
}

/** What a line of a terminal shows at its end, without colours and movements. */
export function plainLine(line: string): string {
  const shown = line.replace(/\r$/, "").split("\r").at(-1) ?? "";
  return printableText(shown.replace(MARKS, ""));
}

/** Colours, movements, titles: noise to whoever reads what was printed. */
// deno-lint-ignore no-control-regex
const MARKS = /\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][0-9A-B])/g;
