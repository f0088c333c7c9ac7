import { createGit } from "../git/git.ts";
import { remoteBranchCommit } from "../git/remote.ts";
import { openRepository } from "../git/repository.ts";
import { worktreeState } from "../git/status.ts";
import type { Assignment } from "../work/attempt_store.ts";
import type { WorkDeps } from "../work/sling.ts";

/** Whether what was submitted is what is there. */
export type Verification =
  | { kind: "verified" }
  | { kind: "wrong"; reason: string }
  /** It could not be found out; nothing follows from that. */
  | { kind: "unknown"; reason: string };

/** How many changed files a reason names. */
const FILES_NAMED = 5;

/** Compares a submission with the branch on the remote and with the worktree it came from. */
export async function verifySubmission(
  deps: WorkDeps,
  { attempt }: Assignment,
): Promise<Verification> {
  const { ports, town } = deps;
  const git = createGit(ports);
  const paths = town.paths.rig(attempt.rig);
  const { branch, commit } = attempt;
  const worktree = attempt.worker === undefined ? undefined : paths.worker(attempt.worker);
  if (worktree !== undefined) {
    const state = await worktreeState(git, { worktree, untracked: "all" });
    if (state.kind === "unknown") return state;
    // A worktree that is gone holds nothing back; one that another branch uses is not this try's any more.
    if (state.kind === "present" && state.branch === branch) {
      const wrong = whatWasLeft(state, commit);
      if (wrong !== undefined) return { kind: "wrong", reason: wrong };
    }
  }
  const found = await remoteBranchCommit(openRepository(git, paths.repository), { branch });
  switch (found.kind) {
    case "unknown":
      return found;
    case "absent":
      return { kind: "wrong", reason: `Branch ${branch} is not on the remote` };
    case "found":
      return found.commit === commit ? { kind: "verified" } : {
        kind: "wrong",
        reason: `Branch ${branch} on the remote is at ${found.commit}, but ${commit} was submitted`,
      };
  }
}

/** Says what the worktree holds that was not submitted. */
function whatWasLeft(
  state: { head: string | undefined; entries: readonly { path: string }[] },
  commit: string | undefined,
): string | undefined {
  if (state.head !== commit) return `The worktree is at ${state.head}, but ${commit} was submitted`;
  // Repositories inside of a worktree are never part of a submission.
  const changed = state.entries.map((entry) => entry.path).filter((path) => !path.endsWith("/"));
  if (changed.length === 0) return undefined;
  const named = changed.slice(0, FILES_NAMED).join(", ");
  const more = changed.length > FILES_NAMED ? ` and ${changed.length - FILES_NAMED} more` : "";
  return `The worktree has changes that were not submitted: ${named}${more}`;
}
