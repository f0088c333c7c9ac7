/** Moments at which something is to be done, the earliest first. */
export interface Timers {
  add(at: number, fire: () => void): void;
  /** Does what is due, and returns when the next is, in ms since the epoch. */
  run(now: number): number;
}

/** Makes an empty list. */
export function createTimers(): Timers {
  const heap: { at: number; fire: () => void }[] = [];
  const at = (place: number) => heap[place]?.at ?? Infinity;
  const swap = (one: number, other: number) => [heap[one], heap[other]] = [heap[other]!, heap[one]!];
  const pop = () => {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let place = 0;;) {
      const child = at(2 * place + 1) <= at(2 * place + 2) ? 2 * place + 1 : 2 * place + 2;
      if (at(child) >= at(place)) return first;
      swap(place, child);
      place = child;
    }
  };
  return {
    add(when, fire) {
      heap.push({ at: when, fire });
      for (let place = heap.length - 1; place > 0;) {
        const parent = (place - 1) >> 1;
        if (at(parent) <= at(place)) return;
        swap(place, parent);
        place = parent;
      }
    },
    run(now) {
      while (at(0) <= now) pop().fire();
      return at(0);
    },
  };
}
