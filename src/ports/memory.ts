import process from "node:process";

/** A heap of which less is in use is left to the collector, in bytes. */
const SMALL = 12 * 1024 * 1024;

/** Changes after which the heap is looked through: each leaves some ten kilobytes behind. */
const CHANGES = 250;

let changes = 0;

/**
 * Called after each change of something that may be large, has the whole heap looked through now and then: a collector
 * by itself lets it grow to three times what is in use. Does nothing in a runtime that was started without `--expose-gc`.
 */
export function tidyHeap(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc || changes++ % CHANGES !== 0 || process.memoryUsage().heapUsed < SMALL) return;
  gc();
}
