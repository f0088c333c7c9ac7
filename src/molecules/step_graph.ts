import type { Needs } from "./definition.ts";

/** A step as far as order is concerned. */
export interface OrderedStep {
  id: string;
  needs: Needs;
}

/** Which steps come before which, by their positions in the list. */
export interface StepGraph {
  /** Position of an id: of the first step that has it. */
  at: ReadonlyMap<string, number>;
  /** Positions of what each step needs; needs that no step has are left out. */
  before: readonly (readonly number[])[];
  /** Positions of the steps, each after all it needs; those of a ring, and behind one, are missing. */
  order: readonly number[];
  /** A step's wave: one more than the highest of its needs, 0 without any; -1 when it has no place in the order. */
  waves: readonly number[];
}

/** Puts steps in order; of those that could be next, the one that stands first in the list. */
export function stepGraph(steps: readonly OrderedStep[]): StepGraph {
  const at = new Map<string, number>();
  for (const [position, { id }] of steps.entries()) if (!at.has(id)) at.set(id, position);
  const before = steps.map(({ needs }) => needs.of.flatMap((id) => at.get(id) ?? []));
  const after: number[][] = steps.map(() => []);
  for (const [position, needs] of before.entries()) for (const need of needs) after[need]!.push(position);
  const left = before.map((needs) => needs.length);
  const waves: number[] = steps.map(() => -1);
  const order: number[] = [];
  let wave = left.flatMap((count, position) => count === 0 ? [position] : []);
  for (let number = 0; wave.length > 0; number++) {
    const next: number[] = [];
    for (const position of wave) {
      order.push(position);
      waves[position] = number;
      for (const follower of after[position]!) if (--left[follower]! === 0) next.push(follower);
    }
    wave = next.sort((one, other) => one - other);
  }
  return { at, before, order, waves };
}

/** One ring among the steps, as positions from a step back to itself; empty when there is none. */
export function ringOf({ before, waves }: StepGraph): number[] {
  const stuck = waves.findIndex((wave) => wave < 0);
  if (stuck < 0) return [];
  const way: number[] = [];
  let at = stuck;
  while (!way.includes(at)) {
    way.push(at);
    // Each step without a place needs another one without a place.
    at = before[at]!.find((need) => waves[need]! < 0)!;
  }
  return [...way.slice(way.indexOf(at)), at];
}

/** Whether one step always comes before another, directly or through others. */
export function upstreamOf(graph: StepGraph): (step: number, earlier: number) => boolean {
  const { before, order } = graph;
  const words = Math.ceil(before.length / 32);
  let sets: Uint32Array | undefined;
  // One set of bits for each step, made only when a step is asked for that is not needed directly.
  const makeSets = () => {
    const all = new Uint32Array(before.length * words);
    for (const position of order) {
      for (const need of before[position]!) {
        const [own, other] = [position * words, need * words];
        for (let word = 0; word < words; word++) all[own + word]! |= all[other + word]!;
        all[own + (need >> 5)]! |= 1 << (need & 31);
      }
    }
    return all;
  };
  return (step, earlier) => {
    if (before[step]!.includes(earlier)) return true;
    sets ??= makeSets();
    return (sets[step * words + (earlier >> 5)]! & (1 << (earlier & 31))) !== 0;
  };
}
