import { commitsBetween, commitTree, describeCommit } from "../git/commit.ts";
import type { Repository } from "../git/git.ts";
import { mergeTree } from "../git/merge.ts";
import { replayCommits } from "../git/rebase.ts";
import { addWorktree } from "../git/worktree.ts";
import { resetWorktree } from "../git/checkout.ts";
import type { RigConfig } from "../town/config/config.ts";
import type { Failure } from "../work/attempt.ts";
import { mergeMessage, type MergeSubject, squashMessage } from "./message.ts";

/** The commit that would land, or why there is none. */
export type Candidate =
  | {
    kind: "made";
    tip: string;
    /** What somebody should know of how it was made. */
    remark?: string;
  }
  | { kind: "conflict"; failure: Failure }
  /** Git could not say; nothing follows from that. */
  | { kind: "unknown"; reason: string };

/** What to merge. */
export interface CandidateOrder extends MergeSubject {
  /** Tip of the target branch. */
  onto: string;
  /** Name of the target branch. */
  target: string;
  /** The submitted commit. */
  commit: string;
  method: RigConfig["merge"];
  /** The refinery's own worktree. */
  worktree: string;
}

/** How much of a conflict is handed on, in characters. */
const CONFLICT_KEPT = 8_000;

/** Merges a commit with the tip of its target, the way the rig wants it, without touching any branch. */
export async function makeCandidate(repository: Repository, order: CandidateOrder): Promise<Candidate> {
  const { onto, commit } = order;
  const merged = await mergeTree(repository, { ours: onto, theirs: commit, maxText: CONFLICT_KEPT });
  if (merged.kind === "failed") return { kind: "unknown", reason: merged.reason };
  if (merged.kind === "conflict") return { kind: "conflict", failure: conflictFailure(order, merged) };
  const { tree } = merged;
  if (order.method === "squash") return await squash(repository, { order, tree });
  if (order.method === "rebase") {
    const rebased = await rebase(repository, order);
    if (rebased.kind === "made") return rebased;
    const tip = await commitTree(repository, { tree, parents: [onto, commit], message: mergeMessage(order) });
    return { kind: "made", tip, remark: `merged instead of rebased: ${rebased.reason}` };
  }
  const tip = await commitTree(repository, { tree, parents: [onto, commit], message: mergeMessage(order) });
  return { kind: "made", tip };
}

/**
 * Makes the refinery's worktree exactly a commit. What stands in its place and is none of the repository's worktrees is
 * moved aside, next to it.
 */
export async function placeWorktree(
  repository: Repository,
  options: { worktree: string; commit: string },
): Promise<{ kind: "ready" } | { kind: "failed"; reason: string }> {
  const { worktree, commit } = options;
  const reset = await resetWorktree(repository.git, options);
  if (reset.kind === "reset") return { kind: "ready" };
  let added = await addWorktree(repository, { path: worktree, base: commit });
  if (added.kind === "refused" && added.code === "occupied") {
    const { files, clock } = repository.git.ports;
    files.rename(worktree, `${worktree}.aside-${clock.now()}`);
    added = await addWorktree(repository, { path: worktree, base: commit });
  }
  if (added.kind === "refused") return { kind: "failed", reason: added.reason };
  const again = await resetWorktree(repository.git, options);
  return again.kind === "reset" ? { kind: "ready" } : { kind: "failed", reason: again.reason };
}

function conflictFailure(
  order: CandidateOrder,
  conflict: { files: readonly string[]; text: string },
): Failure {
  const { files, text } = conflict;
  const count = files.length === 1 ? "1 file" : `${files.length} files`;
  return {
    kind: "conflict",
    summary: `Conflicts with ${order.target} in ${count}`,
    detail: text,
    files: files.slice(0, 50),
  };
}

async function squash(
  repository: Repository,
  { order, tree }: { order: CandidateOrder; tree: string },
): Promise<Candidate> {
  const last = await describeCommit(repository, order.commit);
  if (last.kind !== "found") {
    return { kind: "unknown", reason: last.kind === "unknown" ? last.reason : `${order.commit} is not here` };
  }
  const { author, authoredAt } = last.commit;
  const tip = await commitTree(repository, {
    tree,
    parents: [order.onto],
    message: squashMessage(order),
    author: { ...author, at: authoredAt },
  });
  return { kind: "made", tip };
}

async function rebase(
  repository: Repository,
  order: CandidateOrder,
): Promise<{ kind: "made"; tip: string } | { kind: "unsuited"; reason: string }> {
  const { worktree, onto, commit } = order;
  const own = await commitsBetween(repository, { from: onto, to: commit });
  if (own.kind === "unknown") return { kind: "unsuited", reason: own.reason };
  if (own.commits.some((one) => one.parents.length > 1)) {
    return { kind: "unsuited", reason: "the branch has merges of its own" };
  }
  const placed = await placeWorktree(repository, { worktree, commit });
  if (placed.kind === "failed") return { kind: "unsuited", reason: placed.reason };
  const replayed = await replayCommits(repository.git, { worktree, upstream: onto, onto });
  return replayed.kind === "replayed"
    ? { kind: "made", tip: replayed.head }
    : { kind: "unsuited", reason: replayed.reason };
}
