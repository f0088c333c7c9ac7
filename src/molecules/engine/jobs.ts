/** Commands of a run at a time, where nothing else is said. */
export function defaultJobs(): number {
  return Math.max(2, globalThis.navigator?.hardwareConcurrency ?? 4);
}
