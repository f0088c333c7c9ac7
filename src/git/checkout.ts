import { reasonOf } from "./failure.ts";
import { type Git, inWorktree, type Repository } from "./git.ts";
import { identityFallback } from "./identity.ts";
import { administrationOf, worktreeState } from "./status.ts";

/** How committing everything went. */
export type CommittedAll =
  | { kind: "committed"; commit: string }
  | { kind: "nothing" }
  | { kind: "failed"; reason: string };

/** Commits everything in a worktree that is not ignored; repositories inside of it are left out. */
export async function commitAll(
  git: Git,
  options: { worktree: string; message: string },
): Promise<CommittedAll> {
  const { worktree } = options;
  const state = await worktreeState(git, { worktree, untracked: "all" });
  if (state.kind === "absent") return { kind: "failed", reason: `${worktree} is no worktree` };
  if (state.kind === "unknown") return { kind: "failed", reason: state.reason };
  const nested = state.entries.map((entry) => entry.path).filter((path) => path.endsWith("/"));
  if (state.entries.length === nested.length && state.operation !== "merge") return { kind: "nothing" };
  const steps = [
    ["add", "--all", "--", ".", ...nested.map((path) => `:(exclude,literal)${path}`)],
    ["commit", "--quiet", "--no-verify", "--allow-empty", "--cleanup=verbatim", "--file=-"],
    ["rev-parse", "HEAD"],
  ];
  const env = await identityFallback(git, worktree);
  let last = "";
  for (const args of steps) {
    const finished = await inWorktree(git, args, { worktree, env, stdin: options.message });
    if (finished.code !== 0) return { kind: "failed", reason: reasonOf(finished) };
    last = finished.stdout.trim();
  }
  return { kind: "committed", commit: last };
}

/** How a reset went. */
export type Reset = { kind: "reset" } | { kind: "failed"; reason: string };

/**
 * Makes a worktree exactly a commit, on no branch: changes, untracked and ignored files are gone but for `keep`.
 *
 * Only for a worktree that the caller alone uses: a lock that a killed git left there is broken after two seconds.
 */
export async function resetWorktree(
  git: Git,
  options: { worktree: string; commit: string; keep?: readonly string[] },
): Promise<Reset> {
  const { worktree } = options;
  const place = administrationOf(git, worktree);
  if (place === undefined) return { kind: "failed", reason: `${worktree} is no worktree` };
  const kept = (options.keep ?? []).flatMap((pattern) => ["-e", pattern]);
  const steps = [
    ["checkout", "--quiet", "--force", "--detach", options.commit, "--"],
    ["reset", "--quiet", "--hard", options.commit, "--"],
    ["clean", "-ffdxq", ...kept],
  ];
  for (const name of ["rebase-merge", "rebase-apply"]) git.ports.files.remove(`${place}/${name}`);
  for (const lock of locksIn(git, place)) await breakLock(git, lock);
  for (const args of steps) {
    const finished = await inWorktree(git, args, { worktree });
    if (finished.code !== 0) return { kind: "failed", reason: reasonOf(finished) };
  }
  return { kind: "reset" };
}

/**
 * Removes the locks that a killed git left in a worktree and on its branch.
 *
 * Only for a worktree in which nobody works any more.
 */
export function breakLocks(repository: Repository, options: { worktree: string; branch: string }): void {
  const { git, folder } = repository;
  const place = administrationOf(git, options.worktree);
  const locks = place === undefined ? [] : locksIn(git, place);
  for (const lock of [...locks, `${folder}/refs/heads/${options.branch}.lock`]) git.ports.files.remove(lock);
}

function locksIn({ ports: { files } }: Git, place: string): string[] {
  return files.list(place).filter((name) => name.endsWith(".lock")).map((name) => `${place}/${name}`);
}

async function breakLock(git: Git, lock: string): Promise<void> {
  const { clock, files } = git.ports;
  const giveUpAt = clock.monotonic() + 2_000;
  while (files.exists(lock)) {
    if (clock.monotonic() >= giveUpAt) return files.remove(lock);
    await clock.sleep(50);
  }
}
