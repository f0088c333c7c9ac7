import type { StepDefinition } from "../definition.ts";
import type { StepGraph } from "../step_graph.ts";

/** Whether one step comes before another, by their positions. */
type IsEarlier = (step: number, earlier: number) => boolean;

/** How many of the needs of a step must have ended before it begins; all of them unless it says otherwise. */
function enoughOf({ needs, always }: StepDefinition): number {
  if (always || needs.mode === "all") return needs.of.length;
  return Math.min(needs.mode === "any" ? 1 : needs.count, needs.of.length);
}

/** Whether one step has always ended before another begins, also where that one waits for only some of its needs. */
export function surelyBefore(
  graph: StepGraph,
  { steps, isUpstream }: { steps: readonly StepDefinition[]; isUpstream: IsEarlier },
): IsEarlier {
  if (steps.every((step) => enoughOf(step) === step.needs.of.length)) return isUpstream;
  let sets: Uint32Array | undefined;
  const words = Math.ceil(steps.length / 32);
  return (step, earlier) => {
    sets ??= sureSets(graph, { steps, words });
    return (sets[step * words + (earlier >> 5)]! & (1 << (earlier & 31))) !== 0;
  };
}

/** For each step a set of bits: what ends before it. */
function sureSets(
  { before, order }: StepGraph,
  { steps, words }: { steps: readonly StepDefinition[]; words: number },
): Uint32Array {
  const all = new Uint32Array(steps.length * words);
  for (const position of order) {
    const needs = before[position]!;
    const left = needs.length - Math.min(enoughOf(steps[position]!), needs.length);
    for (let word = 0; word < words; word++) {
      const ended = needs.map((need) =>
        all[need * words + word]! | (need >> 5 === word ? 1 << (need & 31) : 0)
      );
      all[position * words + word] = moreThan(left, ended);
    }
  }
  return all;
}

/** The bits that more than so many of the sets have: of what waits for some of its needs one of those is among them. */
function moreThan(left: number, sets: readonly number[]): number {
  const any = sets.reduce((one, other) => one | other, 0);
  if (left === 0 || any === 0) return any;
  if (left === sets.length - 1) return sets.reduce((one, other) => one & other, any);
  let most = 0;
  for (let bit = 1; bit !== 0; bit <<= 1) {
    if (any & bit && sets.filter((set) => set & bit).length > left) most |= bit;
  }
  return most;
}
