/**
 * Git: the only place that spawns it.
 *
 * Each file is about one noun. Nothing here depends on the user's configuration of git, and nothing reads a failed
 * command as an empty answer: reads say `unknown`, writes say why they were refused.
 *
 * @module
 */
import type { Finished } from "../ports/process.ts";
import type { Ports } from "../ports/ports.ts";
import { CommandError } from "../lib/errors.ts";
import { gitEnvironment } from "./environment.ts";
import { pastLeftLocks } from "./left_lock.ts";

/** The ports that git needs. */
export type GitPorts = Pick<Ports, "clock" | "env" | "files" | "processes">;

/** How to run one git command. */
export interface GitOptions {
  stdin?: string;
  /** A file for what it prints, where that is too much to hold. */
  stdoutFile?: string;
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>;
  /** Ends the command after so many ms; 120 000 for a `network` command, none for others. */
  timeoutMs?: number;
  /** Talks to a remote. */
  network?: boolean;
  /** Only reads: takes no optional locks. */
  read?: boolean;
}

/** Runs git. */
export interface Git {
  readonly ports: GitPorts;
  /** Runs git in a folder to its end; a folder that is absent is exit code 128. @throws CommandError `git_missing`. */
  run(cwd: string, args: readonly string[], options?: GitOptions): Promise<Finished>;
}

/** A repository without a checkout: the shared clone of a rig. */
export interface Repository {
  readonly git: Git;
  /** The bare folder. */
  readonly folder: string;
}

/** Settings that make git's behaviour ours whatever the user's configuration says. */
const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.safecrlf=false",
  "commit.gpgSign=false",
  "tag.gpgSign=false",
  "push.gpgSign=false",
  "push.followTags=false",
  "push.recurseSubmodules=no",
  "push.useForceIfIncludes=false",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "fetch.pruneTags=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "merge.conflictStyle=zdiff3",
  "merge.renames=true",
  "color.ui=false",
  "advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

const networkTimeoutMs = 120_000;

/** Makes the runner. */
export function createGit(ports: GitPorts): Git {
  return { ports, run: (cwd, args, options = {}) => runGit(ports, { cwd, args, options }) };
}

async function runGit(
  ports: GitPorts,
  call: { cwd: string; args: readonly string[]; options: GitOptions },
): Promise<Finished> {
  const { cwd, args, options } = call;
  const timeoutMs = options.timeoutMs ?? (options.network ? networkTimeoutMs : undefined);
  try {
    return await ports.processes.run(["git", ...settings, ...args], {
      cwd,
      env: { ...gitEnvironment(ports.env.all(), options), ...options.env },
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      ...(options.stdoutFile === undefined ? {} : { stdoutFile: options.stdoutFile }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  } catch (error) {
    if (ports.files.exists(cwd)) throw gitMissing(error);
    return { code: 128, stdout: "", stderr: `fatal: no such folder: ${cwd}`, timedOut: false };
  }
}

function gitMissing(cause: unknown): unknown {
  if ((cause as { code?: string }).code !== "ENOENT") return cause;
  return new CommandError("refused", "Cannot run git: it is not on PATH", {
    code: "git_missing",
    hints: ["Install git 2.38 or newer, for example: sudo apt-get install git"],
    cause,
  });
}

/** Runs git on a bare repository, without looking for one; a lock that a killed git left there does not stop it. */
export function inRepository(
  { git, folder }: Repository,
  args: readonly string[],
  options: GitOptions = {},
): Promise<Finished> {
  const run = () => git.run(folder, [`--git-dir=${folder}`, ...args], options);
  return options.read ? run() : pastLeftLocks(git.ports, { folder, run });
}

/** Runs git on a worktree: on exactly this one, never on a repository that it happens to stand in. */
export function inWorktree(
  git: Git,
  args: readonly string[],
  options: GitOptions & { worktree: string },
): Promise<Finished> {
  const place = [`--git-dir=${options.worktree}/.git`, `--work-tree=${options.worktree}`];
  return git.run(options.worktree, [...place, ...args], options);
}
