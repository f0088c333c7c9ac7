import type { SessionPorts } from "./session.ts";

/** One process. */
export interface ProcessRow {
  pid: number;
  parent: number;
  /** Id of the first process of its group. */
  group: number;
  /** Id of the first process of its terminal session. */
  session: number;
  /** Start mark as of `ports.processes.startMark`; undefined where the system has none. */
  mark: string | undefined;
}

/** All processes of this machine that are not zombies, or undefined when they cannot be read. */
export async function readProcesses(ports: SessionPorts): Promise<ProcessRow[] | undefined> {
  const pids = ports.files.list("/proc").filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return await readWithPs(ports);
  return pids.map((pid) => parseStat(readQuietly(ports, `/proc/${pid}/stat`))).filter((row) =>
    row !== undefined
  );
}

/** Reads `/proc/<pid>/stat`; undefined for a zombie and for a process that has just ended. */
export function parseStat(text: string): ProcessRow | undefined {
  // The name may hold spaces and brackets: the fields begin after the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 20 || fields[0] === "Z") return undefined;
  const [parent, group, session] = fields.slice(1, 4).map(Number) as [number, number, number];
  return { pid: parseInt(text), parent, group, session, mark: fields[19] };
}

function readQuietly(ports: SessionPorts, path: string): string {
  try {
    return ports.files.readText(path) ?? "";
  } catch {
    return "";
  }
}

async function readWithPs(ports: SessionPorts): Promise<ProcessRow[] | undefined> {
  try {
    const finished = await ports.processes.run(["ps", "-A", "-o", "pid=,ppid=,pgid=,sess=,stat="], {
      cwd: "/",
    });
    if (finished.code !== 0) return undefined;
    return finished.stdout.split("\n").map((line) => line.trim().split(/\s+/)).filter((fields) =>
      fields.length >= 5 && !fields[4]!.startsWith("Z")
    ).map(([pid, parent, group, session]) => ({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      mark: undefined,
    }));
  } catch {
    return undefined;
  }
}

/** A process with everything below it, and everything that shares its terminal session; from the top down. */
export function processesUnder(rows: readonly ProcessRow[], pid: number): ProcessRow[] {
  const found = new Map<number, ProcessRow>();
  for (const row of rows) {
    if (row.pid === pid || row.session === pid) found.set(row.pid, row);
  }
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const row of rows) if (found.has(row.parent)) found.set(row.pid, row);
  }
  return [...found.values()];
}

/** The processes of a program and all that it started, or undefined when they cannot be read. */
export async function processTree(
  ports: SessionPorts,
  pid: number,
): Promise<ProcessRow[] | undefined> {
  const rows = await readProcesses(ports);
  return rows && processesUnder(rows, pid);
}

/** Processes that were started in a session and left its tree: their environment still names it. */
export function processesOf(
  ports: SessionPorts,
  options: { rows: readonly ProcessRow[]; session: string; socket: string },
): ProcessRow[] {
  return options.rows.filter((row) => {
    const variables = readQuietly(ports, `/proc/${row.pid}/environ`).split("\0");
    return variables.includes(`GT_SESSION=${options.session}`) &&
      variables.some((variable) => variable.startsWith(`TMUX=${options.socket},`));
  });
}
