import { createGit } from "../git/git.ts";
import { mergeTree } from "../git/merge.ts";
import { openRepository } from "../git/repository.ts";
import { worktreeState } from "../git/status.ts";
import type { CrewMember } from "../town/crew_members.ts";
import { rigConfig } from "../town/town.ts";
import type { WorkDeps } from "./sling.ts";

/** What a member of the crew has that the rig's branch has not. */
export type Unmerged =
  | { kind: "none" }
  | { kind: "work"; commits: number; files: number }
  | { kind: "unknown"; reason: string };

/**
 * Commits of a member of the crew that the rig's branch has not, and files that git knows and that are not committed.
 *
 * What merging would change nothing of counts as merged: it may have landed as one squashed commit.
 */
export async function unmergedOf({ ports, town }: WorkDeps, member: CrewMember): Promise<Unmerged> {
  const base = `refs/remotes/origin/${rigConfig(await town.config(), member.rig).branch}`;
  const git = createGit(ports);
  const state = await worktreeState(git, { worktree: member.path, base });
  if (state.kind === "absent") return { kind: "none" };
  if (state.kind === "unknown") return state;
  const files = state.entries.filter(({ staged }) => staged !== "?").length;
  let commits = state.ahead ?? 0;
  if (commits > 0) {
    const repository = openRepository(git, town.paths.rig(member.rig).repository);
    const [before, after] = await Promise.all(
      [base, state.head!].map((theirs) => mergeTree(repository, { ours: base, theirs })),
    );
    for (const merged of [before!, after!]) {
      if (merged.kind === "failed") return { ...merged, kind: "unknown" };
    }
    if (after!.kind === "clean" && before!.kind === "clean" && after!.tree === before!.tree) commits = 0;
  }
  return commits + files === 0 ? { kind: "none" } : { kind: "work", commits, files };
}
