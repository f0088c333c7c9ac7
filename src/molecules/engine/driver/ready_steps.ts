/** A step that may begin. */
export interface ReadyStep {
  id: string;
  index: number;
  /** The number of its fan-out; its own where it is no element of one. */
  fanOut: number;
  /** The group in which it needs a place. */
  group?: string | undefined;
}

/**
 * What came of trying to begin a step. Nothing else begins either after `full`, no other of its fan-out after `crowded`,
 * and no other of its fan-out and its group after `held`.
 */
export type Tried = "started" | "gone" | "full" | "crowded" | "held";

/** Steps that may begin, in the order of the molecule. */
export interface ReadySteps {
  add(step: ReadyStep): void;
  /** Goes through the steps; those that have begun, or are gone, are taken out. */
  startThose(take: (step: ReadyStep) => Tried): void;
  readonly size: number;
}

/** Steps of one fan-out that need a place in the same group, in order. */
type Queue = ReadyStep[];

/** Those of one fan-out, in the order of the first of each, and by group. */
interface FanOut {
  fanOut: number;
  queues: Queue[];
  of: Map<string | undefined, Queue>;
}

/** Makes an empty collection. */
export function createReadySteps(): ReadySteps {
  // A step that is no element stands by itself: there may be ten thousand of them.
  const ready: (ReadyStep | FanOut)[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(step) {
      const at = placeIn(ready, step.fanOut, ({ fanOut }) => fanOut);
      const known = ready[at]?.fanOut === step.fanOut ? ready[at]! : undefined;
      if (step.index === step.fanOut) {
        if (known) return;
        ready.splice(at, 0, step);
        size++;
        return;
      }
      const fanOut = known as FanOut | undefined ?? { fanOut: step.fanOut, queues: [], of: new Map() };
      if (!known) ready.splice(at, 0, fanOut);
      if (enqueue(fanOut, step)) size++;
    },
    startThose(take) {
      for (let at = 0; at < ready.length;) {
        const next = ready[at]!;
        const { isFull, over } = "queues" in next ? startOf(next, take) : startAlone(next, take);
        size -= over;
        if (isFull) return;
        if ("queues" in next ? next.queues.length > 0 : over === 0) at++;
        else ready.splice(at, 1);
      }
    },
  };
}

/** What came of trying some: whether nothing else begins, and how many have begun or are gone. */
interface Start {
  isFull: boolean;
  over: number;
}

function startAlone(step: ReadyStep, take: (step: ReadyStep) => Tried): Start {
  const tried = take(step);
  return { isFull: tried === "full", over: tried === "started" || tried === "gone" ? 1 : 0 };
}

function startOf({ queues, of }: FanOut, take: (step: ReadyStep) => Tried): Start {
  let over = 0;
  for (let place = 0; place < queues.length;) {
    const queue = queues[place]!;
    const tried = take(queue[0]!);
    if (tried === "full") return { isFull: true, over };
    if (tried === "crowded") break;
    if (tried === "held") place++;
    else {
      const { group } = queue.shift()!;
      over++;
      queues.splice(place, 1);
      if (queue.length > 0) insert(queues, queue);
      else of.delete(group);
    }
  }
  return { isFull: false, over };
}

/** Puts a step where it belongs; false when it is there already. */
function enqueue({ queues, of }: FanOut, step: ReadyStep): boolean {
  const queue = of.get(step.group) ?? [];
  const place = placeIn(queue, step.index, ({ index }) => index);
  if (queue[place]?.index === step.index) return false;
  if (queue.length === 0) of.set(step.group, queue);
  else if (place === 0) queues.splice(placeIn(queues, firstOf(queue), firstOf), 1);
  queue.splice(place, 0, step);
  if (place === 0) insert(queues, queue);
  return true;
}

function insert(queues: Queue[], queue: Queue): void {
  queues.splice(placeIn(queues, firstOf(queue), firstOf), 0, queue);
}

function firstOf(queue: Queue): number {
  return queue[0]!.index;
}

function placeIn<Item>(items: readonly Item[], number: number, of: (item: Item) => number): number {
  let from = 0;
  let to = items.length;
  // Steps are mostly added in order.
  if (to > 0 && of(items[to - 1]!) < number) return to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (of(items[middle]!) < number) from = middle + 1;
    else to = middle;
  }
  return from;
}
