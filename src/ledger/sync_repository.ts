import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { Finished } from "../ports/process.ts";
import { findGitFolder } from "./git_folder.ts";

/** What sync needs from outside. */
export type SyncPorts = Pick<Ports, "clock" | "env" | "files" | "processes" | "random">;

/** The repository that contains a ledger, through its objects and refs alone: no checkout, no index of git. */
export interface SyncRepository {
  /** Runs git; only a network command has a time limit. */
  git(args: readonly string[], options?: GitOptions): Promise<Finished>;
  /** Runs git and returns what it printed. @throws {CommandError} `git_failed` with what it said. */
  read(args: readonly string[], options?: GitOptions): Promise<string>;
}

/** How to run git. */
export interface GitOptions {
  stdin?: string;
  /** A file for what it prints, where that is too much to hold. */
  stdoutFile?: string;
  /** It asks a remote, which may take long. */
  network?: boolean;
  /** Time of a commit, in seconds since the epoch. */
  seconds?: number;
}

/** How long a remote may take, in ms. */
const NETWORK_PATIENCE_MS = 120_000;

/** Longest output of git that is kept, in characters: the list of all pieces of a log. */
const KEEP = 64 * 1024 * 1024;

/** Opens the repository around a `.beads` folder, or returns undefined where there is none. */
export function openSyncRepository(
  ports: SyncPorts,
  { folder }: { folder: string },
): SyncRepository | undefined {
  const found = findGitFolder(folder);
  if (!found) return undefined;
  // Git reads a remote such as ../r.git from the top of the worktree.
  const git: SyncRepository["git"] = (args, options = {}) =>
    run(ports, { cwd: found.top, args: [`--git-dir=${found.directory}`, ...args], ...options });
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
  { cwd, args, stdin, stdoutFile, network, seconds }: GitOptions & { cwd: string; args: readonly string[] },
): Promise<Finished> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env.all())) {
    if (!/^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|PREFIX)$/.test(name)) {
      variables[name] = value;
    }
  }
  return processes.run(["git", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", ...args], {
    cwd,
    env: { ...variables, ...committer(seconds), GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
    keep: KEEP,
    ...(stdin === undefined ? {} : { stdin }),
    ...(stdoutFile === undefined ? {} : { stdoutFile }),
    ...(network ? { timeoutMs: NETWORK_PATIENCE_MS } : {}),
  }).catch((cause) => {
    throw new CommandError("refused", "Cannot run git: it was not found", {
      code: "git_missing",
      hints: ["Install git 2.38 or newer"],
      cause,
    });
  });
}

function committer(seconds: number | undefined): Record<string, string> {
  if (seconds === undefined) return {};
  const entries = ["AUTHOR", "COMMITTER"].flatMap((who) => [
    [`GIT_${who}_NAME`, "bd"],
    [`GIT_${who}_EMAIL`, "bd@localhost"],
    [`GIT_${who}_DATE`, `${seconds} +0000`],
  ]);
  return Object.fromEntries(entries);
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
