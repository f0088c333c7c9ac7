import type { EntryNode, MapNode, YamlNode } from "./node.ts";
import { bail, columnOf, type Scan, skipBlank } from "./scan.ts";
import { readPlain, readQuoted } from "./simple_scalar.ts";

const DEEPEST = 60;

interface Level {
  depth: number;
  parent: number;
}

/** A list or a map in brackets, that may go over several lines. */
export function readFlow(scan: Scan, { depth, parent }: Level): YamlNode {
  if (depth > DEEPEST) bail();
  const inner = { depth: depth + 1, parent };
  return scan.text[scan.at] === "[" ? readFlowList(scan, inner) : readFlowMap(scan, inner);
}

/** To the next character of the flow, which stands further to the right than what the flow stands in. */
function skipIn(scan: Scan, { parent }: Level): string {
  const { line } = scan;
  if (skipBlank(scan) < 0 || (scan.line !== line && columnOf(scan) <= parent)) bail();
  return scan.text[scan.at]!;
}

function readFlowList(scan: Scan, level: Level): YamlNode {
  const start = scan.at++;
  const items: YamlNode[] = [];
  while (skipIn(scan, level) !== "]") {
    items.push(readFlowNode(scan, level));
    const next = skipIn(scan, level);
    if (next === ",") scan.at++;
    else if (next !== "]") bail();
  }
  return { kind: "list", items, start, end: ++scan.at };
}

function readFlowMap(scan: Scan, level: Level): MapNode {
  const start = scan.at++;
  const entries: EntryNode[] = [];
  const keys = new Set<string>();
  while (skipIn(scan, level) !== "}") {
    const entry = readFlowEntry(scan, level);
    if (keys.has(entry.key) || entry.key === "__proto__") bail();
    keys.add(entry.key);
    entries.push(entry);
    const next = skipIn(scan, level);
    if (next === ",") scan.at++;
    else if (next !== "}") bail();
  }
  return { kind: "map", entries, start, end: ++scan.at };
}

function readFlowEntry(scan: Scan, level: Level): EntryNode {
  const first = scan.text[scan.at]!;
  const key = first === '"' || first === "'" ? readQuoted(scan) : readPlain(scan, { inFlow: true });
  if (key.text === "" || !/^[\w.\/ -]+$/.test(key.text)) bail();
  const { start, end } = key;
  if (skipIn(scan, level) !== ":") bail();
  scan.at++;
  if (scan.text[scan.at] !== " ") bail();
  if (",}".includes(skipIn(scan, level))) bail();
  return { key: key.text, start, end, value: readFlowNode(scan, level) };
}

function readFlowNode(scan: Scan, level: Level): YamlNode {
  const first = scan.text[scan.at]!;
  if (first === "[" || first === "{") return readFlow(scan, level);
  const node = first === '"' || first === "'" ? readQuoted(scan) : readPlain(scan, { inFlow: true });
  // A pair in a list, or a key that is a text in quotes without a blank after its colon.
  if (scan.text[scan.at] === ":") bail();
  // A plain scalar that goes on in the next line.
  if (node.style === "plain" && scan.text[scan.at] === "\n") {
    if (!",]}".includes(skipIn(scan, level))) bail();
  }
  return node;
}
