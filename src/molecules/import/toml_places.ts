import { parse } from "smol-toml";

/** Where the parts of a TOML text stand. */
export interface TomlPlaces {
  /** The line of each table and value, by its path: `steps.2.gate.type`. */
  lines: ReadonlyMap<string, number>;
  /** The lines of comment above a table or value, within it or behind it, without their marks. */
  comments: ReadonlyMap<string, readonly string[]>;
  /** The comment that the text begins with, up to the first line that is none. */
  header: readonly string[];
  /** The comment behind all values. */
  footer: readonly string[];
}

/** Goes through a text once, by its characters. */
interface Scan {
  readonly text: string;
  at: number;
  line: number;
  readonly lines: Map<string, number>;
  readonly comments: Map<string, string[]>;
  /** Comments that nothing was found for yet. */
  waiting: string[];
  /** How many elements each list of tables has so far. */
  readonly counts: Map<string, number>;
}

/** Reads where the parts of a text stand that is TOML. */
export function tomlPlaces(text: string): TomlPlaces {
  const scan: Scan = {
    text,
    at: 0,
    line: 1,
    lines: new Map(),
    comments: new Map(),
    waiting: [],
    counts: new Map(),
  };
  while (text[scan.at] === "#") {
    readComment(scan);
    take(scan, "\n");
  }
  const header = scan.waiting.splice(0);
  for (let table = ""; skip(scan, { overLines: true });) {
    if (text[scan.at] === "[") table = readHeader(scan);
    else endStatement(scan, readEntry(scan, table));
  }
  const { lines, comments, waiting } = scan;
  return { lines, comments, header, footer: waiting };
}

/** Skips blanks and, where they mean nothing, ends of lines and comments; false at the end. */
function skip(scan: Scan, { overLines }: { overLines: boolean }): boolean {
  while (scan.at < scan.text.length) {
    const character = scan.text[scan.at]!;
    if (/[ \t\r]/.test(character)) scan.at++;
    else if (overLines && character === "\n") take(scan, "\n");
    else if (overLines && character === "#") readComment(scan);
    else return true;
  }
  return false;
}

function take(scan: Scan, word: string): boolean {
  if (!scan.text.startsWith(word, scan.at)) return false;
  scan.at += word.length;
  if (word === "\n") scan.line++;
  return true;
}

/** What a pattern matches here. */
function match(scan: Scan, pattern: RegExp): string {
  pattern.lastIndex = scan.at;
  const [word = ""] = pattern.exec(scan.text) ?? [];
  scan.at += word.length;
  return word;
}

function readComment(scan: Scan): void {
  const line = match(scan, /#[^\n]*/y);
  scan.waiting.push(line.trim().replace(/^#\s?/, ""));
}

/** Keeps the comments above something, in it, and behind it on its line. */
function endStatement(scan: Scan, path: string): void {
  skip(scan, { overLines: false });
  if (scan.text[scan.at] === "#") readComment(scan);
  const lines = scan.waiting.splice(0);
  if (lines.length > 0) scan.comments.set(path, [...scan.comments.get(path) ?? [], ...lines]);
}

function found({ lines, line }: Scan, path: string): void {
  if (!lines.has(path)) lines.set(path, line);
}

/** `[a.b]` or `[[a.b]]`; returns the path of the table. */
function readHeader(scan: Scan): string {
  take(scan, "[");
  const isList = take(scan, "[");
  const path = tablePath(scan, { names: readKey(scan), isList });
  found(scan, path);
  take(scan, isList ? "]]" : "]");
  endStatement(scan, path);
  return path;
}

/** The path of a table, each list in it with the number of its last element. */
function tablePath(
  scan: Scan,
  { names, isList }: { names: readonly string[]; isList: boolean },
): string {
  const { counts } = scan;
  let path = "";
  for (const [at, name] of names.entries()) {
    const isLast = at === names.length - 1;
    path = joined(path, name);
    if (isList && isLast) counts.set(path, (counts.get(path) ?? -1) + 1);
    const count = counts.get(path);
    if (count !== undefined) path = `${path}.${count}`;
    if (!isLast) found(scan, path);
  }
  return path;
}

/** `NAME = VALUE`; returns its path. */
function readEntry(scan: Scan, table: string): string {
  let path = table;
  for (const name of readKey(scan)) {
    path = joined(path, name);
    found(scan, path);
  }
  take(scan, "=");
  skip(scan, { overLines: false });
  readValue(scan, path);
  return path;
}

/** The words of a key, up to what follows it. */
function readKey(scan: Scan): string[] {
  const words: string[] = [];
  do {
    skip(scan, { overLines: false });
    const quote = scan.text[scan.at];
    words.push(quote === '"' || quote === "'" ? readQuotedKey(scan, quote) : match(scan, /[\w-]+/y));
    skip(scan, { overLines: false });
  } while (take(scan, "."));
  return words;
}

function readQuotedKey(scan: Scan, quote: string): string {
  const from = scan.at;
  readString(scan, quote);
  const written = scan.text.slice(from, scan.at);
  const [[name]] = Object.entries(parse(`${written} = 1`)) as [[string, unknown]];
  return name;
}

function readValue(scan: Scan, path: string): void {
  const first = scan.text[scan.at];
  if (first === '"' || first === "'") readString(scan, first);
  else if (first === "[") readList(scan, path);
  else if (first === "{") readInlineTable(scan, path);
  // A date may have a blank in it.
  else match(scan, /[^,\]}#\n]*/y);
}

function readList(scan: Scan, path: string): void {
  take(scan, "[");
  for (let number = 0; skip(scan, { overLines: true }) && !take(scan, "]");) {
    if (take(scan, ",")) continue;
    const item = `${path}.${number++}`;
    found(scan, item);
    readValue(scan, item);
  }
}

function readInlineTable(scan: Scan, path: string): void {
  take(scan, "{");
  while (skip(scan, { overLines: true }) && !take(scan, "}")) {
    if (!take(scan, ",")) readEntry(scan, path);
  }
}

/** A text in quotes, over several lines where there are three of them. */
function readString(scan: Scan, quote: string): void {
  const long = quote.repeat(3);
  const end = scan.text.startsWith(long, scan.at) ? long : quote;
  scan.at += end.length;
  while (scan.at < scan.text.length && !take(scan, end)) {
    if (quote === '"' && scan.text[scan.at] === "\\") scan.at++;
    if (!take(scan, "\n")) scan.at++;
  }
  // Up to two more quotes belong to the text.
  for (let more = 0; end === long && more < 2; more++) take(scan, quote);
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
