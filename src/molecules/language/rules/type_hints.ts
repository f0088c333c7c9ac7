import type { ASTNode } from "@marcbachmann/cel-js";
import { closestWord } from "../../../lib/closest_word.ts";
import { createEnvironment } from "../../expressions/functions.ts";
import { chainOf } from "../../expressions/syntax_tree.ts";

/** What does not fit, as the library says it. */
interface TypeError {
  summary: string;
  /** Where it is. */
  node?: ASTNode;
}

/** What to write in the place of what does not fit: `; write size(vars.list)`. Empty where only the writer knows. */
export function typeHint({ summary, node }: TypeError, source: string): string {
  const written = ({ start, end }: { start: number; end: number }) => source.slice(start, end);
  const operation = /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary);
  if (operation) {
    const [, left, , right] = operation;
    const hint = node && operationHint(node, { left: left!, right: right!, written });
    return hint ? `; write ${hint}` : "";
  }
  const call = /^found no matching overload for '(?:(.+)\.)?(\w+)\(.*\)'$/.exec(summary);
  if (call) return callHint(call[2]!, { receiver: call[1] });
  if (node?.op !== ".") return "";
  const [object, field] = node.args;
  if (/^(length|len|size|count)$/.test(field)) return `; write size(${written(object)})`;
  if (!/^list index/i.test(summary)) return "";
  return field === "first" ? `; write ${written(object)}[0]` : "; an element is read by its number: [0]";
}

/** What to write in the place of a whole expression that gives something of another type than it must. */
export function misuseHint(source: string, { type, wanted }: { type: string; wanted: string }): string {
  const isSimple = /^[\w.()[\]"']+$/.test(source);
  const own = isSimple ? source : `(${source})`;
  if (wanted === "list") {
    if (type === "string") return `; write lines(${source}), or [${source}]`;
    return type.startsWith("map") ? "" : `; write [${source}]`;
  }
  const literal = /^(["'])(true|false)\1$/.exec(source);
  if (literal) return `; write ${literal[2]} without quotes`;
  if (type === "string") return `; write ${own} != ""`;
  if (NUMBERS.includes(type)) return `; write ${own} != ${type === "int" ? "0" : "0.0"}`;
  return /^(list|map)/.test(type) ? `; write size(${source}) > 0` : "";
}

interface Operands {
  left: string;
  right: string;
  written(node: ASTNode): string;
}

const COMPARING = ["==", "!=", "<", "<=", ">", ">="];
const NUMBERS = ["int", "double"];

/** An operation with one of its sides made what the other one is. */
function operationHint(node: ASTNode, { left, right, written }: Operands): string | undefined {
  if (!Array.isArray(node.args) || node.args.length !== 2) return undefined;
  const [one, other] = node.args as [ASTNode, ASTNode];
  const joined = (first: string, last: string) => `${first} ${node.op} ${last}`;
  if (node.op === "==" || node.op === "!=") {
    const read = right === "null" ? one : left === "null" ? other : undefined;
    const chain = read && chainOf(read);
    if (chain && chain.path.length > 1) return `${node.op === "==" ? "!" : ""}has(${written(read)})`;
  }
  const first = sideAs(right, { node: one, type: left, written });
  if (node.op !== "+" && !COMPARING.includes(node.op)) return undefined;
  const last = sideAs(left, { node: other, type: right, written });
  // What is written there is made what the value is; of two values, the text is read as the other one.
  if (one.op === "value" && first !== undefined && other.op !== "value") return joined(first, written(other));
  if (other.op === "value" && last !== undefined) return joined(written(one), last);
  if (node.op === "+" && left === "string") return last && joined(written(one), last);
  if (left === "string" && NUMBERS.includes(right)) return first && joined(first, written(other));
  return last ? joined(written(one), last) : first && joined(first, written(other));
}

/** A side as a value of another type; undefined where it cannot be one. */
function sideAs(
  wanted: string,
  { node, type, written }: { node: ASTNode; type: string; written: Operands["written"] },
): string | undefined {
  if (node.op === "value" && typeof node.args === "string") {
    if (wanted === "int" && /^[-+]?\d+$/.test(node.args)) return node.args;
    if (wanted === "double" && /^[-+]?\d+(\.\d+)?$/.test(node.args)) {
      return node.args.includes(".") ? node.args : `${node.args}.0`;
    }
    if (wanted === "bool" && /^(true|false)$/i.test(node.args)) return node.args.toLowerCase();
    return undefined;
  }
  if (wanted === "double" && type === "int") {
    return node.op === "value" ? `${written(node)}.0` : `double(${written(node)})`;
  }
  if (wanted === "int" && type === "double") return undefined;
  if (wanted === "string" && [...NUMBERS, "bool"].includes(type)) {
    return node.op === "value" ? JSON.stringify(written(node)) : `string(${written(node)})`;
  }
  return NUMBERS.includes(wanted) && type === "string" ? `${wanted}(${written(node)})` : undefined;
}

/** What functions of other languages are called here; also of such a name that is one of another type alone. */
const CALLED: Readonly<Record<string, string>> = {
  contains: "X in LIST",
  length: "size(…)",
  len: "size(…)",
  count: "size(…)",
  upper: "TEXT.upperAscii()",
  uppercase: "TEXT.upperAscii()",
  lower: "TEXT.lowerAscii()",
  lowercase: "TEXT.lowerAscii()",
  toUpperCase: "TEXT.upperAscii()",
  toLowerCase: "TEXT.lowerAscii()",
  includes: "TEXT.contains(…), or X in LIST",
  match: "TEXT.matches(…)",
  test: "TEXT.matches(…)",
  strip: "TEXT.trim()",
  str: "string(…)",
  toString: "string(…)",
  number: "int(…)",
  parseInt: "int(…)",
  float: "double(…)",
  fromJson: "json(…)",
  fromJSON: "json(…)",
  toJson: "to_json(…)",
  toJSON: "to_json(…)",
  default: "has(X) ? X : OTHER",
  defined: "has(…)",
  now: "now, which is a moment",
  always: 'the key "always: true" of the step',
  success: 'steps.ID.status == "succeeded"',
  failure: 'steps.ID.status == "failed"',
  failed: 'steps.ID.status == "failed"',
};

function callHint(name: string, { receiver }: { receiver: string | undefined }): string {
  const forms = formsOf(name);
  const isOfOthers = Object.hasOwn(CALLED, name) && receiver?.startsWith("list");
  if (forms.length > 0 && !isOfOthers) {
    const known = [...new Set(forms)].slice(0, 3).join(", ");
    return `; it is called as ${known}`;
  }
  if (Object.hasOwn(CALLED, name)) return `; write ${CALLED[name]}`;
  if (name.length < 4) return "";
  const known = functions().filter((each) => receiver !== undefined || each.receiver === undefined);
  const close = closestWord(name, [...new Set(known.map((each) => each.name))]);
  return close === undefined ? "" : `; did you mean ${formsOf(close)[0]}?`;
}

interface KnownFunction {
  name: string;
  receiver: string | undefined;
  params: readonly string[];
}

let known: readonly KnownFunction[] | undefined;

/** All functions that expressions have. */
function functions(): readonly KnownFunction[] {
  return known ??= createEnvironment({ anyName: true }).getDefinitions().functions
    .map(({ name, receiverType, params }) => ({
      name,
      receiver: receiverType ?? undefined,
      params: params.map(({ type }) => type),
    }));
}

/** How a function is called: `string.contains(string)`. */
function formsOf(name: string): string[] {
  return functions().filter((each) => each.name === name).map(({ receiver, params }) =>
    `${receiver === undefined ? "" : `${plain(receiver)}.`}${name}(${params.map(plain).join(", ")})`
  );
}

function plain(type: string): string {
  return type.replace(/<.*>/, "").replace("google.protobuf.", "").replace("dyn", "any").toLowerCase();
}
