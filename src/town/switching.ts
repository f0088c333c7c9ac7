import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import { type Lock, tryLock, waitForLock } from "../ports/lock.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "./town.ts";

/** How long a start waits for a shutdown beyond the grace that agents get, in ms. */
const SHUTDOWN_PATIENCE = 30_000;

/**
 * Keeps starts away until it is released or this process ends; undefined while somebody else starts or shuts down.
 *
 * A shutdown never waits: what a start brings up while the town is meant to be down ends by itself.
 */
export function claimShutdown({ town }: { town: Town }): Lock | undefined {
  return tryLock(lockOf(town));
}

/**
 * Waits until nobody shuts the town down or starts it, and keeps it so until it is released.
 *
 * @throws {CommandError} `shutting_down` when that takes too long.
 */
export async function claimStart({ ports, town }: { ports: Ports; town: Town }): Promise<Lock> {
  const { limits } = await town.config();
  const waitMs = limits.stop_grace + SHUTDOWN_PATIENCE;
  const lock = await waitForLock(ports.clock, { file: lockOf(town), waitMs });
  if (lock) return lock;
  throw new CommandError("refused", `Cannot start "${town.root}": it is being shut down`, {
    code: "shutting_down",
    hints: ["gt shutdown --now ends that at once, then: gt start"],
  });
}

function lockOf(town: Town): string {
  return join(town.paths.locks, "switching.lock");
}
