/**
 * The expressions of molecules: CEL, with the values of a run.
 *
 * Nothing here reads a clock or the environment: an expression gives the same for the same scope, always.
 *
 * @module
 */
import type { ASTNode, Environment, ParseResult } from "@marcbachmann/cel-js";
import { createEnvironment } from "./functions.ts";
import { keepEveryKey } from "./map_literals.ts";
import { chainOf, childrenOf } from "./syntax_tree.ts";
import { ExpressionSyntaxError, syntaxError } from "./syntax_problem.ts";

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
      throw syntaxError(error, source);
    }
    if (source.includes("{")) keepEveryKey(run.ast);
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
