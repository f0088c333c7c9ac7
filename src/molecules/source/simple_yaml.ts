import type { EntryNode, ListNode, MapNode, ScalarNode, YamlNode } from "./node.ts";
import { readFlow } from "./simple_flow.ts";
import { readBlockScalar, readPlain, readQuoted } from "./simple_scalar.ts";
import { bail, columnOf, createScan, endOfLine, NotSimple, type Scan, skipBlank } from "./scan.ts";

/** Deeper than any molecule, and far from the end of the stack. */
const DEEPEST = 60;

/** The mark that a document may begin with, and comments before it. */
const START = /^(?:(?:#.*\n|\n)*--- *\n)?/;

/**
 * Reads the plain part of YAML that nearly every molecule is written in; undefined for anything beyond it.
 *
 * What it reads it reads as the YAML library does, some ten times as fast; what it does not know, or finds wrong, it
 * leaves to the library, and with it every message: so it has none.
 */
export function readSimple(text: string): YamlNode | undefined {
  const from = START.exec(text)![0].length;
  // Other ends of lines, tabs that could indent, and marks of documents are for the library.
  if (/\r|^\uFEFF|^ *\t|^(?:---|\.\.\.|%)/m.test(from === 0 ? text : text.slice(from))) return undefined;
  const scan = createScan(text);
  scan.at = scan.line = from;
  try {
    if (skipBlank(scan) < 0) return undefined;
    const node = readBlock(scan, { depth: 0, parent: -1 });
    return skipBlank(scan) < 0 ? node : undefined;
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

interface Level {
  depth: number;
  /** Column of what this stands in; what is inside stands further to the right. */
  parent: number;
}

/** The node that begins here: a list or a map if it looks like one, else a value. */
function readBlock(scan: Scan, { depth, parent }: Level): YamlNode {
  if (depth > DEEPEST) bail();
  const column = columnOf(scan);
  if (isDash(scan)) return readList(scan, { depth: depth + 1, parent: column });
  const key = keyAt(scan);
  return key ? readMap(scan, { depth: depth + 1, parent: column }) : readValue(scan, { depth, parent });
}

function isDash({ text, at }: Scan): boolean {
  return text[at] === "-" && (at + 1 >= text.length || text[at + 1] === " " || text[at + 1] === "\n");
}

function readList(scan: Scan, { depth, parent: column }: Level): ListNode {
  const start = scan.at;
  const items: YamlNode[] = [];
  let next = column;
  let end = start;
  while (next === column && isDash(scan)) {
    scan.at++;
    const item = readAfter(scan, { depth, parent: column });
    items.push(item);
    end = item.end;
    next = skipBlank(scan);
  }
  // A map's own list may stand at the map's column: its next key follows then.
  if (next > column) bail();
  return { kind: "list", items, start, end };
}

function readMap(scan: Scan, { depth, parent: column }: Level): MapNode {
  const start = scan.at;
  const entries: EntryNode[] = [];
  const keys = new Set<string>();
  let next = column;
  while (next === column) {
    const found = keyAt(scan) ?? bail();
    if (keys.has(found.key) || found.key === "__proto__") bail();
    keys.add(found.key);
    scan.at = found.colon + 1;
    const value = readAfter(scan, { depth, parent: column }, { listAtColumn: true });
    entries.push({ key: found.key, start: found.start, end: found.end, value });
    next = skipBlank(scan);
  }
  if (next > column) bail();
  return { kind: "map", entries, start, end: entries.at(-1)!.value.end };
}

/** What follows a dash or a colon: on this line, or on the next ones. */
function readAfter(scan: Scan, level: Level, { listAtColumn = false } = {}): YamlNode {
  const after = scan.at;
  while (scan.text[scan.at] === " ") scan.at++;
  if (!endOfLine(scan)) {
    // Behind a dash everything may begin; behind a colon only a value.
    return listAtColumn ? readValue(scan, level) : readBlock(scan, level);
  }
  const column = skipBlank(scan);
  if (column > level.parent || (listAtColumn && column === level.parent && isDash(scan))) {
    return readBlock(scan, { depth: level.depth, parent: level.parent });
  }
  return { kind: "scalar", value: null, text: "", style: "plain", start: after, end: after };
}

function readValue(scan: Scan, { depth, parent }: Level): YamlNode {
  const first = scan.text[scan.at];
  if (first === "|" || first === ">") return readBlockScalar(scan, parent);
  const node = first === "[" || first === "{"
    ? readFlow(scan, { depth, parent })
    : first === '"' || first === "'"
    ? readQuoted(scan)
    : readPlain(scan);
  while (scan.text[scan.at] === " ") scan.at++;
  if (!endOfLine(scan)) bail();
  return node;
}

const PLAIN_KEY = /[A-Za-z0-9_.][A-Za-z0-9_.\/-]*(?= *:(?:[ \n]|$))/y;

/** The key that begins here, with the offset of its colon; undefined when this is none. */
function keyAt(scan: Scan): { key: string; start: number; end: number; colon: number } | undefined {
  const { text, at: start } = scan;
  let key: string;
  if (text[start] === '"' || text[start] === "'") {
    const node: ScalarNode = readQuoted(scan);
    key = node.text;
  } else {
    PLAIN_KEY.lastIndex = start;
    const found = PLAIN_KEY.exec(text);
    if (!found) return undefined;
    key = found[0];
    scan.at = start + key.length;
  }
  const end = scan.at;
  let colon = end;
  while (text[colon] === " ") colon++;
  scan.at = start;
  const isKey = text[colon] === ":" &&
    (colon + 1 >= text.length || text[colon + 1] === " " || text[colon + 1] === "\n");
  return isKey ? { key, start, end, colon } : undefined;
}
