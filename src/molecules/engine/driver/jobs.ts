import { CommandError } from "../../../lib/errors.ts";

/** Commands of a run and of those nested in it at a time, where nothing else is said. */
export function defaultJobs(): number {
  return Math.max(2, globalThis.navigator?.hardwareConcurrency ?? 4);
}

/**
 * Commands of a run and of those nested in it at a time, as a flag says, or else as many as there are processors.
 * @throws {CommandError} When the flag is no whole number from 1 on: no command would ever begin.
 */
export function jobsOf(flag: number | undefined): number {
  if (flag === undefined) return defaultJobs();
  if (Number.isInteger(flag) && flag > 0) return flag;
  throw new CommandError("usage", `Flag --jobs needs a whole number of at least 1: got "${flag}"`, {
    code: "invalid_jobs",
  });
}
