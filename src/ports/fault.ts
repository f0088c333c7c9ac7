import { openSync, readFileSync, statSync } from "node:fs";
import process from "node:process";

/** How often each entry's point was passed by this process. */
const passes = new Map<string, number>();

/**
 * Ends this process with SIGKILL when `GT_FAULT` names this point.
 *
 * `GT_FAULT=<point>:<file>` kills the first process that passes the point: the one that manages to create the file.
 * Where the file is a named pipe, the process waits there, once, until a writer has opened it and closed it again.
 * `<point>@<n>` means the n-th time that a process passes it. It is how the crash tests stand between any two lines;
 * without the variable it costs one look-up.
 */
export function faultPoint(name: string): void {
  const wanted = process.env.GT_FAULT;
  if (!wanted) return;
  for (const entry of wanted.split(",")) {
    const at = entry.indexOf(":");
    const [point, count = "1"] = entry.slice(0, Math.max(0, at)).split("@");
    if (point !== name) continue;
    const passed = (passes.get(entry) ?? 0) + 1;
    passes.set(entry, passed);
    if (passed < Number(count)) continue;
    const path = entry.slice(at + 1);
    if (statSync(path, { throwIfNoEntry: false })?.isFIFO()) {
      if (passed === Number(count)) readFileSync(path);
      continue;
    }
    try {
      openSync(path, "wx");
    } catch {
      continue;
    }
    process.kill(process.pid, "SIGKILL");
  }
}
