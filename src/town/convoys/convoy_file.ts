import * as v from "valibot";
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { CommandError } from "../../lib/errors.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import { closestWord } from "../../lib/closest_word.ts";
import { brokenRules } from "./convoy_rules.ts";
import { looseConvoy } from "./loose_convoy.ts";
import { beadSchema, type ConvoyFile, convoySchema } from "./convoy_schema.ts";
import type { ConvoyPath, ConvoyProblem, ConvoyRead, FoundProblem } from "./convoy_problem.ts";

/** Longest text that is read, in characters. */
const LONGEST = 2_000_000;

/** Reads the text of a convoy's file; everything that is wrong with it is found in one pass. */
export function readConvoyFile(source: string, path: string): ConvoyRead {
  if (source.length > LONGEST) {
    const message = `it has more than ${LONGEST} characters, and is not read`;
    return unread({ rule: "size", severity: "error", message, file: path, line: 1, column: 1 });
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const last = Math.max(0, source.trimEnd().length);
  const problemFrom = (
    offset: number,
    { rule, message }: Pick<FoundProblem, "rule" | "message">,
  ): ConvoyProblem => {
    const { line, col } = lines.linePos(Math.min(offset, last));
    return {
      rule,
      severity: "error",
      message,
      file: path,
      line: Math.max(1, line),
      column: Math.max(1, col),
    };
  };
  const problemAt = (found: FoundProblem) => problemFrom(offsetOf(document, found), found);
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const message = error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
      return problemFrom(error.pos[0], { rule: "yaml", message });
    });
    return { problems, problemAt };
  }
  const value = plainValue(document);
  if ("problem" in value) {
    return { problems: [problemAt({ path: [], rule: "yaml", message: value.problem })], problemAt };
  }
  if (document.contents !== null && !isMap(document.contents)) {
    const message = `expected a convoy with \`name\` and \`beads\`, found ${shown(value.plain)}`;
    return { problems: [problemAt({ path: [], rule: "value", message })], problemAt };
  }
  const parsed = v.safeParse(convoySchema, value.plain ?? {});
  const loose = looseConvoy(value.plain);
  const found = [...(parsed.issues ?? []).map(describe), ...brokenRules(loose)];
  const problems = sorted(found.map(problemAt));
  return problems.length === 0 && parsed.success
    ? { file: parsed.output, loose, problems, problemAt }
    : { loose, problems, problemAt };
}

function unread(problem: ConvoyProblem): ConvoyRead {
  return { problems: [problem], problemAt: () => problem };
}

/** Aliases of aliases could stand for more than fits into memory. */
function plainValue(document: Document.Parsed): { plain: unknown } | { problem: string } {
  try {
    return { plain: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { problem: (error as Error).message.split("\n")[0]! };
  }
}

/** Problems in the order of the file. */
export function sorted(problems: readonly ConvoyProblem[]): ConvoyProblem[] {
  return [...problems].sort((one, other) => one.line - other.line || one.column - other.column);
}

/** Reads the text of a convoy's file. @throws {CommandError} naming line and column of everything that is wrong. */
export function parseConvoyFile(source: string, path: string): ConvoyFile {
  const { file, problems } = readConvoyFile(source, path);
  if (file) return file;
  throw refusedConvoy(path, problems);
}

const MOST_SHOWN = 20;

/** The error for a file with problems. */
export function refusedConvoy(path: string, problems: readonly ConvoyProblem[]): CommandError {
  const written = problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const hints = [`gt convoy lint ${quoteWords([path])}`];
  const more = written.length - MOST_SHOWN;
  return written.length === 1
    ? new CommandError("refused", `Cannot use ${written[0]}`, { code: "convoy_invalid", hints })
    : new CommandError("refused", `Cannot use "${path}": ${written.length} problems`, {
      code: "convoy_invalid",
      hints: [...written.slice(0, MOST_SHOWN), ...(more > 0 ? [`and ${more} more`] : []), ...hints],
    });
}

function describe(issue: v.BaseIssue<unknown>): FoundProblem {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const last = String(path.at(-1));
  if (issue.type === "strict_object" && issue.expected === "never") {
    const known = knownKeys(path);
    const close = closestWord(last, known);
    const hint = close === undefined ? `; known are ${known.join(", ")}` : `; did you mean "${close}"?`;
    return { path, isKey: true, rule: "unknown-key", message: `unknown key "${last}"${hint}` };
  }
  if (issue.path?.at(-1)?.origin === "key" || issue.input === undefined) {
    return { path: path.slice(0, -1), rule: "missing-key", message: `missing key "${last}"` };
  }
  const name = path.findLast((word) => typeof word === "string");
  const where = name === undefined ? "" : `${name}: `;
  return { path, rule: "value", message: `${where}expected ${issue.message}, found ${shown(issue.input)}` };
}

function knownKeys(path: ConvoyPath): string[] {
  if (path.at(-2) === "budget") return ["warn", "soft", "hard"];
  return Object.keys(path.length === 1 ? convoySchema.entries : beadSchema.entries);
}

function shown(input: unknown): string {
  if (typeof input === "string") return JSON.stringify(input);
  if (Array.isArray(input)) return input.length === 0 ? "an empty list" : "a list";
  if (input === null) return "nothing";
  return typeof input === "object" ? "a map" : `the ${typeof input} ${input}`;
}

/** Where the value at a path begins, or the nearest thing above it that exists. */
function offsetOf(document: Document.Parsed, { path, isKey = false }: FoundProblem): number {
  if (isKey) {
    const map = document.getIn(path.slice(0, -1), true) ?? document.contents;
    const pair = isMap(map)
      ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
      : undefined;
    const range = (pair?.key as Node | undefined)?.range;
    if (range) return range[0];
  }
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
