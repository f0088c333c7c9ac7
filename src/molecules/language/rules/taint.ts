import type { Template } from "../../definition.ts";
import { compiledIfSound, insertedSource, type Read } from "../../expressions/compile.ts";
import { templateParts } from "../../expressions/template_text.ts";
import type { Draft, DraftStep } from "../draft.ts";
import { listGraphs } from "../list_graphs.ts";
import type { TypeCheck } from "./types.ts";

/** What an agent wrote, wherever it has come by way of outputs and lists. */
export interface Taint {
  /** Whether what is read may be of an agent; `owner` is the step that reads it. */
  isFromAgent(read: Read, owner: DraftStep | undefined): boolean;
  /** Whether some of what a template gives may be of an agent, and could be taken for a command. */
  isIn(template: Template, owner: DraftStep | undefined): boolean;
}

interface Tainting {
  steps: ReadonlyMap<string, DraftStep>;
  typeCheck: TypeCheck;
  /** Variables whose values an agent wrote. */
  vars: ReadonlySet<string>;
  /** Outputs of commands, by the ids of their steps; made when the first is asked for. */
  outputs(): ReadonlyMap<string, ReadonlySet<string>>;
}

/** Says of a draft what in it an agent wrote: what is no command's, and what is made of it; `vars` are such as well. */
export function taintOf(
  draft: Draft,
  { typeCheck, vars = new Set() }: { typeCheck: TypeCheck; vars?: ReadonlySet<string> },
): Taint {
  let outputs: Map<string, Set<string>> | undefined;
  const tainting: Tainting = {
    steps: new Map(draft.steps.map((each) => [each.step.id, each])),
    typeCheck,
    vars,
    outputs: () => {
      if (outputs) return outputs;
      outputs = new Map();
      fillOutputs(outputs, { draft, tainting });
      return outputs;
    },
  };
  return {
    isFromAgent: (read, owner) => isFromAgent(read, { owner, tainting }),
    isIn: (template, owner) => isIn(template, { owner, tainting }),
  };
}

/** Goes through the steps in their order, so that each finds what it reads there already. */
function fillOutputs(
  outputs: Map<string, Set<string>>,
  { draft, tainting }: { draft: Draft; tainting: Tainting },
): void {
  for (const { steps, graph } of listGraphs(draft)) {
    for (const position of graph.order) {
      const owner = steps[position]!;
      const { step } = owner;
      if (step.action.kind !== "run") continue;
      const tainted = new Set<string>();
      // One of its outputs may be made of another one.
      for (let before = -1; before < tainted.size;) {
        before = tainted.size;
        for (const { name, value } of step.outputs) {
          if (!value || tainted.has(name) || !isIn(value, { owner, tainting })) continue;
          tainted.add(name);
          outputs.set(step.id, tainted);
        }
      }
    }
  }
}

interface Reading {
  owner: DraftStep | undefined;
  tainting: Tainting;
}

function isIn({ text }: Template, reading: Reading): boolean {
  if (!text.includes("{{")) return false;
  const { typeCheck } = reading.tainting;
  return templateParts(text).some((part) => {
    if ("text" in part) return false;
    const expression = compiledIfSound(typeCheck.compile, insertedSource(part.source));
    return expression !== undefined &&
      expression.reads.some((read) => read.reach !== "choice" && isFromAgent(read, reading)) &&
      !typeCheck.isHarmless(expression);
  });
}

function isFromAgent({ path }: Read, reading: Reading): boolean {
  const { owner, tainting } = reading;
  const [root, id, part, output] = path;
  if (root === "vars") return id === undefined ? tainting.vars.size > 0 : tainting.vars.has(id);
  if (root === "bead") return id !== "id";
  if (root === "item") {
    const list = owner?.step.forEach;
    const reads = list && compiledIfSound(tainting.typeCheck.compile, list.source)?.reads;
    return reads !== undefined && reads.some((read) => read.path[0] !== "item" && isFromAgent(read, reading));
  }
  if (root !== "steps" || id === undefined || part === "status" || part === "attempt") return false;
  const kind = tainting.steps.get(id)?.step.action.kind;
  if (kind !== "run") return kind !== undefined;
  const outputs = tainting.outputs().get(id);
  return outputs !== undefined && (output === undefined || outputs.has(output));
}
