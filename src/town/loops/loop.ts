/**
 * What the steward, the witnesses and the refineries have in common: one instance each, awake when something changed.
 *
 * @module
 */
import { join } from "node:path";
import type { Observation } from "../../lib/observation.ts";
import { observeLock } from "../../ports/lock.ts";
import type { Ports } from "../../ports/ports.ts";
import type { Town } from "../town.ts";

/** What a loop needs. */
export interface LoopDeps {
  ports: Ports;
  town: Town;
}

/** What a loop's tick is given. */
export interface LoopTick {
  /** Aborts when the loop is told to end. */
  signal: AbortSignal;
  /** Whether this is the first tick, or `gt wake` was called: pauses are to be forgotten. */
  woken: boolean;
  /** Adds a line to the loop's log. */
  log(text: string): void;
  /** Asks for another tick soon, for work that goes on beside the ticks. */
  nudge(): void;
}

/** A loop. */
export interface LoopOptions {
  /** `steward`, `witness-<rig>`, `refinery-<rig>`: name of its lock, its log and its record. */
  name: string;
  /**
   * Looks at the state and does what is due. Called at the start, whenever the ledger has changed, after `gt wake`, and
   * at the time it returned (ms since the epoch). May throw: that is logged, and it is called again after a pause.
   */
  tick(context: LoopTick): Promise<number | void>;
  /** Ends the loop instead of the signals of the system. */
  signal?: AbortSignal;
}

/** Whether a loop runs, found out by probing its lock: without spawning anything, true even when it hangs. */
export function isLoopRunning(deps: { town: Pick<Town, "paths"> }, name: string): Observation {
  return observeLock(loopLockPath(deps.town, name));
}

/** The file that is locked while a loop runs. */
export function loopLockPath(town: Pick<Town, "paths">, name: string): string {
  return join(town.paths.locks, `${name}.lock`);
}
