import { readdirSync, readFileSync, statSync } from "node:fs";
import process from "node:process";

/** Standard output and standard error. */
const STREAMS = [1, 2];

/** Of whom is asked: whose streams go to one of these files, and who was begun after the process with this id. */
export interface OpenQuestion {
  paths: readonly string[];
  after: number;
}

/** Looks for processes as of `Processes.hasOpen`. */
export function hasOpen(paths: readonly string[], { after }: { after: number }): boolean {
  return lookFor([{ paths, after }])[0]!;
}

/** Makes what looks as of `Processes.hasOpenSoon`; `look` answers questions in their order. */
export function createOpenLooks(
  look = lookFor,
): (paths: readonly string[], options: { after: number }) => Promise<boolean> {
  let asked: OpenQuestion[] = [];
  let next: Promise<boolean[]> | undefined;
  return async (paths, { after }) => {
    const at = asked.push({ paths, after }) - 1;
    // Loaded only by those who ask.
    const { setImmediate } = process.getBuiltinModule("node:timers");
    next ??= new Promise<void>((resolve) => setImmediate(() => resolve())).then(() => {
      const all = asked;
      [asked, next] = [[], undefined];
      return look(all);
    });
    return (await next)[at]!;
  };
}

/** Answers questions by one look at all processes. */
export function lookFor(asked: readonly OpenQuestion[]): boolean[] {
  const last = lastProcess();
  const answers = asked.map(() => false);
  if (asked.every(({ after }) => after === last)) return answers;
  const askers = new Map<string, number[]>();
  for (const [at, { paths }] of asked.entries()) {
    for (const file of paths.map(identityOf)) {
      if (file !== undefined) askers.set(file, [...askers.get(file) ?? [], at]);
    }
  }
  // Numbers of processes begin anew once they are used up.
  const isLater = (pid: number, { after }: OpenQuestion) => pid > after || last !== undefined && last < after;
  for (const pid of processesNow()) {
    if (!asked.some((question) => isLater(pid, question))) continue;
    for (const stream of STREAMS) {
      for (const at of askers.get(identityOf(`/proc/${pid}/fd/${stream}`) ?? "") ?? []) {
        if (isLater(pid, asked[at]!)) answers[at] = true;
      }
    }
  }
  return answers;
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
