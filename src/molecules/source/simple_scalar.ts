import type { ScalarNode } from "./node.ts";
import { escapeAt, plainScalar } from "./scalars.ts";
import { bail, type Scan } from "./scan.ts";

/** Characters that begin something else than a plain scalar. */
const NOT_FIRST = /[,[\]{}#&*!|>'"%@`]/;

/** Where a plain scalar may end. */
const STOP = /[\n\t#:]/g;
const STOP_IN_FLOW = /[\n\t#:,[\]{}]/g;

/** A scalar without quotes that ends with its line. */
export function readPlain(scan: Scan, { inFlow = false } = {}): ScalarNode {
  const { text, at: start } = scan;
  checkFirst(text, start, { inFlow });
  const stop = inFlow ? STOP_IN_FLOW : STOP;
  let at = start;
  for (;; at++) {
    stop.lastIndex = at;
    at = stop.exec(text)?.index ?? text.length;
    const character = text[at];
    if (character === "\t") bail();
    else if (character === "#") { if (text[at - 1] === " ") break; }
    else if (character !== ":") break;
    else if (endsKey(text, at + 1, { inFlow })) {
      if (inFlow) break;
      bail();
    }
  }
  scan.at = at;
  const written = text.slice(start, at).trimEnd();
  const end = start + written.length;
  return { kind: "scalar", value: plainScalar(written), text: written, style: "plain", start, end };
}

function checkFirst(text: string, start: number, { inFlow }: { inFlow: boolean }): void {
  const first = text[start] ?? "";
  if (NOT_FIRST.test(first)) bail();
  if ("-?:".includes(first) && (endsKey(text, start + 1, { inFlow }))) bail();
}

function endsKey(text: string, at: number, { inFlow }: { inFlow: boolean }): boolean {
  const character = text[at];
  return character === undefined || character === " " || character === "\n" || character === "\t" ||
    (inFlow && ",[]{}".includes(character));
}

/** A scalar in quotes that ends on its line. */
export function readQuoted(scan: Scan): ScalarNode {
  const { text, at: start } = scan;
  const quote = text[start]!;
  let value = "";
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined || character === "\n") bail();
    if (character === quote) {
      if (quote === '"' || text[at + 1] !== "'") break;
      value += "'";
      at += 2;
    } else if (character === "\\" && quote === '"') {
      const escape = escapeAt(text, at) ?? bail();
      value += escape.value;
      at += escape.length;
    } else {
      value += character;
      at++;
    }
  }
  scan.at = at + 1;
  const style = quote === '"' ? "double" : "single";
  return { kind: "scalar", value, text: value, style, start, end: at + 1 };
}

const BLOCK = /[|>](-?)[ ]*(?: #[^\n]*)?(?:\n|$)/y;

/** A block scalar that keeps its lines, `|`, or joins them, `>`. Its indentation is that of its first line. */
export function readBlockScalar(scan: Scan, parent: number): ScalarNode {
  const { text, at: start } = scan;
  BLOCK.lastIndex = start;
  const header = BLOCK.exec(text) ?? bail();
  const style = text[start] === "|" ? "literal" : "folded";
  let at = start + header[0].length;
  let indent = -1;
  let end = at;
  let newlines = "";
  let value = "";
  while (at < text.length) {
    const lineEnd = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
    let first = at;
    while (first < lineEnd && text[first] === " ") first++;
    if (first < lineEnd) {
      const column = first - at;
      if (indent < 0) indent = checkedIndent({ column, parent, tab: text[first] === "\t" });
      if (column < indent) break;
    }
    const line = indent < 0 ? "" : text.slice(Math.min(at + indent, lineEnd), lineEnd);
    // More blanks before the first line than in it are an error.
    if (indent < 0 && lineEnd > at) bail();
    if (line === "") newlines += "\n";
    else {
      value += style === "literal" ? newlines + line : folded(line, { value, newlines });
      newlines = "\n";
      end = lineEnd;
    }
    at = lineEnd + 1;
  }
  scan.at = Math.min(at, text.length);
  scan.line = scan.at;
  const chomped = header[1] === "-" || value === "" ? value : `${value}\n`;
  return { kind: "scalar", value: chomped, text: chomped, style, start, end };
}

/** One end of a line is a blank, and one of several is none; lines that begin with blanks have other rules. */
function folded(line: string, { value, newlines }: { value: string; newlines: string }): string {
  if (/^[ \t]/.test(line)) bail();
  if (value === "") return newlines + line;
  return (newlines === "\n" ? " " : newlines.slice(1)) + line;
}

function checkedIndent({ column, parent, tab }: { column: number; parent: number; tab: boolean }): number {
  // Not further to the right than what it stands in: then it is empty, and this line is the next key.
  if (column <= parent || tab || column === 0) bail();
  return column;
}
