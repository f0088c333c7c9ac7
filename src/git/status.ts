import { dirname, resolve } from "node:path";
import { reasonOf } from "./failure.ts";
import { type Git, inWorktree } from "./git.ts";

/** One path that differs from HEAD. */
export interface StatusEntry {
  path: string;
  /** What is in the index, compared with HEAD: a letter of `git status`, `.` for no difference, `?` for untracked. */
  staged: string;
  /** What is in the folder, compared with the index; the same letters. */
  unstaged: string;
  /** Whether it is an unresolved conflict. */
  conflicted: boolean;
}

/** Something that git has begun in a worktree and not finished. */
export type Operation = "merge" | "rebase" | "cherry-pick" | "revert" | "bisect";

/** What a worktree holds. */
export type WorktreeState =
  | {
    kind: "present";
    /** Undefined when HEAD is detached. */
    branch: string | undefined;
    /** Undefined when the branch has no commit yet. */
    head: string | undefined;
    /** Everything not committed; empty means clean. */
    entries: StatusEntry[];
    operation: Operation | undefined;
    /** Number of commits that HEAD has and the base has not; only when a base was asked for. */
    ahead?: number;
    /** Number of commits that the base has and HEAD has not; only when a base was asked for. */
    behind?: number;
  }
  /** There is no such folder, or it is no worktree. */
  | { kind: "absent" }
  | { kind: "unknown"; reason: string };

/** Reads the state of a worktree, with its distance to the revision `base` when given. */
export async function worktreeState(
  git: Git,
  options: { worktree: string; base?: string; untracked?: "normal" | "all" },
): Promise<WorktreeState> {
  const { worktree } = options;
  const place = administrationOf(git, worktree);
  if (place === undefined) return { kind: "absent" };
  const args = ["status", "--porcelain=v2", "--branch", "-z", "--no-renames", "--no-ahead-behind"];
  args.push(`--untracked-files=${options.untracked ?? "normal"}`);
  const finished = await inWorktree(git, args, { worktree, read: true });
  if (finished.code !== 0) return { kind: "unknown", reason: reasonOf(finished) };
  const status = parseStatus(finished.stdout);
  const state = { kind: "present" as const, ...status, operation: operationIn(git, place) };
  if (options.base === undefined || status.head === undefined) return state;
  const distance = await inWorktree(
    git,
    ["rev-list", "--left-right", "--count", `${options.base}...HEAD`, "--"],
    {
      worktree,
      read: true,
    },
  );
  if (distance.code !== 0) return { kind: "unknown", reason: reasonOf(distance) };
  const [behind, ahead] = distance.stdout.trim().split("\t").map(Number);
  return { ...state, ahead: ahead!, behind: behind! };
}

/** Reads the output of `git status --porcelain=v2 --branch -z` without renames. */
export function parseStatus(
  text: string,
): { branch: string | undefined; head: string | undefined; entries: StatusEntry[] } {
  let branch: string | undefined;
  let head: string | undefined;
  const entries: StatusEntry[] = [];
  for (const line of text.split("\0")) {
    if (line.startsWith("# branch.oid ")) head = line.slice(13) === "(initial)" ? undefined : line.slice(13);
    else if (line.startsWith("# branch.head ")) {
      branch = line.slice(14) === "(detached)" ? undefined : line.slice(14);
    } else if (line.startsWith("? ")) {
      entries.push({ path: line.slice(2), staged: "?", unstaged: "?", conflicted: false });
    } else if (line.startsWith("1 ") || line.startsWith("u ")) {
      const fieldsBefore = line.startsWith("1 ") ? 8 : 10;
      const path = line.split(" ").slice(fieldsBefore).join(" ");
      entries.push({ path, staged: line[2]!, unstaged: line[3]!, conflicted: line.startsWith("u ") });
    }
  }
  return { branch, head, entries };
}

/** The folder where git keeps what belongs to one worktree only, or undefined when the path is no worktree. */
export function administrationOf(git: Git, worktree: string): string | undefined {
  const { files } = git.ports;
  const link = `${worktree}/.git`;
  const kind = files.kind(link);
  if (kind === "folder") return files.exists(`${link}/HEAD`) ? link : undefined;
  if (kind !== "file") return undefined;
  const target = /^gitdir: (.*)$/m.exec(files.readText(link) ?? "")?.[1];
  return target === undefined ? undefined : resolve(dirname(link), target);
}

const operations: readonly [string, Operation][] = [
  ["rebase-merge", "rebase"],
  ["rebase-apply", "rebase"],
  ["MERGE_HEAD", "merge"],
  ["CHERRY_PICK_HEAD", "cherry-pick"],
  ["REVERT_HEAD", "revert"],
  ["BISECT_LOG", "bisect"],
];

function operationIn(git: Git, place: string): Operation | undefined {
  return operations.find(([name]) => git.ports.files.exists(`${place}/${name}`))?.[1];
}
