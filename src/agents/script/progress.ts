import { join } from "node:path";
import type { Ports } from "../../ports/ports.ts";
import type { TownPaths } from "../../town/paths.ts";
import type { Occasion } from "./script.ts";

/** How far the script of an attempt has come; kept in a file, so that a session that is lost does not begin again. */
export interface Progress {
  n: number;
  /** The list under way. */
  occasion: Occasion;
  /** How many of its actions are behind it. */
  done: number;
  /** Sessions that have worked on the attempt. */
  sessions: number;
}

/** Where the progress of a bead is kept. */
export function progressPath(paths: TownPaths, bead: string): string {
  return join(paths.runtime, "scripts", `${bead}.json`);
}

/** The progress of an attempt; undefined for one that has none. */
export function readProgress(
  ports: Pick<Ports, "files">,
  options: { path: string; n: number },
): Progress | undefined {
  try {
    const found = JSON.parse(ports.files.readText(options.path) ?? "null") as Progress | null;
    return found?.n === options.n ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the progress of an attempt. */
export function writeProgress(
  ports: Pick<Ports, "files">,
  options: { path: string; progress: Progress },
): void {
  ports.files.writeText(options.path, JSON.stringify(options.progress) + "\n", { flush: true });
}
