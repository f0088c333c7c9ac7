import { openSync } from "node:fs";
import process from "node:process";

/**
 * Ends this process with SIGKILL when `GT_FAULT` names this point.
 *
 * `GT_FAULT=<point>:<file>` kills the first process that passes the point: the one that manages to create the file.
 * It is how the crash tests stand between any two lines; without the variable it costs one look-up.
 */
export function faultPoint(name: string): void {
  const wanted = process.env.GT_FAULT;
  if (!wanted) return;
  for (const entry of wanted.split(",")) {
    const at = entry.indexOf(":");
    if (at < 0 || entry.slice(0, at) !== name) continue;
    try {
      openSync(entry.slice(at + 1), "wx");
    } catch {
      continue;
    }
    process.kill(process.pid, "SIGKILL");
  }
}
