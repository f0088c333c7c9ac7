import type { StopSignal } from "../lib/stopper.ts";

/** The time, and waiting for it to pass. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that never jumps. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal?: StopSignal): Promise<void>;
}

/** Makes the real clock. */
export function createClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep,
  };
}

function sleep(ms: number, signal?: StopSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}

/** The longest sleep at a time, in ms: a timer of the system holds 24 days, and stands still while the machine sleeps. */
const LONGEST_SLEEP = 60_000;

/** Sleeps until it is `at`, in ms since the epoch, or `signal` aborts. */
export async function sleepUntil(
  clock: Pick<Clock, "now" | "sleep">,
  { at, signal }: { at: number; signal: StopSignal },
): Promise<void> {
  for (let left = at - clock.now(); left > 0 && !signal.aborted; left = at - clock.now()) {
    await clock.sleep(Math.min(left, LONGEST_SLEEP), signal);
  }
}

/** A clock that moves only when told to. */
export interface TestClock extends Clock {
  /** Moves the time forward by `ms`. */
  advance(ms: number): void;
}

/** Makes a clock that stands at `start` until it is advanced; sleeping advances it. */
export function createTestClock(start = 1_700_000_000_000): TestClock {
  let at = start;
  return {
    now: () => at,
    monotonic: () => at - start,
    sleep(ms) {
      at += ms;
      return Promise.resolve();
    },
    advance(ms) {
      at += ms;
    },
  };
}
