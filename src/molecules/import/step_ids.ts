/** The ids of the steps of a molecule, each of them once. */
export interface StepIds {
  /** Keeps ids for steps of the formula that are read later, so that no made one is called like them. */
  expect(ids: readonly string[]): void;
  /** Takes an id for a step of the formula; false when another step has it. */
  take(id: string): boolean;
  /** Makes an id for a step that only the import has, for the step `of`: the given one, or that with a number. */
  make(id: string, options: { of: string }): string;
  /** The ids that were made, each with that of the step it was made for. */
  made: Map<string, string>;
  /** Whether there are more steps than a molecule has; the first time, that is said. */
  areTooMany(say: (most: number) => void): boolean;
}

const MOST_STEPS = 10_000;

/** Begins with no ids; `inherited` are made ones of what the molecule extends, which none of its own steps may replace. */
export function createStepIds({ inherited }: { inherited: { has(id: string): boolean } }): StepIds {
  const taken = new Set<string>();
  const expected = new Set<string>();
  const made = new Map<string, string>();
  let isSaid = false;
  return {
    made,
    expect: (ids) => {
      for (const id of ids) expected.add(id);
    },
    take: (id) => {
      if (taken.has(id) || inherited.has(id)) return false;
      taken.add(id);
      return true;
    },
    make: (wanted, { of }) => {
      let id = wanted;
      for (let number = 2; taken.has(id) || expected.has(id); number++) id = `${wanted}-${number}`;
      taken.add(id);
      made.set(id, of);
      return id;
    },
    areTooMany: (say) => {
      if (taken.size <= MOST_STEPS) return false;
      if (!isSaid) say(MOST_STEPS);
      return isSaid = true;
    },
  };
}
