/** What is remembered of something that is kept running. Times are ms since the epoch. */
export interface Upkeep {
  /** When it was last started. */
  startedAt: number;
  /** How often in a row it ended soon after its start. */
  failures: number;
  /** Present while it is not running: when it is started again. */
  notBefore?: number;
}

/** Who ran so long, in ms, has started well; its failures are forgotten. */
export const STABLE_AFTER = 30_000;
/** The first pause, and the longest, in ms. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 300_000;

/** After so many failures in a row a person is told. */
export const FAILURES_TO_TELL = 5;

/**
 * What to do about something that is found not running: start it now, or at `upkeep.notBefore`.
 *
 * It is started at once the first time it ends, then after pauses that double up to five minutes.
 */
export function decideRestart(before: Upkeep | undefined, now: number): { start: boolean; upkeep: Upkeep } {
  if (before === undefined) return { start: true, upkeep: { startedAt: now, failures: 0 } };
  const seen = before.notBefore === undefined ? seenEnded(before, now) : before;
  if (now < seen.notBefore!) return { start: false, upkeep: seen };
  return { start: true, upkeep: { startedAt: now, failures: seen.failures } };
}

function seenEnded(before: Upkeep, now: number): Upkeep {
  const failures = now - before.startedAt >= STABLE_AFTER ? 0 : before.failures + 1;
  const pause = failures <= 1 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(20, failures - 2));
  return { startedAt: before.startedAt, failures, notBefore: now + pause };
}
