import type { ASTNode } from "@marcbachmann/cel-js";
import { childrenOf } from "./syntax_tree.ts";

/** The part of the library's evaluator that reads the parts of a node. */
interface Evaluator {
  run(node: ASTNode, context: unknown): unknown;
}

type Evaluate = (evaluator: Evaluator, node: ASTNode & { op: "map" }, context: unknown) => unknown;

/**
 * Lets every map that is written in an expression have all of its keys.
 *
 * The library leaves out `constructor`, `prototype` and `__proto__`, which are keys as any others here.
 */
export function keepEveryKey(node: ASTNode): void {
  if (node.op === "map") {
    (node as unknown as { setMeta(key: "evaluate", evaluate: Evaluate): void }).setMeta("evaluate", mapOf);
  }
  for (const { child } of childrenOf(node)) keepEveryKey(child);
}

const mapOf: Evaluate = (evaluator, { args }, context) => {
  const entries = args.map((pair) => pair.map((each) => evaluator.run(each, context))) as [
    unknown,
    unknown,
  ][];
  // The library tells what an object is by its constructor, which a key would hide.
  const hides = entries.some(([key]) => key === "constructor");
  return hides ? new Map(entries) : Object.fromEntries(entries);
};
