import { join } from "node:path";
import type { Ports } from "../ports/ports.ts";
import type { TownPaths } from "../town/paths.ts";

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
