import type { ASTNode } from "@marcbachmann/cel-js";
import type { CompiledExpression } from "../../expressions/compile.ts";
import { chainOf, childrenOf } from "../../expressions/syntax_tree.ts";
import type { RunStatus, StepStatus } from "../../machine/run.ts";
import { suggestion } from "../problem.ts";
import type { TypeProblem } from "./type_problem.ts";

const OF_STEPS: Readonly<Record<StepStatus, true>> = {
  pending: true,
  ready: true,
  running: true,
  waiting: true,
  retrying: true,
  succeeded: true,
  failed: true,
  skipped: true,
  cancelled: true,
};

const OF_RUNS: Readonly<Record<RunStatus, true>> = {
  running: true,
  paused: true,
  succeeded: true,
  failed: true,
  cancelled: true,
};

/** A status that is compared with a word that none has, so that it is always or never the same. */
export function statusProblem({ reads, run }: CompiledExpression): TypeProblem | undefined {
  return reads.some(({ path }) => statusesOf(path)) ? problemIn(run.ast) : undefined;
}

/** What a path can give, if it is a status. */
function statusesOf(path: readonly string[]): readonly string[] | undefined {
  const [root, id, field] = path;
  if (root === "steps") return path.length === 3 && field === "status" ? Object.keys(OF_STEPS) : undefined;
  if (root === "run") return path.length === 2 && id === "status" ? Object.keys(OF_RUNS) : undefined;
  return root === "status" && path.length === 1 ? Object.keys(OF_RUNS) : undefined;
}

function problemIn(node: ASTNode): TypeProblem | undefined {
  if (node.op === "==" || node.op === "!=" || node.op === "in") {
    const [one, other] = node.args;
    const problem = wrongWord(one, other) ?? (node.op === "in" ? undefined : wrongWord(other, one));
    if (problem) return problem;
  }
  for (const { child } of childrenOf(node)) {
    const problem = problemIn(child);
    if (problem) return problem;
  }
  return undefined;
}

function wrongWord(read: ASTNode, words: ASTNode): TypeProblem | undefined {
  const chain = chainOf(read);
  const statuses = chain && !chain.index ? statusesOf(chain.path) : undefined;
  if (!statuses) return undefined;
  for (const word of words.op === "list" ? words.args : [words]) {
    if (word.op !== "value" || typeof word.args !== "string" || statuses.includes(word.args)) continue;
    const what = chain!.path[0] === "steps" ? "a step" : "a run";
    const message = `${what} is never "${word.args}"`;
    return { message, hint: suggestion(word.args, statuses), offset: word.start };
  }
  return undefined;
}
