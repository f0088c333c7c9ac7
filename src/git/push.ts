import type { Finished } from "../ports/process.ts";
import { isAncestor, resolveCommit } from "./commit.ts";
import { reasonOf } from "./failure.ts";
import { inRepository, type Repository } from "./git.ts";
import { isLocalRemote, remoteBranchCommit } from "./remote.ts";
import { originUrl } from "./repository.ts";
import { keepCommit } from "./rescue.ts";

/** How a push went. */
export type Pushed =
  /** The remote has it, from now on or already. */
  | { kind: "pushed" }
  /** The branch on the remote is not where it was expected. */
  | { kind: "stale" }
  /** The remote answered and said no. */
  | { kind: "rejected"; reason: string }
  | { kind: "unreachable"; reason: string };

/**
 * Moves a branch of the remote forward to exactly `commit`, if it still stands at `expected` (undefined: is absent).
 *
 * @throws Error when `commit` does not contain `expected`: that would take commits off the branch.
 */
export async function pushWithLease(
  repository: Repository,
  options: { commit: string; branch: string; expected: string | undefined; timeoutMs?: number },
): Promise<Pushed> {
  const { commit, expected } = options;
  if (expected !== undefined) {
    const forward = await isAncestor(repository, { ancestor: expected, descendant: commit });
    if (forward !== true) throw new Error(`${commit} does not contain ${expected}`);
  }
  return await push(repository, { ...options, source: commit });
}

/**
 * Pushes a branch of our own under its own name, or `commit` when given; a rewritten branch replaces the old one.
 *
 * What it replaces is kept in a rescue ref; it is `stale` when the remote has commits that this repository has not.
 */
export async function pushBranch(
  repository: Repository,
  options: { branch: string; commit?: string; timeoutMs?: number },
): Promise<Pushed> {
  const source = options.commit ?? `refs/heads/${options.branch}`;
  const found = await remoteBranchCommit(repository, options);
  if (found.kind === "unknown") return { kind: "unreachable", reason: found.reason };
  const expected = found.kind === "found" ? found.commit : undefined;
  if (expected === undefined) return await push(repository, { ...options, source, expected });
  const kept = await isAncestor(repository, { ancestor: expected, descendant: source });
  if (kept === "unknown") return { kind: "stale" };
  if (!kept) await keepOld(repository, { branch: options.branch, commit: expected });
  return await push(repository, { ...options, source, expected });
}

/**
 * Removes a branch from the remote if it still stands at `expected`; one that is gone already counts as removed.
 *
 * Its commits are kept in a rescue ref unless origin has them elsewhere; those that are not here make it `stale`.
 */
export async function deleteRemoteBranch(
  repository: Repository,
  options: { branch: string; expected?: string; timeoutMs?: number },
): Promise<Pushed> {
  const found = await remoteBranchCommit(repository, options);
  if (found.kind === "unknown") return { kind: "unreachable", reason: found.reason };
  if (found.kind === "absent") return { kind: "pushed" };
  if (options.expected !== undefined && found.commit !== options.expected) return { kind: "stale" };
  const known = await resolveCommit(repository, found.commit);
  if (known.kind !== "found") return { kind: "stale" };
  await keepOld(repository, { branch: options.branch, commit: found.commit });
  return await push(repository, { ...options, source: "", expected: found.commit });
}

/** Keeps what a branch of the remote holds before it is replaced or removed. */
async function keepOld(repository: Repository, options: { branch: string; commit: string }): Promise<void> {
  const { branch, commit } = options;
  const kept = await keepCommit(repository, { commit, name: branch, leaving: branch });
  if (kept.kind === "failed") throw new Error(`cannot keep ${commit}: ${kept.reason}`);
}

/** A remote that is a folder with a checkout lets its files follow, as long as they have no changes of their own. */
const followingCheckout = "--receive-pack=git -c receive.denyCurrentBranch=updateInstead receive-pack";

async function push(
  repository: Repository,
  options: { source: string; branch: string; expected: string | undefined; timeoutMs?: number },
): Promise<Pushed> {
  const url = await originUrl(repository);
  const ref = `refs/heads/${options.branch}`;
  const args = ["push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"];
  args.push(`--force-with-lease=${ref}:${options.expected ?? ""}`);
  if (url !== undefined && isLocalRemote(url)) args.push(followingCheckout);
  args.push("origin", `${options.source}:${ref}`);
  const finished = await inRepository(repository, args, {
    network: true,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  return classifyPush(finished, ref);
}

/** Tells from the porcelain output of `git push` what became of one ref. */
export function classifyPush(finished: Finished, ref: string): Pushed {
  const line = finished.stdout.split("\n").map((entry) => entry.split("\t")).find((fields) =>
    fields[1]?.endsWith(`:${ref}`)
  );
  if (line === undefined) {
    const refused = /aborted by hook|HTTP 403|error: 403|permission to .* denied|access denied/i.test(
      finished.stderr,
    );
    return { kind: refused ? "rejected" : "unreachable", reason: reasonOf(finished) };
  }
  const [flag, , summary = ""] = line;
  if (flag !== "!") return { kind: "pushed" };
  if (isStale(summary)) return { kind: "stale" };
  const said = finished.stderr.split("\n").filter((text) => /^remote: \S/.test(text)).map((text) =>
    text.slice(8).trim()
  );
  const why = /\(([^)]*)\)\s*$/.exec(summary)?.[1] ?? summary;
  return { kind: "rejected", reason: [why, ...said].join("; ").slice(0, 1000) };
}

/** A lease that does not hold, or a ref that moved between the remote's answer and its update. */
function isStale(summary: string): boolean {
  return /stale info|fetch first|non-fast-forward|incorrect old value|cannot lock ref|failed to update ref|already exists/
    .test(summary);
}
