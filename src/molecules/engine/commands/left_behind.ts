import type { Processes } from "../../../ports/process.ts";
import type { LeftBehind } from "./lanes.ts";

/**
 * Tells whether those whom a command left behind may still print: they are of its group, or have left that, which only
 * what they have open tells.
 */
export function leftBehind(processes: Pick<Processes, "hasOpen" | "hasOpenSoon" | "observe">): LeftBehind {
  const isGroup = (pid: number) => processes.observe(-pid) !== "gone";
  return {
    isHeld: (paths, pid) => isGroup(pid) || processes.hasOpen(paths, { after: pid }),
    isHeldSoon: async (paths, pid) => isGroup(pid) || await processes.hasOpenSoon(paths, { after: pid }),
  };
}
