import { basename, dirname, join } from "node:path";
import { reasonOf } from "./failure.ts";
import { inRepository, type Repository } from "./git.ts";
import { isAncestor, resolveCommit } from "./commit.ts";
import { keepCommit } from "./rescue.ts";
import { administrationOf, worktreeState } from "./status.ts";

/** A worktree that a repository knows of. */
export interface Worktree {
  path: string;
  /** Undefined when HEAD is detached. */
  branch: string | undefined;
  head: string | undefined;
  /** Whether its folder is gone. */
  missing: boolean;
}

/** How adding a worktree went. */
export type WorktreeAdded =
  | { kind: "ready"; created: boolean; branch: string | undefined; head: string }
  | {
    kind: "refused";
    code: "occupied" | "branch_in_use" | "no_base" | "failed";
    reason: string;
    /** For `branch_in_use`: the worktree that has the branch. */
    path?: string;
  };

/** What to add. */
export interface WorktreeOrder {
  path: string;
  /** Without one, HEAD is detached at `base`. */
  branch?: string;
  /** The revision that a new branch starts from: `refs/remotes/origin/main`. */
  base: string;
  /** Start an existing branch anew from `base`, after keeping its commits in a rescue ref. */
  fresh?: boolean;
}

/** Adds a worktree, or finds it as ordered; an existing branch is continued unless the base has all of it. Repeating it is harmless. */
export async function addWorktree(repository: Repository, order: WorktreeOrder): Promise<WorktreeAdded> {
  const there = await lookAt(repository, order);
  if (there !== "nothing") return there;
  const base = await resolveCommit(repository, order.base);
  if (base.kind === "unknown") return failed(base.reason);
  if (base.kind === "absent") {
    return { kind: "refused", code: "no_base", reason: `"${order.base}" is no commit of the repository` };
  }
  const target = await branchArguments(repository, { order, base: base.commit });
  if (!Array.isArray(target)) return target;
  repository.git.ports.files.makeFolder(dirname(order.path));
  const args = ["worktree", "add", "--quiet", "--force", ...target];
  const added = await inRepository(repository, args);
  if (added.code !== 0) return failed(reasonOf(added));
  return await describe(repository, { order, created: true });
}

/** What `git worktree add` gets: a new branch, an existing one, one that starts anew, or none. */
async function branchArguments(
  repository: Repository,
  options: { order: WorktreeOrder; base: string },
): Promise<string[] | WorktreeAdded> {
  const { order, base } = options;
  if (order.branch === undefined) return ["--detach", order.path, base];
  const holder = await holderOf(repository, order.branch);
  if (holder.kind === "unknown") return failed(holder.reason);
  if (holder.kind === "found") {
    const reason = `branch "${order.branch}" is checked out in ${holder.path}`;
    return { kind: "refused", code: "branch_in_use", reason, path: holder.path };
  }
  const local = await resolveCommit(repository, `refs/heads/${order.branch}`);
  const pushed = await resolveCommit(repository, `refs/remotes/origin/${order.branch}`);
  if (local.kind === "unknown") return failed(local.reason);
  if (pushed.kind === "unknown") return failed(pushed.reason);
  if (order.fresh) {
    for (const old of [local, pushed]) {
      if (old.kind !== "found") continue;
      const kept = await keepCommit(repository, { commit: old.commit, name: order.branch });
      if (kept.kind === "failed") return failed(kept.reason);
    }
    return ["--no-track", "-B", order.branch, order.path, base];
  }
  const tip = local.kind === "found" ? local.commit : pushed.kind === "found" ? pushed.commit : undefined;
  if (tip === undefined) return ["--no-track", "-b", order.branch, order.path, base];
  // All of a branch that has landed is in the base: what follows begins there, and not where that once began.
  const landed = await isAncestor(repository, { ancestor: tip, descendant: base });
  if (landed === true) return ["--no-track", "-B", order.branch, order.path, base];
  return local.kind === "found"
    ? [order.path, order.branch]
    : ["--no-track", "-b", order.branch, order.path, tip];
}

function failed(reason: string): WorktreeAdded {
  return { kind: "refused", code: "failed", reason };
}

/** What stands at the path now; leftovers of an interrupted addition are cleared away. */
async function lookAt(repository: Repository, order: WorktreeOrder): Promise<WorktreeAdded | "nothing"> {
  const { files } = repository.git.ports;
  const place = ownPlace(repository, order.path);
  if (place !== undefined && isHalfMade(repository, place)) {
    const removed = await removeWorktree(repository, { path: order.path });
    return removed.kind === "failed" ? failed(removed.reason) : "nothing";
  }
  if (place !== undefined && files.exists(`${order.path}/.git`)) {
    return await describe(repository, { order, created: false });
  }
  if (files.kind(order.path) === undefined) {
    await inRepository(repository, ["worktree", "prune"]);
    return "nothing";
  }
  if (files.kind(order.path) === "folder" && files.list(order.path).length === 0) return "nothing";
  return {
    kind: "refused",
    code: "occupied",
    reason: `${order.path} holds something that is no worktree of this repository; move it away`,
  };
}

async function describe(
  repository: Repository,
  options: { order: WorktreeOrder; created: boolean },
): Promise<WorktreeAdded> {
  const { order, created } = options;
  const state = await worktreeState(repository.git, { worktree: order.path });
  if (state.kind === "absent") return failed(`${order.path} is no worktree`);
  if (state.kind === "unknown") return failed(state.reason);
  const rebasing = state.operation === "rebase" && state.branch === undefined;
  if (state.branch !== order.branch && !rebasing) {
    const on = state.branch === undefined ? "no branch" : `branch "${state.branch}"`;
    return { kind: "refused", code: "occupied", reason: `the worktree ${order.path} is on ${on}` };
  }
  if (state.head === undefined) return failed(`${order.path} has no commit`);
  return { kind: "ready", created, branch: state.branch, head: state.head };
}

/** The repository's own folder for a worktree at a path, or undefined when the path is none of its worktrees. */
function ownPlace(repository: Repository, path: string): string | undefined {
  const { git, folder } = repository;
  const { files } = git.ports;
  const parent = files.realPath(`${folder}/worktrees`);
  if (parent === undefined) return undefined;
  const linked = administrationOf(git, path);
  if (linked !== undefined) return files.realPath(dirname(linked)) === parent ? linked : undefined;
  const wanted = join(files.realPath(dirname(path)) ?? dirname(path), basename(path), ".git");
  return files.list(parent).map((id) => join(parent, id)).find((place) => {
    const link = files.readText(join(place, "gitdir"))?.trimEnd();
    return link === join(path, ".git") || link === wanted;
  });
}

/** Git locks a worktree with this reason until its files are there; if it was killed, the lock stays. */
function isHalfMade(repository: Repository, place: string): boolean {
  return repository.git.ports.files.readText(join(place, "locked"))?.startsWith("initializing") === true;
}

async function holderOf(
  repository: Repository,
  branch: string,
): Promise<{ kind: "found"; path: string } | { kind: "absent" } | { kind: "unknown"; reason: string }> {
  const list = await listWorktrees(repository);
  if (list.kind === "unknown") return list;
  const holder = list.worktrees.find((worktree) => worktree.branch === branch && !worktree.missing);
  return holder ? { kind: "found", path: holder.path } : { kind: "absent" };
}

/** How removing a worktree went; `foreign` means that the path holds something else, and nothing was done. */
export type WorktreeRemoved =
  | { kind: "removed" | "absent" | "foreign" }
  | { kind: "failed"; reason: string };

/** Removes a worktree with everything in it. Rescue it first: this asks no questions. */
export async function removeWorktree(
  repository: Repository,
  options: { path: string },
): Promise<WorktreeRemoved> {
  const { files } = repository.git.ports;
  const place = ownPlace(repository, options.path);
  if (place === undefined) return { kind: files.kind(options.path) === undefined ? "absent" : "foreign" };
  const args = ["worktree", "remove", "--force", "--force", options.path];
  if ((await inRepository(repository, args)).code === 0 && !files.exists(options.path)) {
    return { kind: "removed" };
  }
  try {
    files.remove(options.path);
    files.remove(place);
  } catch (error) {
    return { kind: "failed", reason: (error as Error).message };
  }
  return { kind: "removed" };
}

/** Lists the worktrees of a repository. */
export async function listWorktrees(
  repository: Repository,
): Promise<{ kind: "worktrees"; worktrees: Worktree[] } | { kind: "unknown"; reason: string }> {
  const finished = await inRepository(repository, ["worktree", "list", "--porcelain", "-z"], { read: true });
  if (finished.code !== 0) return { kind: "unknown", reason: reasonOf(finished) };
  const worktrees: Worktree[] = [];
  for (const block of finished.stdout.split("\0\0")) {
    const fields = new Map(
      block.split("\0").map((line) => {
        const space = line.indexOf(" ");
        return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
      }),
    );
    const path = fields.get("worktree");
    if (path === undefined || fields.has("bare")) continue;
    worktrees.push({
      path,
      branch: fields.get("branch")?.replace(/^refs\/heads\//, ""),
      head: fields.get("HEAD"),
      missing: fields.has("prunable"),
    });
  }
  return { kind: "worktrees", worktrees };
}
