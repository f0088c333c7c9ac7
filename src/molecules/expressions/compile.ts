/**
 * The expressions of molecules: CEL, with the values of a run.
 *
 * Nothing here reads a clock or the environment: an expression gives the same for the same scope, always.
 *
 * @module
 */
import { lowerFirst } from "../../lib/lower_first.ts";
import type { ASTNode, Environment, ParseResult } from "@marcbachmann/cel-js";
import { createEnvironment } from "./functions.ts";

/** The names that an expression may begin a path with; a variable cannot have one of them. */
export const ROOTS = [
  "vars",
  "steps",
  "matrix",
  "item",
  "run",
  "env",
  "now",
  "bead",
  "status",
  "stdout",
  "stderr",
  "exit_code",
  "step",
] as const;

/** The names of types, as in `type(x) == string`. */
export const TYPE_NAMES: ReadonlySet<string> = new Set(
  ["string", "bool", "int", "uint", "double", "bytes", "list", "map", "null_type", "type", "google"],
);

/** The first word of a path. */
export type Root = (typeof ROOTS)[number];

/**
 * What becomes of a value that is read: a part of what the expression gives, one word of a shell where `quote()` is all
 * of the expression, or no part of it where it only decides between two others.
 */
export type Reach = "text" | "word" | "choice";

/** A path that an expression reads: `steps.test.outputs.coverage`, as its words. */
export interface Read {
  /** The first is a root. A word that is only known at run time, such as `vars[item]`, ends it. */
  path: readonly string[];
  /** Whether something follows that is only known at run time. */
  dynamic: boolean;
  reach: Reach;
  /** Whether `has()` asks if it is there. */
  isAsked: boolean;
  /** Offset in the source, and behind its end. */
  start: number;
  end: number;
}

/** An expression that was read. */
export interface CompiledExpression {
  source: string;
  /** The paths it reads, in the order of the source. */
  reads: readonly Read[];
  run: ParseResult;
}

/** Something wrong in the source of an expression, at an offset of it. */
export class ExpressionSyntaxError extends Error {
  /** `offset` counts characters of the source. */
  constructor(message: string, readonly offset: number) {
    super(message);
  }
}

/** Reads expressions; the same source is read once. */
export type Compile = (source: string) => CompiledExpression;

const MOST_KEPT = 20_000;

/** Reads expressions with the names and types that an environment knows. */
export function createCompile(environment: Environment): Compile {
  const compiled = new Map<string, CompiledExpression>();
  return (source) => {
    const known = compiled.get(source);
    if (known) return known;
    if (source.trim() === "") throw new ExpressionSyntaxError("an expression is missing", 0);
    let run: ParseResult;
    try {
      run = environment.parse(source);
    } catch (error) {
      throw syntaxError(error);
    }
    const expression = { source, reads: readsOf(run.ast), run };
    if (compiled.size >= MOST_KEPT) compiled.clear();
    compiled.set(source, expression);
    return expression;
  };
}

/** What a source means; undefined where it is no CEL. */
export function compiledIfSound(compile: Compile, source: string): CompiledExpression | undefined {
  try {
    return compile(source);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return undefined;
    throw error;
  }
}

let compileAny: Compile | undefined;

/** Reads an expression whose names may be anything. @throws {ExpressionSyntaxError} */
export function compileExpression(source: string): CompiledExpression {
  compileAny ??= createCompile(createEnvironment({ anyName: true }));
  return compileAny(source);
}

/** Reads the expression of a `{{ }}`, whose names may be anything. @throws {ExpressionSyntaxError} */
export function compileInsertion(source: string): CompiledExpression {
  return compileExpression(insertedSource(source));
}

/** What a `{{ }}` means: a bare word that is no root is a variable, `{{ name }}` for `{{ vars.name }}`. */
export function insertedSource(source: string): string {
  const bare = /^[A-Za-z_]\w*$/.test(source) && !(ROOTS as readonly string[]).includes(source) &&
    !["true", "false", "null"].includes(source);
  return bare ? `vars.${source}` : source;
}

/** How far the source of an insertion was moved by {@linkcode insertedSource}. */
export function insertionShift(source: string, expression: CompiledExpression): number {
  return expression.source.length - source.length;
}

/** What the library calls the signs of an expression. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: "the end",
  LPAREN: '"("',
  RPAREN: '")"',
  LBRACKET: '"["',
  RBRACKET: '"]"',
  LBRACE: '"{"',
  RBRACE: '"}"',
  DOT: '"."',
  COMMA: '","',
  COLON: '":"',
  QUESTION: '"?"',
  IDENTIFIER: "a name",
  NUMBER: "a number",
  STRING: "a text",
};

function syntaxError(error: unknown): ExpressionSyntaxError {
  const { summary, range } = error as { summary?: string; range?: { start: number } };
  if (summary === undefined) throw error;
  const message = summary.replace("Unexpected token: EOF", "it ends too soon")
    .replace(/\b[A-Z]{3,}\b/g, (token) => TOKENS[token] ?? token);
  return new ExpressionSyntaxError(lowerFirst(message), range?.start ?? 0);
}

function readsOf(ast: ASTNode): Read[] {
  const reads: Read[] = [];
  collect(ast, { reads, bound: new Set(), reach: "text", isWhole: true, isAsked: false });
  return reads.sort((one, other) => one.start - other.start);
}

interface Walk {
  reads: Read[];
  /** Names that a macro binds, as the `x` of `list.map(x, …)`. */
  bound: ReadonlySet<string>;
  reach: Reach;
  /** Whether the node is all that the expression gives. */
  isWhole: boolean;
  isAsked: boolean;
}

function collect(node: ASTNode, walk: Walk): void {
  const chain = chainOf(node);
  if (chain) {
    const root = chain.path[0]!;
    if (!walk.bound.has(root)) {
      const { path, start, index } = chain;
      const { reach, isAsked } = walk;
      walk.reads.push({ path, dynamic: index !== undefined, reach, isAsked, start, end: node.end });
    }
    // What is looked up by, and everything around it, is read as well.
    for (const other of chain.others) collect(other, { ...walk, isWhole: false, isAsked: false });
    return;
  }
  if (walk.isWhole && node.op === "?:") {
    const [condition, ...branches] = node.args;
    collect(condition, { ...walk, reach: "choice", isWhole: false });
    for (const branch of branches) collect(branch, walk);
    return;
  }
  const isWord = walk.isWhole && node.op === "call" && node.args[0] === "quote";
  for (const { child, binds } of childrenOf(node)) {
    collect(child, {
      reads: walk.reads,
      bound: binds === undefined ? walk.bound : new Set([...walk.bound, binds]),
      reach: isWord ? "word" : walk.reach,
      isWhole: false,
      isAsked: node.op === "call" && node.args[0] === "has",
    });
  }
}

/** A name with what is read of it. */
export interface Chain {
  path: string[];
  start: number;
  /** The first index that is no literal. */
  index?: ASTNode;
  others: ASTNode[];
}

/** A name with what is read of it, `a.b["c"].d`; undefined for any other node. */
export function chainOf(node: ASTNode): Chain | undefined {
  if (node.op === "id") return { path: [node.args], start: node.start, others: [] };
  if (node.op !== "." && node.op !== ".?" && node.op !== "[]" && node.op !== "[?]") return undefined;
  const [object, key] = node.args;
  const chain = chainOf(object);
  if (!chain) return undefined;
  const literal = typeof key === "string"
    ? key
    : key.op === "value" && typeof key.args === "string"
    ? key.args
    : undefined;
  if (chain.index !== undefined) {
    if (typeof key !== "string") chain.others.push(key);
  } else if (literal !== undefined) chain.path.push(literal);
  else {
    chain.index = key as ASTNode;
    chain.others.push(key as ASTNode);
  }
  return chain;
}

const BINDING = new Set(["map", "filter", "all", "exists", "exists_one"]);

/** The parts of a node, each with the name that a macro binds for it. */
export function childrenOf(node: ASTNode): { child: ASTNode; binds?: string }[] {
  if (node.op === "rcall") {
    const [name, object, list] = node.args;
    const variable = list[0];
    if (BINDING.has(name) && variable?.op === "id" && list.length > 1) {
      return [{ child: object }, ...list.slice(1).map((child) => ({ child, binds: variable.args }))];
    }
    const isBind = name === "bind" && object.op === "id" && object.args === "cel";
    if (isBind && variable?.op === "id" && list.length === 3) {
      return [{ child: list[1]! }, { child: list[2]!, binds: variable.args }];
    }
    return [object, ...list].map((child) => ({ child }));
  }
  if (node.op === "call") return node.args[1].map((child) => ({ child }));
  return nodesIn(node.args).map((child) => ({ child }));
}

function nodesIn(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return args !== null && typeof args === "object" && "op" in args ? [args as ASTNode] : [];
}
