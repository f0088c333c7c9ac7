import { TYPE_NAMES } from "../../expressions/compile.ts";
import { upstreamOf } from "../../step_graph.ts";
import type { Draft, DraftStep, Use, UsedExpression } from "../draft.ts";
import { listGraphs } from "../list_graphs.ts";
import { surelyBefore } from "../sure_needs.ts";

/** What an expression of a step, or of the molecule, may read. */
export interface ReadableNames {
  draft: Draft;
  /** The step it stands in; absent for the molecule's own. */
  owner?: DraftStep;
  use: Use;
  /** Names of the variables. */
  vars: readonly string[];
  /** Names of all secrets, also of other steps and of nested molecules. */
  secrets: ReadonlySet<string>;
  /** Steps by id. */
  stepById: ReadonlyMap<string, DraftStep>;
  /** The key that it stands at. */
  key: string;
  /** Whether a step may have ended by the time the owner begins, and the owner waits for it in some way. */
  isEarlier(id: string): boolean;
  /** Whether it has always ended by then. */
  isSure(id: string): boolean;
}

/** Says for each expression of a draft what it may read. */
export function readableNames(
  draft: Draft,
): (options: { owner?: DraftStep; used: UsedExpression }) => ReadableNames {
  const stepById = new Map(draft.steps.map((each) => [each.step.id, each]));
  const lists = new Map(
    listGraphs(draft).map(({ list, graph, steps }) => {
      const isUpstream = upstreamOf(graph);
      const isSure = surelyBefore(graph, { steps: steps.map(({ step }) => step), isUpstream });
      return [list, { graph, isUpstream, isSure }];
    }),
  );
  const isBefore = (owner: DraftStep, id: string, by: "isUpstream" | "isSure"): boolean => {
    const other = stepById.get(id);
    if (!other || other.list !== owner.list) return other?.list === "steps" || owner.list === "finally";
    const list = lists.get(owner.list)!;
    return list[by](list.graph.at.get(owner.step.id)!, list.graph.at.get(id)!);
  };
  const vars = draft.vars.map(({ variable }) => variable.name);
  const secrets = new Set([...draft.secrets, ...draft.steps.flatMap(secretsOfStep)]);
  return ({ owner, used: { use, key } }) => {
    const isOwn = (id: string) => (use === "until" || use === "output") && id === owner?.step.id;
    return {
      draft,
      vars,
      secrets,
      ...(owner ? { owner } : {}),
      use,
      key,
      stepById,
      isEarlier: (id) => owner ? isBefore(owner, id, "isUpstream") || isOwn(id) : true,
      // Of what the molecule says for itself, only its outputs are made at the end.
      isSure: (id) => owner ? isBefore(owner, id, "isSure") || isOwn(id) : key === "outputs",
    };
  };
}

function secretsOfStep({ step: { secrets, action } }: DraftStep): readonly string[] {
  return action.kind === "molecule" ? [...secrets, ...action.secrets ?? []] : secrets;
}

/** Whether a name can be read at this place; why not, otherwise. */
export function rootProblem(root: string, { owner, use }: ReadableNames): string | undefined {
  const step = owner?.step;
  switch (root) {
    case "vars":
    case "steps":
    case "run":
    case "env":
    case "now":
    case "bead":
      return undefined;
    case "matrix":
      return step?.matrix ? undefined : '"matrix" is only known in a step that has one';
    case "item":
      if (!step?.forEach) return '"item" is only known in a step with "for_each"';
      return use === "list" ? '"item" is not known before "for_each" has given a list' : undefined;
    case "status":
      return owner && owner.list !== "steps"
        ? undefined
        : '"status" is only known in "finally" and "on_failure"';
    case "stdout":
    case "stderr":
    case "exit_code":
      return use === "output" ? undefined : `"${root}" is only known in the outputs of a command`;
    case "step":
      return owner?.inAspect ? undefined : '"step" is only known in the steps of an aspect';
    default:
      return TYPE_NAMES.has(root) ? undefined : "";
  }
}
