/** The places in groups that the attempts of steps of a run that is played have got. */
export interface Places {
  /** Takes a place in a group for a step; false when all are taken. */
  take(asked: { step: string; group: string; limit: number }): boolean;
  /** Gives back what a step has got. */
  free(step: string): void;
}

/** Makes groups in which all places are free. */
export function createPlaces(): Places {
  const taken = new Map<string, number>();
  const groups = new Map<string, string>();
  return {
    take({ step, group, limit }) {
      const count = taken.get(group) ?? 0;
      if (count >= limit) return false;
      taken.set(group, count + 1);
      groups.set(step, group);
      return true;
    },
    free(step) {
      const group = groups.get(step);
      if (group === undefined) return;
      groups.delete(step);
      taken.set(group, taken.get(group)! - 1);
    },
  };
}
