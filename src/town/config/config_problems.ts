import { type BaseIssue, safeParse } from "valibot";
import { type Document, isMap, LineCounter, type Node, type Pair, parseDocument, type Scalar } from "yaml";
import { CommandError } from "../../lib/errors.ts";
import { closestWord } from "../../lib/closest_word.ts";
import { keysAt } from "./config_keys.ts";
import { brokenRules, misplacedLists } from "./config_rules.ts";
import { townSchema } from "./config_schema.ts";

/** Something wrong at a place of town.yaml; lines and columns count from 1. */
export interface ConfigProblem {
  line: number;
  column: number;
  /** Dotted key: `rigs.csm.merge`; empty for the whole file. */
  key: string;
  message: string;
}

type Path = readonly (string | number)[];

/** Everything wrong with the text of a town.yaml; `otherwise` is said when nothing is found. */
export function configProblems(source: string, otherwise: string): ConfigProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  if (document.errors.length > 0) {
    // The parser puts a quotation that never ends at the end of the file: on a line that is not there.
    const last = Math.max(0, source.trimEnd().length);
    return document.errors.map((error) => ({
      ...at(lines, Math.min(error.pos[0], last)),
      key: "",
      message: error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""),
    }));
  }
  const problem = (path: Path, message: string, onKey = false): ConfigProblem => ({
    ...at(lines, offsetOf(document, path, onKey)),
    key: path.join("."),
    message,
  });
  const value = document.toJS() ?? {};
  const lists = misplacedLists(value);
  const parsed = safeParse(townSchema, value);
  const elsewhere = (parsed.issues ?? []).filter((issue) => !lists.some((list) => isBelow(issue, list)));
  if (!parsed.success || lists.length > 0) {
    return [
      ...lists.map((path) => problem(path, `${path.join(".") || "the file"}: expected a map, found a list`)),
      ...elsewhere.map((issue) => describe(issue, problem)),
    ];
  }
  const rules = brokenRules(parsed.output).map((rule) =>
    problem(rule.path, rule.message + suggestion(rule.choices?.given, rule.choices?.known ?? []))
  );
  return rules.length > 0 ? rules : [problem([], otherwise || "the file cannot be understood")];
}

/** Turns problems into the error a person acts on. */
export function refuseConfig(problems: readonly ConfigProblem[], path: string): CommandError {
  const written = problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
  const [only, ...more] = written;
  return more.length === 0
    ? new CommandError("refused", `Cannot use ${only}`, {
      code: "config_invalid",
      hints: ["gt config schema"],
    })
    : new CommandError("refused", `Cannot use "${path}": ${written.length} problems`, {
      code: "config_invalid",
      reasons: written,
      hints: ["gt config schema"],
    });
}

function describe(
  issue: BaseIssue<unknown>,
  problem: (path: Path, message: string, onKey?: boolean) => ConfigProblem,
): ConfigProblem {
  const items = issue.path ?? [];
  const path = items.map((item) => item.key as string | number);
  const place = path.slice(0, -1).join(".");
  const last = String(path.at(-1));
  if (issue.type === "strict_object" && issue.expected === "never") {
    const known = suggestion(last, keysAt(path.slice(0, -1)));
    return problem(path, `unknown key "${last}"${place && ` in ${place}`}${known}`, true);
  }
  if (items.at(-1)?.origin === "key" && issue.kind === "validation") {
    return problem(path, `expected ${issue.message}, found "${last}"`, true);
  }
  if (items.at(-1)?.origin === "key" || issue.input === undefined) {
    return problem(path.slice(0, -1), `missing key "${last}"${place && ` in ${place}`}`, true);
  }
  return problem(
    path,
    `${path.join(".") || "the file"}: expected ${issue.message}, found ${shown(issue.input)}`,
  );
}

function isBelow(issue: BaseIssue<unknown>, path: readonly string[]): boolean {
  return path.every((step, depth) => issue.path?.[depth]?.key === step);
}

/** A value as a person would name it. */
function shown(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? JSON.stringify(value) : `the ${typeof value} ${value}`;
}

function suggestion(given: string | undefined, known: readonly string[]): string {
  if (given === undefined || known.length === 0) return "";
  const close = closestWord(given, known);
  return close === undefined ? `; known are ${known.join(", ")}` : `; did you mean "${close}"?`;
}

function at(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Where the value at a path begins in the text, or its key; the nearest thing above it where it does not exist. */
function offsetOf(document: Document.Parsed, path: Path, onKey: boolean): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const pair = isMap(node)
      ? (node.items as Pair<Scalar, Node>[]).find((item) =>
        String(item.key.value ?? item.key) === String(step)
      )
      : undefined;
    const next = pair
      ? pair.value
      : (node as { get?(key: unknown, keep: boolean): unknown })?.get?.(step, true);
    const keyNode = onKey && depth === path.length - 1 ? pair?.key : undefined;
    const found = (keyNode ?? next ?? pair?.key) as Node | undefined;
    if (!found?.range) break;
    offset = found.range[0];
    node = next;
  }
  return offset;
}
