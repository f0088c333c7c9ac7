import type { Compile, CompiledExpression } from "./compile.ts";
import { ExpressionSyntaxError } from "./syntax_problem.ts";

/** What CEL does not read as a name. */
const RESERVED = new Set(
  ("true false null in as break const continue else for function if import let loop package namespace return " +
    "var void while").split(" "),
);

const STEP = /\bsteps(?:\.([A-Za-z_]\w*)|\["([\w-]+)"\])/g;

/**
 * Reads expressions that differ only in the ids of the steps they read once for all of them.
 *
 * Places and types are the same for them; what is read is each one's own. Not for running: `run` is that of the first.
 */
export function shareShapes(compile: Compile): Compile {
  const shapes = new Map<string, CompiledExpression | undefined>();
  return (source) => {
    const ids = [...source.matchAll(STEP)];
    if (ids.length === 0 || ids.some(([, id]) => RESERVED.has(id!))) return compile(source);
    const shape = shapeOf(source);
    if (!shapes.has(shape)) shapes.set(shape, readShape(compile, { shape, ids }));
    const shared = shapes.get(shape);
    return shared ? { ...shared, source, reads: named(shared, ids) } : compile(source);
  };
}

/** Undefined where ids are not all there is to it: one stands in a text, or what is wrong must be said of the source. */
function readShape(
  compile: Compile,
  { shape, ids }: { shape: string; ids: readonly RegExpMatchArray[] },
): CompiledExpression | undefined {
  try {
    const read = compile(shape);
    return ids.every(({ index }) => read.reads.some(({ start }) => start === index)) ? read : undefined;
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return undefined;
    throw error;
  }
}

/** The same with ids of the same length that say nothing. */
function shapeOf(source: string): string {
  return source.replace(STEP, (read) => `steps${read.slice(5).replace(/[\w-]/g, "_")}`);
}

function named({ reads }: CompiledExpression, ids: readonly RegExpMatchArray[]): CompiledExpression["reads"] {
  return reads.map((read) => {
    const [root, id, ...rest] = read.path;
    const own = ids.find(({ index }) => index === read.start);
    return own && id !== undefined ? { ...read, path: [root!, own[1] ?? own[2]!, ...rest] } : read;
  });
}
