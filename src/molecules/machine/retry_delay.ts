import type { Retry } from "../definition.ts";

/** How long is waited after so many tries before the next, in ms; the powers of a factor may grow beyond all numbers. */
export function retryDelay({ delay, factor, maxDelay }: Retry, tries: number): number {
  return delay === 0 ? 0 : Math.min(maxDelay, delay * factor ** (tries - 1));
}
