/** Steps that may begin, in the order of the molecule; those of one fan-out stand together. */
export interface ReadySteps {
  add(step: { id: string; group: number; index: number }): void;
  /** Goes through the steps, one of each group after the other; `take` says whether it was begun, or nobody more can be. */
  startThose(take: (id: string) => "started" | "full" | "wait" | "gone"): void;
  readonly size: number;
}

interface Group {
  number: number;
  steps: { id: string; index: number }[];
}

/** Makes an empty collection. */
export function createReadySteps(): ReadySteps {
  const groups: Group[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    add({ id, group: number, index }) {
      const at = placeIn(groups, number, (one) => one.number);
      let group = groups[at];
      if (group?.number !== number) groups.splice(at, 0, group = { number, steps: [] });
      const place = placeIn(group.steps, index, (one) => one.index);
      if (group.steps[place]?.index === index) return;
      group.steps.splice(place, 0, { id, index });
      size++;
    },
    startThose(take) {
      for (let at = 0; at < groups.length;) {
        const { steps } = groups[at]!;
        const answer = steps.length === 0 ? "gone" : take(steps[0]!.id);
        if (answer === "full") return;
        if (answer === "wait") at++;
        else if (steps.length > 0) {
          steps.shift();
          size--;
        }
        if (steps.length === 0) groups.splice(at, 1);
      }
    },
  };
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
