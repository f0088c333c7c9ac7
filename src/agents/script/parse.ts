import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { closestWord } from "../../lib/closest_word.ts";
import { parseDuration } from "../../lib/duration.ts";
import { CommandError } from "../../lib/errors.ts";
import { type Action, type Occasion, occasions, type Position, type Script } from "./script.ts";

/** What stands behind an action's name: one value, or named ones. */
interface Given {
  at: Position;
  value: unknown;
  map: YAMLMap | undefined;
}

interface Reader {
  source: string;
  lines: LineCounter;
}

/**
 * Reads a script: a list of actions, or a map of lists by occasion.
 *
 * @throws {CommandError} `script_invalid`, naming file, line and column of what is wrong.
 */
export function parseScript(text: string, source: string): Script {
  const reader: Reader = { source, lines: new LineCounter() };
  const document = parseDocument(text, { lineCounter: reader.lines });
  const broken = document.errors[0];
  if (broken) {
    const message = broken.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
    throw refuse(reader, { at: positionAt(reader, broken.pos[0]), message });
  }
  const top = document.contents;
  if (isSeq(top)) return { source, first: actionsOf(reader, top) };
  if (!isMap(top)) {
    throw refuse(reader, {
      at: positionOf(reader, top),
      message: "expected a list of actions, or a map of lists",
    });
  }
  const lists: { [occasion in Occasion]?: readonly Action[] } = {};
  for (const pair of top.items) {
    const name = keyOf(pair);
    const occasion = occasions.find((known) => known === name);
    if (!occasion) {
      throw unknown(reader, {
        at: positionOf(reader, pair.key as Node),
        what: "occasion",
        name,
        known: occasions,
      });
    }
    lists[occasion] = actionsOf(reader, pair.value as Node);
  }
  if (!lists.first) throw refuse(reader, { at: positionOf(reader, top), message: 'expected a list "first"' });
  return { source, ...lists, first: lists.first };
}

function actionsOf(reader: Reader, node: Node | null): Action[] {
  if (!isSeq(node)) {
    throw refuse(reader, { at: positionOf(reader, node), message: "expected a list of actions" });
  }
  return node.items.map((item) => actionOf(reader, item as Node));
}

function actionOf(reader: Reader, node: Node): Action {
  const at = positionOf(reader, node);
  if (isScalar(node) && typeof node.value === "string") {
    return build(reader, node.value, { at, value: true, map: undefined });
  }
  const pair = isMap(node) && node.items.length === 1 ? node.items[0]! : undefined;
  if (!pair) {
    throw refuse(reader, { at, message: "expected one action, such as `- run: npm test` or `- done`" });
  }
  const value = pair.value as Node | null;
  return build(reader, keyOf(pair), {
    at: positionOf(reader, pair.key as Node),
    value: isScalar(value) ? value.value : value === null ? true : undefined,
    map: isMap(value) ? value : undefined,
  });
}

type Builder = (reader: Reader, given: Given) => Action;

const builders: Readonly<Record<Action["kind"], Builder>> = {
  "ask": (reader, given) => ({ at: given.at, kind: "ask", question: text(reader, given) }),
  "commit": (reader, given) => ({ at: given.at, kind: "commit", message: text(reader, given) }),
  "conflict": (reader, given) => ({ at: given.at, kind: "conflict", path: text(reader, given) }),
  "crash": bare("crash"),
  "done": bare("done"),
  "edit": buildEdit,
  "fail": (_reader, { at, value }) => ({
    at,
    kind: "fail",
    reason: typeof value === "string" ? value : "it gives up",
  }),
  "hang": bare("hang"),
  "ignore-hook": bare("ignore-hook"),
  "merge": buildMerge,
  "no-code": (reader, given) => ({ at: given.at, kind: "no-code", why: text(reader, given) }),
  "run": buildRun,
  "step": (reader, given) => ({ at: given.at, kind: "step", step: text(reader, given) }),
  "steps": bare("steps"),
  "type-half-a-line": (_reader, { at, value }) => ({
    at,
    kind: "type-half-a-line",
    text: typeof value === "string" ? value : "I was just about to",
  }),
  "wait": buildWait,
};

function build(reader: Reader, name: string, given: Given): Action {
  if (Object.hasOwn(builders, name)) return builders[name as Action["kind"]](reader, given);
  throw unknown(reader, { at: given.at, what: "action", name, known: Object.keys(builders) });
}

function bare(kind: "crash" | "done" | "hang" | "ignore-hook" | "steps"): Builder {
  return (_reader, { at }) => ({ at, kind });
}

function buildEdit(reader: Reader, given: Given): Action {
  const { at } = given;
  const { path, content, append, replace } = fields(reader, {
    given,
    names: ["path", "content", "append", "replace"],
  });
  if (typeof path !== "string") throw refuse(reader, { at, message: "edit needs a path" });
  if (typeof content === "string") return { at, kind: "edit", path, content: ended(content) };
  if (typeof append === "string") return { at, kind: "edit", path, append: ended(append) };
  const { from, to } = (replace ?? {}) as { from?: unknown; to?: unknown };
  if (typeof from === "string" && typeof to === "string") return { at, kind: "edit", path, from, to };
  throw refuse(reader, { at, message: "edit needs content, append, or replace with from and to" });
}

function buildRun(reader: Reader, given: Given): Action {
  const { at } = given;
  if (!given.map) return { at, kind: "run", command: text(reader, given), mayFail: false };
  const { command, may_fail } = fields(reader, { given, names: ["command", "may_fail"] });
  if (typeof command !== "string") throw refuse(reader, { at, message: "run needs a command" });
  return { at, kind: "run", command, mayFail: may_fail === true };
}

function buildWait(reader: Reader, given: Given): Action {
  const { at, value } = given;
  if (given.map) {
    const { file } = fields(reader, { given, names: ["file"] });
    if (typeof file === "string") return { at, kind: "wait", file };
  }
  const ms = typeof value === "number" ? value : typeof value === "string" ? parseDuration(value) : undefined;
  if (ms !== undefined && ms >= 0) return { at, kind: "wait", ms };
  throw refuse(reader, {
    at,
    message: "wait needs a duration such as 500ms, a number of ms, or { file: PATH }",
  });
}

function buildMerge(reader: Reader, given: Given): Action {
  const { at } = given;
  const take = given.map
    ? fields(reader, { given, names: ["take"] }).take
    : given.value === true
    ? "both"
    : given.value;
  if (take === undefined || take === "both") return { at, kind: "merge", take: "both" };
  if (take === "ours" || take === "theirs") return { at, kind: "merge", take };
  throw refuse(reader, { at, message: "merge takes both, ours or theirs" });
}

function fields(
  reader: Reader,
  options: { given: Given; names: readonly string[] },
): Record<string, unknown> {
  const { given: { at, map }, names } = options;
  if (!map) throw refuse(reader, { at, message: `expected ${names.join(", ")}` });
  const found: Record<string, unknown> = {};
  for (const pair of map.items) {
    const name = keyOf(pair);
    if (!names.includes(name)) {
      throw unknown(reader, { at: positionOf(reader, pair.key as Node), what: "key", name, known: names });
    }
    const value = pair.value as Node | null;
    found[name] = isMap(value) || isSeq(value) ? value.toJSON() : isScalar(value) ? value.value : null;
  }
  return found;
}

function text(reader: Reader, { at, value }: Given): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw refuse(reader, { at, message: "expected text" });
}

/** A file's text, or lines to add to one: whole lines. */
function ended(content: string): string {
  return content === "" || content.endsWith("\n") ? content : content + "\n";
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function positionOf(reader: Reader, node: Node | null | undefined): Position {
  return positionAt(reader, node?.range?.[0] ?? 0);
}

function positionAt(reader: Reader, offset: number): Position {
  const { line, col } = reader.lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function unknown(
  reader: Reader,
  options: { at: Position; what: string; name: string; known: readonly string[] },
): CommandError {
  const { at, what, name, known } = options;
  const near = closestWord(name, known);
  const hints = [...(near ? [`did you mean ${near}?`] : []), `${what}s: ${[...known].sort().join(", ")}`];
  return refuse(reader, { at, message: `unknown ${what} "${name}"`, hints });
}

function refuse(
  reader: Reader,
  problem: { at: Position; message: string; hints?: readonly string[] },
): CommandError {
  const { at, message, hints = [] } = problem;
  return new CommandError(
    "refused",
    `Cannot use script ${reader.source}:${at.line}:${at.column}: ${message}`,
    {
      code: "script_invalid",
      hints,
    },
  );
}
