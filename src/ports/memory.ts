import process from "node:process";

/** A heap of which less is in use is left to the collector, in bytes. */
const SMALL = 12 * 1024 * 1024;

/** Changes after which the heap is looked through: each leaves some ten kilobytes behind. */
const CHANGES = 250;

let changes = CHANGES;

/**
 * Called after each change of something that may be large, or after `count` of them, has the whole heap looked through now and then: a collector
 * by itself lets it grow to three times what is in use. Does nothing in a runtime that was started without `--expose-gc`.
 */
export function tidyHeap(count = 1): void {
  const { gc } = globalThis as { gc?: () => void };
  changes += count;
  if (!gc || changes < CHANGES) return;
  changes = 0;
  if (process.memoryUsage().heapUsed >= SMALL) gc();
}
