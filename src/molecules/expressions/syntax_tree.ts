import type { ASTNode } from "@marcbachmann/cel-js";

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
