import { reasonOf } from "./failure.ts";
import { type Git, inWorktree } from "./git.ts";
import { identityFallback } from "./identity.ts";

/** How a replay went; after `conflict` the worktree is where it was. */
export type Replayed =
  | { kind: "replayed"; head: string }
  | { kind: "conflict"; reason: string }
  | { kind: "failed"; reason: string };

/**
 * Puts the commits that the worktree's HEAD has and `upstream` has not on top of `onto`, one by one; HEAD is detached.
 *
 * Commits that add nothing there are dropped.
 */
export async function replayCommits(
  git: Git,
  options: { worktree: string; upstream: string; onto: string },
): Promise<Replayed> {
  const { worktree, upstream, onto } = options;
  const env = await identityFallback(git, worktree);
  const args = [
    "rebase",
    "--quiet",
    "--no-autostash",
    "--no-gpg-sign",
    "--empty=drop",
    "--onto",
    onto,
    upstream,
  ];
  const finished = await inWorktree(git, args, { worktree, env });
  if (finished.code !== 0) {
    const aborted = await inWorktree(git, ["rebase", "--abort"], { worktree });
    return { kind: aborted.code === 0 ? "conflict" : "failed", reason: reasonOf(finished) };
  }
  const head = await inWorktree(git, ["rev-parse", "HEAD"], { worktree, read: true });
  return head.code === 0
    ? { kind: "replayed", head: head.stdout.trim() }
    : { kind: "failed", reason: reasonOf(head) };
}
