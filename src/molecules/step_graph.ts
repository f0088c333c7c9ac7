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

/** Rings among the steps, none of which shares a step with another: as many as there are once each is opened. */
export function ringsOf({ before, waves }: StepGraph): number[][] {
  const stuck = new Set(waves.flatMap((wave, position) => wave < 0 ? [position] : []));
  const rings: number[][] = [];
  for (;;) {
    const ring = ringAmong(before, stuck);
    if (ring.length === 0) return rings;
    rings.push(ring);
    for (const position of ring) stuck.delete(position);
    let freed: number[];
    do {
      freed = [...stuck].filter((position) => !before[position]!.some((need) => stuck.has(need)));
      for (const position of freed) stuck.delete(position);
    } while (freed.length > 0);
  }
}

/** A ring among steps each of which needs another of them. */
function ringAmong(before: StepGraph["before"], stuck: ReadonlySet<number>): number[] {
  let [at] = stuck;
  const way: number[] = [];
  while (at !== undefined && !way.includes(at)) {
    way.push(at);
    at = before[at]!.find((need) => stuck.has(need))!;
  }
  return at === undefined ? [] : [...way.slice(way.indexOf(at)), at];
}

/** Whether one step always comes before another, directly or through others. */
export function upstreamOf(graph: StepGraph): (step: number, earlier: number) => boolean {
  // Made only when a step is asked for that is not needed directly.
  let sets: UpstreamSets | undefined;
  return (step, earlier) =>
    graph.before[step]!.includes(earlier) || (sets ??= upstreamSets(graph)).has(step, earlier);
}

/** For each step the steps that always come before it, directly or through others. */
interface UpstreamSets {
  has(step: number, earlier: number): boolean;
  /** Those that stand last in the list first. */
  of(step: number): Generator<number>;
}

/** One set of bits for each step. */
function upstreamSets({ before, order }: StepGraph): UpstreamSets {
  const words = Math.ceil(before.length / 32);
  const all = new Uint32Array(before.length * words);
  for (const position of order) {
    for (const need of before[position]!) {
      const [own, other] = [position * words, need * words];
      for (let word = 0; word < words; word++) all[own + word]! |= all[other + word]!;
      all[own + (need >> 5)]! |= 1 << (need & 31);
    }
  }
  return {
    has: (step, earlier) => (all[step * words + (earlier >> 5)]! & (1 << (earlier & 31))) !== 0,
    *of(step) {
      for (let word = words - 1; word >= 0; word--) {
        for (let bits = all[step * words + word]!; bits !== 0;) {
          const bit = 31 - Math.clz32(bits);
          yield word * 32 + bit;
          bits &= ~(1 << bit);
        }
      }
    },
  };
}

/**
 * The most that can be at work at one time, where a step counts as often as `weights` says: the largest set of steps of
 * which none comes before another.
 *
 * That is all of them less the most that can be paired, each with one that comes before it (Dilworth's theorem).
 */
export function mostAtOnce(graph: StepGraph, weights: readonly number[]): number {
  const sets = upstreamSets(graph);
  const free = [...weights];
  /** With how much of which later steps an earlier one is paired. */
  const paired = weights.map(() => new Map<number, number>());
  /** Steps from which no way leads to a free one; none ever will. */
  const lost = new Set<number>();
  let most = weights.reduce((sum, weight) => sum + weight, 0);
  for (const step of graph.order) {
    for (let left = weights[step]!; left > 0;) {
      const amount = pairOne({ sets, free, paired, lost }, { step, left });
      if (amount === 0) break;
      left -= amount;
      most -= amount;
    }
  }
  return most;
}

interface Pairing {
  sets: UpstreamSets;
  free: number[];
  paired: Map<number, number>[];
  lost: Set<number>;
}

/** Pairs some of a step, where need be by pairing others anew; returns how much of it, 0 when nothing is left for it. */
function pairOne(
  { sets, free, paired, lost }: Pairing,
  { step, left }: { step: number; left: number },
): number {
  /** For each earlier step that was reached, the later one it was reached from; for that, the earlier one it gives up. */
  const from = new Map<number, number>();
  const gives = new Map<number, number>();
  const queue = [step];
  for (let at = 0; at < queue.length; at++) {
    const later = queue[at]!;
    for (const earlier of sets.of(later)) {
      if (from.has(earlier) || lost.has(earlier)) continue;
      from.set(earlier, later);
      if (free[earlier]! > 0) return repair({ free, paired, from, gives }, { step, left, end: earlier });
      for (const other of paired[earlier]!.keys()) {
        if (other === step || gives.has(other)) continue;
        gives.set(other, earlier);
        queue.push(other);
      }
    }
  }
  for (const earlier of from.keys()) lost.add(earlier);
  return 0;
}

/** Moves pairs along a way that was found, as much as all of it allows. */
function repair(
  { free, paired, from, gives }: Pick<Pairing, "free" | "paired"> & {
    from: ReadonlyMap<number, number>;
    gives: ReadonlyMap<number, number>;
  },
  { step, left, end }: { step: number; left: number; end: number },
): number {
  let amount = Math.min(left, free[end]!);
  for (let later = from.get(end)!; later !== step;) {
    const given = gives.get(later)!;
    amount = Math.min(amount, paired[given]!.get(later)!);
    later = from.get(given)!;
  }
  free[end]! -= amount;
  for (let earlier = end;;) {
    const later = from.get(earlier)!;
    paired[earlier]!.set(later, (paired[earlier]!.get(later) ?? 0) + amount);
    if (later === step) return amount;
    const given = gives.get(later)!;
    const rest = paired[given]!.get(later)! - amount;
    if (rest === 0) paired[given]!.delete(later);
    else paired[given]!.set(later, rest);
    earlier = given;
  }
}
