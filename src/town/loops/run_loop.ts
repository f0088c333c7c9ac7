import { CommandError } from "../../lib/errors.ts";
import { type Lock, waitForLock } from "../../ports/lock.ts";
import type { Ports } from "../../ports/ports.ts";
import { readDesired } from "../desired.ts";
import { type LoopDeps, loopLockPath, type LoopOptions } from "./loop.ts";
import { runCycle } from "./loop_cycle.ts";
import { createLoopLog } from "./loop_log.ts";

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

async function lockLoop({ ports, town }: LoopDeps, name: string): Promise<Lock> {
  const lock = await waitForLock(ports.clock, { file: loopLockPath(town, name), waitMs: LOCK_PATIENCE });
  if (lock) return lock;
  throw new CommandError("refused", `Cannot run ${name}: it is running already`, {
    code: "loop_running",
    hints: ["gt status"],
  });
}

function stopSignal(ports: Ports, given: AbortSignal | undefined): AbortSignal {
  if (given) return given;
  const controller = new AbortController();
  ports.processes.onStop(() => controller.abort());
  return controller.signal;
}
