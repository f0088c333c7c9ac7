/**
 * What the steward, the witnesses and the refineries have in common: one instance each, awake when something changed.
 *
 * @module
 */
import { join } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import type { Observation } from "../../lib/observation.ts";
import { type Lock, observeLock, waitForLock } from "../../ports/lock.ts";
import type { Ports } from "../../ports/ports.ts";
import { readDesired } from "../desired.ts";
import { runCycle } from "./loop_cycle.ts";
import { createLoopLog } from "./loop_log.ts";
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

/** How long a new loop waits for a lock: someone may be probing it just then. */
const LOCK_PATIENCE = 1_000;

/**
 * Runs a loop until the town is meant to be down or a signal comes.
 *
 * @throws {CommandError} `loop_running` when another process runs it, `town_down` when the town is not meant to run.
 */
export async function runLoop(deps: LoopDeps, options: LoopOptions): Promise<"down" | "stopped"> {
  const { ports, town } = deps;
  if (readDesired(ports, town.paths) === "down") {
    throw new CommandError("refused", `Cannot run ${options.name}: the town is shut down`, {
      code: "town_down",
      hints: ["gt start"],
    });
  }
  const lock = await lockLoop(deps, options.name);
  const log = createLoopLog(ports, { paths: town.paths, name: options.name });
  const stop = stopSignal(ports, options.signal);
  log(`${options.name} started, process ${ports.processes.pid}`);
  try {
    const reason = await runCycle(deps, { ...options, log, stop });
    log(`${options.name} ended: ${reason === "down" ? "the town is shut down" : "told to stop"}`);
    return reason;
  } finally {
    lock.release();
  }
}

/** Whether a loop runs, found out by probing its lock: without spawning anything, true even when it hangs. */
export function isLoopRunning(deps: { town: Pick<Town, "paths"> }, name: string): Observation {
  return observeLock(loopLockPath(deps.town, name));
}

async function lockLoop({ ports, town }: LoopDeps, name: string): Promise<Lock> {
  const lock = await waitForLock(ports.clock, { file: loopLockPath(town, name), waitMs: LOCK_PATIENCE });
  if (lock) return lock;
  throw new CommandError("refused", `Cannot run ${name}: it is running already`, {
    code: "loop_running",
    hints: ["gt status"],
  });
}

function loopLockPath(town: Pick<Town, "paths">, name: string): string {
  return join(town.paths.locks, `${name}.lock`);
}

function stopSignal(ports: Ports, given: AbortSignal | undefined): AbortSignal {
  if (given) return given;
  const controller = new AbortController();
  ports.processes.onStop(() => controller.abort());
  return controller.signal;
}
