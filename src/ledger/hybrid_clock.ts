import type { Stamp } from "./ledger.ts";

/** How far ahead of this machine's clock another's may be before it is no longer followed, in ms. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** The highest number in a stamp: the latest time a date can hold, in ms since the epoch. */
export const MOST_STAMP = 8.64e15;

/**
 * The time of the next operation: after all that was seen, but never led astray by a clock that runs ahead.
 *
 * `floor` is the newest time on the bead itself, which the operation must follow whatever any clock says.
 */
export function nextStamp(wall: number, seen: { last: Stamp; floor: Stamp }): Stamp {
  const { last, floor } = seen;
  const followed = last[0] <= wall + CLOCK_TOLERANCE_MS ? last : ([0, 0] as const);
  const base = isLater(floor, followed) ? floor : followed;
  if (wall > base[0]) return [wall, 0];
  if (base[1] < MOST_STAMP) return [base[0], base[1] + 1];
  // At the end of time there is nothing later, and replica and sequence decide.
  return base[0] < MOST_STAMP ? [base[0] + 1, 0] : base;
}

/** Whether one stamp is later than another. */
export function isLater(one: Stamp, other: Stamp): boolean {
  return one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
}
