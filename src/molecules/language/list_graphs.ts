import { type StepGraph, stepGraph } from "../step_graph.ts";
import type { Draft, DraftStep, StepList } from "./draft.ts";

/** The steps of one list with their order. */
export interface ListGraph {
  list: StepList;
  steps: readonly DraftStep[];
  graph: StepGraph;
}

const LISTS: readonly StepList[] = ["steps", "onFailure", "finally"];

const known = new WeakMap<Draft, readonly ListGraph[]>();

/** The lists of a draft, each in order; several rules go by them, and they are made once. */
export function listGraphs(draft: Draft): readonly ListGraph[] {
  const before = known.get(draft);
  if (before) return before;
  const graphs = LISTS.map((list) => {
    const steps = draft.steps.filter((each) => each.list === list);
    return { list, steps, graph: stepGraph(steps.map(({ step }) => step)) };
  });
  known.set(draft, graphs);
  return graphs;
}
