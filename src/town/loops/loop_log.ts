import { join } from "node:path";
import { isoTime } from "../../ports/time.ts";
import type { Ports } from "../../ports/ports.ts";
import type { TownPaths } from "../paths.ts";

/** A log that is moved aside, once, when it has grown past this many bytes. */
const LARGEST = 4 * 1024 * 1024;

/** Path of the log of a loop. */
export function loopLogPath(paths: TownPaths, name: string): string {
  return join(paths.logs, `${name}.log`);
}

/** Makes a function that adds a line with its time to the log of a loop, and to the terminal for who attaches to it. */
export function createLoopLog(
  ports: Pick<Ports, "clock" | "files" | "terminal">,
  options: { paths: TownPaths; name: string },
): (text: string) => void {
  const path = loopLogPath(options.paths, options.name);
  return (text) => {
    const line = `${isoTime(ports.clock.now())} ${text}\n`;
    try {
      if ((ports.files.stat(path)?.size ?? 0) > LARGEST) ports.files.rename(path, `${path}.1`);
      ports.files.appendText(path, line);
    } catch {
      // A full disk must not end a loop; the terminal still has the line.
    }
    ports.terminal.write(line);
  };
}
