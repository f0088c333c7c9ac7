import { scriptWords } from "../lib/shell.ts";
import type { Json } from "../lib/json.ts";
import type { Finished } from "../ports/process.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "./town.ts";

/** A shell command whose process group outlives this process if this process is killed. */
export interface RecordedRun {
  /** What it is about: a second run with the same key ends the first. */
  key: string;
  /** Run by `sh -c`. */
  command: string;
  cwd: string;
  env: Record<string, string>;
  timeoutMs: number;
  /** Gets the command and everything it prints. */
  logFile: string;
}

/** Runs a command, remembering its process group so that whoever comes after a crash can end it first. */
export async function runRecorded(
  deps: { ports: Ports; town: Town },
  run: RecordedRun,
): Promise<Finished> {
  const { ports, town } = deps;
  endRecorded(deps, run.key);
  ports.files.appendText(run.logFile, `$ ${run.command}\n`);
  try {
    return await ports.processes.run(scriptWords(run.command), {
      cwd: run.cwd,
      env: withoutTmux(run.env),
      timeoutMs: run.timeoutMs,
      endGroup: true,
      merge: true,
      keep: 64 * 1024,
      onStart(pid) {
        const mark = ports.processes.startMark(pid);
        town.ledger.ephemeral.put("run", run.key, { pid, ...(mark === undefined ? {} : { mark }) } as Json);
      },
      onOutput: (text) => ports.files.appendText(run.logFile, text),
    });
  } finally {
    town.ledger.ephemeral.remove("run", run.key);
  }
}

/** Ends the process group that a killed process left running under this key. */
export function endRecorded({ ports, town }: { ports: Ports; town: Town }, key: string): void {
  const left = town.ledger.ephemeral.get<{ pid: number; mark?: string }>("run", key);
  if (!left) return;
  if (ports.processes.observe(left.pid, left.mark) === "alive") ports.processes.signal(-left.pid, "SIGKILL");
  town.ledger.ephemeral.remove("run", key);
}

function withoutTmux(env: Record<string, string>): Record<string, string> {
  const { TMUX: _tmux, TMUX_PANE: _pane, ...rest } = env;
  return rest;
}
