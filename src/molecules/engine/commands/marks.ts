import type { PerformDeps } from "../steps/performance.ts";
import { guarded } from "../steps/trouble.ts";
import type { Lanes } from "./lanes.ts";

/** Keeps, of commands that take a while, which of the processes that ever have their number they are. */
export interface Marks {
  /** A command has begun; returns what is to be called when it has ended. */
  add(name: string, pid: number): () => void;
}

/** How long a command must run until it is marked, in ms: a machine that is started anew in between takes longer. */
const MARK_MS = 50;

/** Marks the commands of a run; one timer for all of them, since most end before it matters. */
export function createMarks(
  { ports: { clock, processes }, trouble }: Pick<PerformDeps, "ports" | "trouble">,
  lanes: Pick<Lanes, "mark">,
): Marks {
  const waiting = new Map<string, { pid: number; at: number }>();
  let isLooking = false;
  const look = async () => {
    isLooking = true;
    while (waiting.size > 0) {
      await clock.sleep(MARK_MS);
      const before = clock.monotonic() - MARK_MS / 2;
      for (const [name, { pid, at }] of waiting) {
        if (at > before) continue;
        waiting.delete(name);
        const mark = processes.startMark(pid);
        if (mark !== undefined && mark !== "zombie") lanes.mark(name, mark);
      }
    }
    isLooking = false;
  };
  return {
    add(name, pid) {
      waiting.set(name, { pid, at: clock.monotonic() });
      if (!isLooking) guarded({ trouble }, { work: look });
      return () => void waiting.delete(name);
    },
  };
}
