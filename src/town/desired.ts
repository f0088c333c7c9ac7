import { join } from "node:path";
import type { Ports } from "../ports/ports.ts";
import type { TownPaths } from "./paths.ts";

/** Whether a town is meant to run. */
export type Desired = "up" | "down";

/** What the town is meant to be; one that was never started is meant to be down. */
export function readDesired(ports: Pick<Ports, "files">, paths: TownPaths): Desired {
  return ports.files.readText(paths.desired)?.trim() === "up" ? "up" : "down";
}

/** Says what the town is meant to be, so that it stands after a crash of the machine. */
export function writeDesired(
  ports: Pick<Ports, "files">,
  options: { paths: TownPaths; desired: Desired },
): void {
  ports.files.writeText(options.paths.desired, options.desired + "\n", { flush: true });
}

/** The file whose change tells every loop to look again now and to forget its pauses. */
export function wakePath(paths: TownPaths): string {
  return join(paths.runtime, "wake");
}

/** Tells every loop of the town to look again now. */
export function wakeLoops(ports: Pick<Ports, "clock" | "files" | "processes">, paths: TownPaths): void {
  // The text only has to differ from the one before: two calls within a clock tick differ by the caller.
  ports.files.writeText(wakePath(paths), `${ports.clock.now()} ${ports.processes.pid}\n`);
}

/** A mark that differs after each {@linkcode wakeLoops}. */
export function wakeMark(ports: Pick<Ports, "files">, paths: TownPaths): string {
  const stat = ports.files.stat(wakePath(paths));
  return stat === undefined ? "" : `${stat.modified}:${stat.size}`;
}
