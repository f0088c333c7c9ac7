import { join } from "node:path";
import type { Ports } from "../ports/ports.ts";
import type { TownPaths } from "../town/paths.ts";
import type { Attempt } from "../work/attempt.ts";

/** Who holds a queue, since when (ms since the epoch), and why. */
export interface Pause {
  by: string;
  at: number;
  reason?: string;
}

/** Where a rig's pause is written down: a file, so that it outlives every process and the index. */
function pausePath(paths: TownPaths, rig: string): string {
  return join(paths.runtime, "paused", `${rig}.json`);
}

/** The pause of a rig's queue, or undefined while it runs. */
export function readPause(
  ports: Pick<Ports, "files">,
  options: { paths: TownPaths; rig: string },
): Pause | undefined {
  const text = ports.files.readText(pausePath(options.paths, options.rig));
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Pause;
  } catch {
    // A file that cannot be read still says that somebody wanted a pause.
    return { by: "unknown", at: 0 };
  }
}

/** The pauses of those rigs whose queue is held, by the rig's name. */
export function readPauses(
  ports: Pick<Ports, "files">,
  { paths, rigs }: { paths: TownPaths; rigs: readonly string[] },
): Map<string, Pause> {
  return new Map(rigs.flatMap((rig) => {
    const pause = readPause(ports, { paths, rig });
    return pause ? [[rig, pause] as const] : [];
  }));
}

/** Whether a pause of its rig's queue holds an attempt: what is merging is brought to its end. */
export function isHeldByPause({ state }: Pick<Attempt, "state">): boolean {
  return state === "submitted" || state === "queued";
}

/** A pause in words. */
export function pauseText({ by, reason }: Pause): string {
  return `paused by ${by}${reason === undefined ? "" : `: ${reason}`}`;
}

/** Pauses a rig's queue; false when it was paused already. */
export function pauseQueue(
  ports: Pick<Ports, "files">,
  options: { paths: TownPaths; rig: string; pause: Pause },
): boolean {
  if (readPause(ports, options)) return false;
  const text = JSON.stringify(options.pause) + "\n";
  ports.files.writeText(pausePath(options.paths, options.rig), text, { flush: true });
  return true;
}

/** Lets a rig's queue run; false when it was not paused. */
export function resumeQueue(
  ports: Pick<Ports, "files">,
  options: { paths: TownPaths; rig: string },
): boolean {
  const path = pausePath(options.paths, options.rig);
  if (!ports.files.exists(path)) return false;
  ports.files.remove(path);
  return true;
}
