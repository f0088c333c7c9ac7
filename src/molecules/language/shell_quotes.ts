import type { Template } from "../definition.ts";
import { templateParts } from "../expressions/template_text.ts";

/**
 * What an insertion stands in that a word in quotes does not stay one word in: the shell reads it in another way there,
 * ends it at a sign of its own, or takes the sign before it for a part of it.
 */
export type Surrounding =
  | "quotes"
  | "backticks"
  | "here-document"
  | "comment"
  | "arithmetic"
  | "backslash"
  | "dollar";

/** What the text of a command is inside of. */
type Frame =
  /** Commands; `cases` is how many `case` are open, whose patterns end with a parenthesis. */
  | { kind: "command"; inParens: boolean; cases: number }
  | { kind: "double" }
  | { kind: "arithmetic" }
  | { kind: "braces"; inDouble: boolean };

interface Scan {
  /** The command, each insertion one character of it. */
  readonly text: string;
  at: number;
  /** The innermost last. */
  readonly frames: Frame[];
  /** Where among them the first backtick stands; -1 outside of backticks. */
  backticks: number;
  /** Here-documents that begin with the next line. */
  pending: { end: string; isIndented: boolean }[];
  readonly found: (Surrounding | undefined)[];
}

/** Stands for an insertion: to a shell a letter, that no command has. */
const INSERTION = "\uE000";

const known = new WeakMap<Template, Scan["found"]>();

/** For each `{{ }}` of a command what it stands in; undefined where a word of `quote()` stays one word. */
export function surroundings(template: Template): readonly (Surrounding | undefined)[] {
  const before = known.get(template);
  if (before) return before;
  const text = templateParts(template.text).map((part) => "text" in part ? part.text : INSERTION).join("");
  const found: Scan["found"] = [];
  const scan: Scan = {
    text,
    at: 0,
    frames: [commands({ inParens: false })],
    backticks: -1,
    pending: [],
    found,
  };
  while (scan.at < text.length) readOn(scan);
  known.set(template, found);
  return found;
}

function commands({ inParens }: { inParens: boolean }): Frame {
  return { kind: "command", inParens, cases: 0 };
}

function readOn(scan: Scan): void {
  const { text, frames, found } = scan;
  const top = frames.at(-1)!;
  const character = text[scan.at++];
  if (character === INSERTION) found.push(around(scan));
  else if (character === "\\") {
    if (text[scan.at] === INSERTION) found.push(around(scan) ?? "backslash");
    scan.at++;
  } else if (character === "$") readDollar(scan, top);
  else if (character === "`") toggleBackticks(scan);
  else if (character === '"') {
    if (top.kind === "double") frames.pop();
    else frames.push({ kind: "double" });
  } else if (character === "'" && !isAsInDouble(top)) skipSingle(scan, { escapes: false });
  else if (character === "}" && top.kind === "braces") frames.pop();
  else if (top.kind === "command") readInCommand(scan, top);
  else if (top.kind === "arithmetic") {
    if (character === "(") frames.push({ kind: "arithmetic" });
    else if (character === ")") frames.pop();
  }
}

/** Where single quotes mean nothing. */
function isAsInDouble(frame: Frame): boolean {
  return frame.kind === "double" || frame.kind === "arithmetic" ||
    (frame.kind === "braces" && frame.inDouble);
}

function around({ frames, backticks }: Scan): Surrounding | undefined {
  // The shell looks for the second backtick first, whatever stands between.
  if (backticks >= 0) return "backticks";
  const top = frames.at(-1)!;
  if (top.kind === "arithmetic") return "arithmetic";
  return isAsInDouble(top) ? "quotes" : undefined;
}

function readDollar(scan: Scan, top: Frame): void {
  const { text, frames, found } = scan;
  const next = text[scan.at];
  if (text.startsWith("((", scan.at)) {
    frames.push(commands({ inParens: true }), { kind: "arithmetic" });
    scan.at += 2;
  } else if (next === "(") {
    frames.push(commands({ inParens: true }));
    scan.at++;
  } else if (next === "{") {
    frames.push({ kind: "braces", inDouble: isAsInDouble(top) });
    scan.at++;
  } else if (next === "'" && !isAsInDouble(top)) {
    scan.at++;
    skipSingle(scan, { escapes: true });
  } else if (next === INSERTION) {
    found.push(around(scan) ?? "dollar");
    scan.at++;
  }
}

function toggleBackticks(scan: Scan): void {
  const { frames, backticks } = scan;
  if (backticks < 0) {
    scan.backticks = frames.length;
    frames.push(commands({ inParens: false }));
  } else {
    frames.length = backticks;
    scan.backticks = -1;
  }
}

function skipSingle(scan: Scan, { escapes }: { escapes: boolean }): void {
  const { text, found } = scan;
  for (; scan.at < text.length; scan.at++) {
    const character = text[scan.at];
    if (character === "'") break;
    if (character === INSERTION) found.push("quotes");
    // What is escaped may be an insertion: it is found all the same.
    if (escapes && character === "\\" && text[scan.at + 1] !== INSERTION) scan.at++;
  }
  scan.at++;
}

const HERE = /<<(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s;|&()<>'"\\])+)/y;
const CASE = /case\s[^\n;]{0,200}?\sin\s/y;
const ESAC = /esac(?![\w-])/y;

function readInCommand(scan: Scan, top: Frame & { kind: "command" }): void {
  const { text, frames } = scan;
  const at = scan.at - 1;
  const character = text[at];
  if (character === "\n") skipHereDocuments(scan);
  else if (character === "(") frames.push(commands({ inParens: true }));
  else if (character === ")") {
    if (top.inParens && top.cases === 0) frames.pop();
  } else if (character === "<") readHere(scan, at);
  else if (at === 0 || " \t\n;&|()`".includes(text[at - 1]!)) {
    if (character === "#") skipComment(scan);
    else if (character === "c" && isAt(CASE, { text, at })) top.cases++;
    else if (character === "e" && top.cases > 0 && isAt(ESAC, { text, at })) top.cases--;
  }
}

function isAt(pattern: RegExp, { text, at }: { text: string; at: number }): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function readHere(scan: Scan, at: number): void {
  const { text, found, pending } = scan;
  if (text.startsWith("<<<", at)) {
    scan.at = at + 3;
    return;
  }
  HERE.lastIndex = at;
  const here = HERE.exec(text);
  if (!here) return;
  const [whole, dash, word] = here;
  scan.at = at + whole.length;
  for (const character of word!) if (character === INSERTION) found.push("here-document");
  pending.push({ end: word!.replace(/['"\\]/g, ""), isIndented: dash !== "" });
}

/** A line of a value may be the one that ends it, so that no insertion is safe in one. */
function skipHereDocuments(scan: Scan): void {
  const { text, found, pending } = scan;
  scan.pending = [];
  for (const { end, isIndented } of pending) {
    while (scan.at < text.length) {
      const next = text.indexOf("\n", scan.at);
      const line = text.slice(scan.at, next < 0 ? text.length : next);
      scan.at = next < 0 ? text.length : next + 1;
      if ((isIndented ? line.replace(/^\t+/, "") : line) === end) break;
      for (const character of line) if (character === INSERTION) found.push("here-document");
    }
  }
}

function skipComment(scan: Scan): void {
  const { text, backticks, found } = scan;
  for (; scan.at < text.length; scan.at++) {
    const character = text[scan.at];
    if (character === "\n" || (backticks >= 0 && character === "`")) return;
    if (character === INSERTION) found.push("comment");
  }
}
