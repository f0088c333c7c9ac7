import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import type { EntryNode, ScalarNode, ScalarStyle, YamlNode } from "./node.ts";
import { startAdvice, yamlAdvice } from "./yaml_advice.ts";
import { COLON, UNQUOTED } from "./unquoted.ts";

/** Something that is no YAML, or YAML that a molecule may not use, at an offset of the text. */
export interface YamlProblem {
  offset: number;
  message: string;
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
};

const TOO_DEEP: YamlProblem = { offset: 0, message: "it is nested too deeply" };

/** One mistake can lead to thousands. */
const MOST_PROBLEMS = 20;

/** Reads any YAML with the library, and says what is wrong with it. */
export function readWhole(text: string): { node?: YamlNode; problems: YamlProblem[] } {
  let document: Document.Parsed;
  try {
    // What the library does by itself to each message and each map takes longer the longer a line or a map is.
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    // The library goes down a level of the stack for each level of the text.
    if (!(error instanceof RangeError)) throw error;
    return { problems: [TOO_DEEP] };
  }
  const problems = onePerLine(
    telling(document.errors).slice(0, MOST_PROBLEMS).map((error) => problemOf(error, { text, document })),
    text,
  );
  // Inside of the library the end of the stack becomes the message of some error.
  if (problems.some(({ message }) => /stack/i.test(message))) return { problems: [TOO_DEEP] };
  if (problems.length > 0) return { problems };
  const node = convert(document.contents as Node | null, { text, problems });
  return problems.length > 0 ? { problems: problems.slice(0, MOST_PROBLEMS) } : { node, problems };
}

/** Once something is wrong, what the reader did not expect is mostly what comes of that. */
function telling(errors: readonly YAMLError[]): YAMLError[] {
  const places = errors.map(({ pos }) => pos[0]);
  return errors.filter(({ code, pos }, at) =>
    at === 0 || code !== "UNEXPECTED_TOKEN" && places.indexOf(pos[0]) === at
  );
}

/** What else is found in a line follows from the first of it. */
function onePerLine(problems: readonly YamlProblem[], text: string): YamlProblem[] {
  const byLine = new Map<number, YamlProblem>();
  for (const problem of problems) {
    const start = text.lastIndexOf("\n", problem.offset - 1);
    if (!byLine.has(start)) byLine.set(start, problem);
  }
  return [...byLine.values()];
}

function problemOf(
  error: YAMLError,
  { text, document }: { text: string; document: Document.Parsed },
): YamlProblem {
  const offset = error.pos[0];
  const braces = unquotedBraces(text, offset);
  if (braces !== undefined) return { offset: braces, message: UNQUOTED };
  const open = error.code === "MISSING_CHAR" ? quotationUntil(document, offset) : undefined;
  if (open !== undefined) return { offset: open, message: "the quotation that begins here has no end" };
  if (error.code === "TAB_AS_INDENT") return { offset, message: "a tab cannot indent; use blanks" };
  if (error.code === "MULTIPLE_DOCS") return { offset, message: "one file holds one molecule" };
  const advice = yamlAdvice(text, { code: error.code, message: error.message, offset });
  if (advice) return advice;
  if (error.code === "BLOCK_AS_IMPLICIT_KEY") return { offset, message: COLON };
  return { offset, message: error.message.split("\n")[0]! };
}

/** Where the quotation begins that goes on to an offset, if there is one. */
function quotationUntil(document: Document.Parsed, end: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar(_, { type, range }) {
      if (!type?.startsWith("QUOTE_") || range?.[1] !== end) return undefined;
      start = range[0];
      return visit.BREAK;
    },
  });
  return start;
}

/** Where a value begins with braces on the line of an error; then they are the reason. */
function unquotedBraces(text: string, offset: number): number | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const found = /(?:: |- )\{\{/.exec(text.slice(start, end < 0 ? text.length : end));
  return found ? start + found.index + 2 : undefined;
}

function convert(node: Node | null, reading: { text: string; problems: YamlProblem[] }): YamlNode {
  const { text, problems } = reading;
  const [start, end] = node?.range ?? [0, 0];
  // Anchors and tags stand before what they belong to.
  const refuse = (mark: string, message: string) =>
    problems.push({ offset: Math.max(0, text.lastIndexOf(mark, start)), message });
  if (isAlias(node)) {
    refuse("*", `an alias (*${node.source}) is not read here; write what it stands for, or a text in quotes`);
  } else if (node && "anchor" in node && node.anchor) {
    refuse(`&${node.anchor}`, `an anchor (&${node.anchor}) is not read here`);
  }
  if (node?.tag && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(node.tag)) {
    const at = Math.max(0, text.lastIndexOf("!", start));
    const line = text.lastIndexOf("\n", at) + 1;
    const advice = startAdvice(text.slice(line).split("\n", 1)[0]!, at - line);
    refuse("!", `the tag ${node.tag} is not read here; ${advice}`);
  }
  if (isSeq(node)) {
    return { kind: "list", items: node.items.map((item) => convert(item as Node, reading)), start, end };
  }
  if (!isMap(node)) return scalarOf(node, { start, end });
  const known = new Set<string>();
  const entries = node.items.map(({ key, value }): EntryNode => {
    const keyNode = key as Node;
    const [from, to] = keyNode.range ?? [start, start];
    if (!isScalar(keyNode)) {
      problems.push({ offset: isMap(keyNode) ? start : from, message: notAKey(keyNode) });
    } else if (keyNode.value === "__proto__") {
      problems.push({ offset: from, message: '"__proto__" is not read as a key' });
    } else if (keyNode.value === "<<") {
      problems.push({ offset: from, message: "merge keys are not read here; write its keys in their place" });
    }
    const name = isScalar(keyNode) ? String(keyNode.source ?? keyNode.value) : "";
    if (isScalar(keyNode) && known.has(name)) {
      problems.push({ offset: from, message: `"${name}" stands twice in the same map` });
    }
    known.add(name);
    const empty: ScalarNode = { kind: "scalar", value: null, text: "", style: "plain", start: to, end: to };
    return { key: name, start: from, end: to, value: value ? convert(value as Node, reading) : empty };
  });
  return { kind: "map", entries, start, end };
}

/** The usual reason for a map as a key is a value that begins with `{{`. */
function notAKey(key: Node): string {
  return isMap(key) ? UNQUOTED : "a key must be text here";
}

function scalarOf(node: Node | null, { start, end }: { start: number; end: number }): ScalarNode {
  if (!isScalar(node)) return { kind: "scalar", value: null, text: "", style: "plain", start, end };
  const { value } = node;
  const style = STYLES[node.type ?? "PLAIN"] ?? "plain";
  const known = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return {
    kind: "scalar",
    value: known ? value : value === null ? null : String(value),
    text: style === "plain" ? (node.source ?? "").trim() : String(value),
    style,
    start,
    end,
  };
}
