import { sessionByName } from "./listing.ts";
import { processesOf, processesUnder, type ProcessRow, readProcesses } from "./process_tree.ts";
import { askTmux, type Tmux, troubleOf } from "./tmux.ts";
import type { Ended } from "./session.ts";

/**
 * Ends every process of a session, gently first, and then the session itself.
 *
 * Also those that have left its terminal, which killing the session alone would leave behind.
 */
export async function endSession(
  tmux: Tmux,
  options: { name: string; graceMs?: number },
): Promise<Ended> {
  const found = await sessionByName(tmux, options.name);
  if (found.kind === "unknown") return found;
  const pid = found.kind === "found" ? found.session.pid : undefined;
  const left = await endProcesses(tmux, { ...options, pid });
  if (left === undefined) return { kind: "unknown", reason: "the processes of this machine cannot be read" };
  if (found.kind === "absent") return { kind: "absent" };
  const killed = await askTmux(tmux, ["kill-session", "-t", `=${options.name}`]);
  if (killed.code !== 0) {
    const trouble = troubleOf(killed);
    if (trouble.kind === "unknown") return trouble;
  }
  return { kind: "ended", left };
}

/** Returns the ids of the processes that are still there, or undefined when they cannot be read. */
async function endProcesses(
  tmux: Tmux,
  options: { name: string; pid: number | undefined; graceMs?: number },
): Promise<number[] | undefined> {
  const first = await members(tmux, options);
  if (first === undefined) return undefined;
  signalAll(tmux, { rows: first, name: "SIGTERM" });
  // A frozen process gets the signal only when it goes on.
  signalAll(tmux, { rows: first, name: "SIGCONT" });
  if (await allGone(tmux, { rows: first, withinMs: options.graceMs ?? 3_000 })) return [];
  const second = await members(tmux, options) ?? [];
  const all = [...new Map([...first, ...second].map((row) => [row.pid, row])).values()];
  signalAll(tmux, { rows: all, name: "SIGKILL" });
  if (await allGone(tmux, { rows: all, withinMs: 2_000 })) return [];
  return all.filter((row) => isThere(tmux, row)).map((row) => row.pid);
}

/** The processes of a session but for this one and those it was started by. */
async function members(
  tmux: Tmux,
  options: { name: string; pid: number | undefined },
): Promise<ProcessRow[] | undefined> {
  const rows = await readProcesses(tmux.ports);
  if (rows === undefined) return undefined;
  const strays = processesOf(tmux.ports, { rows, session: options.name, socket: tmux.socket });
  const tree = options.pid === undefined ? [] : processesUnder(rows, options.pid);
  const spared = new Set(ancestors(rows, tmux.ports.processes.pid));
  const all = new Map([...tree, ...strays].map((row) => [row.pid, row]));
  return [...all.values()].filter((row) => !spared.has(row.pid));
}

function ancestors(rows: readonly ProcessRow[], pid: number): number[] {
  const parents = new Map(rows.map((row) => [row.pid, row.parent]));
  const chain: number[] = [];
  for (let at: number | undefined = pid; at && !chain.includes(at); at = parents.get(at)) chain.push(at);
  return chain;
}

function signalAll(
  tmux: Tmux,
  options: { rows: readonly ProcessRow[]; name: "SIGTERM" | "SIGCONT" | "SIGKILL" },
): void {
  for (const row of options.rows) {
    if (isThere(tmux, row)) tmux.ports.processes.signal(row.pid, options.name);
  }
}

function isThere(tmux: Tmux, row: ProcessRow): boolean {
  return tmux.ports.processes.observe(row.pid, row.mark) !== "gone";
}

async function allGone(
  tmux: Tmux,
  options: { rows: readonly ProcessRow[]; withinMs: number },
): Promise<boolean> {
  const { clock } = tmux.ports;
  const giveUpAt = clock.monotonic() + options.withinMs;
  for (let pause = 5;; pause = Math.min(pause * 2, 50)) {
    if (!options.rows.some((row) => isThere(tmux, row))) return true;
    if (clock.monotonic() >= giveUpAt) return false;
    await clock.sleep(pause);
  }
}
