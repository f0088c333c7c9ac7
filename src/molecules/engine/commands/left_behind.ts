import type { Processes } from "../../../ports/process.ts";
import type { IsHeld } from "./lanes.ts";

/**
 * Tells whether those whom a command left behind may still print: they are of its group, or have left that, which only
 * what they have open tells.
 */
export function isHeldBy(processes: Pick<Processes, "hasOpen" | "observe">): IsHeld {
  return (paths, pid) => processes.observe(-pid) !== "gone" || processes.hasOpen(paths, { after: pid });
}
