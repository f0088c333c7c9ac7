import { readdirSync, readFileSync, statSync } from "node:fs";

/** Standard output and standard error. */
const STREAMS = [1, 2];

/** Looks for processes as of `Processes.hasOpen`. */
export function hasOpen(paths: readonly string[], { after }: { after: number }): boolean {
  const last = lastProcess();
  if (last === after) return false;
  const files = new Set(paths.map(identityOf));
  files.delete(undefined);
  // Numbers of processes begin anew once they are used up.
  const isLater = (pid: number) => pid > after || last !== undefined && last < after;
  return processesNow().some((pid) =>
    isLater(pid) && STREAMS.some((stream) => files.has(identityOf(`/proc/${pid}/fd/${stream}`)))
  );
}

function processesNow(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

/** The id of the process that was begun last. */
function lastProcess(): number | undefined {
  try {
    const last = Number(readFileSync("/proc/loadavg", "utf8").trim().split(" ").at(-1));
    return Number.isNaN(last) ? undefined : last;
  } catch {
    return undefined;
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
