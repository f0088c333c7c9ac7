import type { Step } from "./molecule.ts";

/** The steps, each after all that it needs; those of a ring, and behind one, are left out. */
export function inOrder(steps: readonly Step[]): Step[] {
  const known = new Set(steps.map(({ id }) => id));
  const done = new Set<string>();
  const ordered: Step[] = [];
  let left = [...steps];
  for (;;) {
    const free = left.filter(({ needs }) => needs.every((need) => done.has(need) || !known.has(need)));
    if (free.length === 0) return ordered;
    for (const step of free) done.add(step.id);
    ordered.push(...free);
    left = left.filter((step) => !free.includes(step));
  }
}
