import { reasonOf } from "./failure.ts";
import { inRepository, type Repository } from "./git.ts";
import { resolveCommit } from "./commit.ts";
import { keepCommit } from "./rescue.ts";

/** How deleting a branch went. */
export type BranchDeleted =
  | { kind: "deleted"; commit: string }
  | { kind: "absent" }
  | { kind: "failed"; reason: string };

/** Deletes a branch of ours; commits that are nowhere else stay under the rescue ref `name`. */
export async function deleteBranch(
  repository: Repository,
  options: { branch: string; name: string },
): Promise<BranchDeleted> {
  const ref = `refs/heads/${options.branch}`;
  const found = await resolveCommit(repository, ref);
  if (found.kind === "absent") return found;
  if (found.kind === "unknown") return { kind: "failed", reason: found.reason };
  const kept = await keepCommit(repository, { commit: found.commit, name: options.name });
  if (kept.kind === "failed") return kept;
  const deleted = await inRepository(repository, ["update-ref", "-d", ref, found.commit]);
  if (deleted.code !== 0) return { kind: "failed", reason: reasonOf(deleted) };
  return { kind: "deleted", commit: found.commit };
}
