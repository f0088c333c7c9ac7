import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { Finished } from "../ports/process.ts";

/** What sync needs from outside. */
export type SyncPorts = Pick<Ports, "clock" | "env" | "files" | "processes" | "random">;

/** The repository that contains a ledger, through its objects and refs alone: no checkout, no index of git. */
export interface SyncRepository {
  /** Runs git; only a network command has a time limit. */
  git(args: readonly string[], options?: { stdin?: string; network?: boolean }): Promise<Finished>;
  /** Runs git and returns what it printed. @throws {CommandError} `git_failed` with what it said. */
  read(args: readonly string[], options?: { stdin?: string }): Promise<string>;
}

/** How long a remote may take, in ms. */
const NETWORK_PATIENCE_MS = 120_000;

/** Longest output of git that is kept, in characters: a whole ledger passes through it. */
const KEEP = 512 * 1024 * 1024;

/** Opens the repository around a `.beads` folder, or returns undefined where there is none. */
export async function openSyncRepository(
  ports: SyncPorts,
  { folder }: { folder: string },
): Promise<SyncRepository | undefined> {
  const found = await run(ports, {
    cwd: folder,
    args: ["rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel"],
  });
  // Git reads a remote such as ../r.git from the top of the worktree.
  const [directory, top] = found.stdout.trim().split("\n");
  if (found.code !== 0 || !directory || !top) return undefined;
  const git: SyncRepository["git"] = (args, options = {}) =>
    run(ports, { cwd: top, args: [`--git-dir=${directory}`, ...args], ...options });
  return {
    git,
    async read(args, options = {}) {
      const finished = await git(args, options);
      if (finished.code !== 0) throw gitFailed(args[0]!, finished);
      return finished.stdout;
    },
  };
}

function run(
  { env, processes }: SyncPorts,
  { cwd, args, stdin, network }: { cwd: string; args: readonly string[]; stdin?: string; network?: boolean },
): Promise<Finished> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env.all())) {
    if (!/^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|PREFIX)$/.test(name)) {
      variables[name] = value;
    }
  }
  return processes.run(["git", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", ...args], {
    cwd,
    env: { ...variables, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
    keep: KEEP,
    ...(stdin === undefined ? {} : { stdin }),
    ...(network ? { timeoutMs: NETWORK_PATIENCE_MS } : {}),
  }).catch((cause) => {
    throw new CommandError("refused", "Cannot run git: it was not found", {
      code: "git_missing",
      hints: ["Install git 2.38 or newer"],
      cause,
    });
  });
}

/** The error for a git command that failed. */
export function gitFailed(verb: string, finished: Finished): CommandError {
  return new CommandError("refused", `Cannot sync: git ${verb} failed: ${lastLine(finished)}`, {
    code: "git_failed",
    hints: ["bd sync --status"],
  });
}

/** What git said last, which is where it says why. */
export function lastLine({ stderr, timedOut }: Finished): string {
  if (timedOut) return "the remote did not answer in time";
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.find((line) => /^(fatal|error|remote: error)|rejected/.test(line)) ?? lines.at(-1) ??
    "no reason given";
}
