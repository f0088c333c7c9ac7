import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitTree, resolveCommit } from "./commit.ts";
import { reasonOf } from "./failure.ts";
import { type GitOptions, inRepository, inWorktree, type Repository } from "./git.ts";
import { identityVariables, ownIdentity } from "./identity.ts";
import { administrationOf, type StatusEntry, worktreeState } from "./status.ts";

/** How a rescue went; after `failed` nothing may be removed. */
export type Rescued =
  | { kind: "rescued"; ref: string; commit: string }
  /** Everything is on origin, or in an earlier rescue. */
  | { kind: "nothing" }
  /** There is no worktree at the path. */
  | { kind: "absent" }
  | { kind: "failed"; reason: string };

const prefix = "refs/gt/rescue/";
/** The subject of the commit that holds what only the index has. */
const STAGED = "gt: staged";

/**
 * Makes everything in a worktree reachable from `refs/gt/rescue/<name>`, without changing the worktree.
 *
 * Its commits, what is staged, what is not, untracked files, and the other side of an unfinished merge or rebase;
 * ignored files are left. A name that is taken by something else gets a number.
 */
export async function rescue(
  repository: Repository,
  options: { worktree: string; name: string },
): Promise<Rescued> {
  const { worktree } = options;
  const place = administrationOf(repository.git, worktree);
  if (place === undefined) return { kind: "absent" };
  const state = await worktreeState(repository.git, { worktree, untracked: "all" });
  if (state.kind === "absent") return state;
  if (state.kind === "unknown") return { kind: "failed", reason: state.reason };
  const others = await unfinishedHeads(repository, place);
  if (others === undefined) return { kind: "failed", reason: "an unfinished operation cannot be read" };
  if (state.entries.length === 0 && others.length === 0) {
    return state.head === undefined
      ? { kind: "nothing" }
      : await keepCommit(repository, { commit: state.head, name: options.name });
  }
  try {
    const parents = [...(state.head === undefined ? [] : [state.head]), ...others];
    const commit = await snapshot(repository, { worktree, place, entries: state.entries, parents });
    return await keep(repository, { commit, name: options.name });
  } catch (error) {
    return { kind: "failed", reason: (error as Error).message };
  }
}

/**
 * Makes one commit reachable from a rescue ref, unless origin or an earlier rescue has it.
 *
 * `leaving` is a branch of origin that does not count, because it is about to be replaced or removed.
 */
export async function keepCommit(
  repository: Repository,
  options: { commit: string; name: string; leaving?: string },
): Promise<Rescued> {
  const origin = "refs/remotes/origin/";
  const except = options.leaving === undefined ? [] : [`--exclude=${origin}${options.leaving}`];
  const known = ["--not", ...except, `--glob=${origin}*`, `--glob=${prefix}*`];
  const missing = await inRepository(repository, ["rev-list", "--max-count=1", options.commit, ...known], {
    read: true,
  });
  if (missing.code !== 0) return { kind: "failed", reason: reasonOf(missing) };
  if (missing.stdout.trim() === "") return { kind: "nothing" };
  return await keep(repository, options);
}

/** Creates the ref under the first free name; what has the same content already counts as kept. */
async function keep(repository: Repository, options: { commit: string; name: string }): Promise<Rescued> {
  const wanted = await shapeOf(repository, options.commit);
  for (let number = 1; number < 1000; number++) {
    const ref = `${prefix}${options.name}${number === 1 ? "" : `-${number}`}`;
    const created = await inRepository(repository, ["update-ref", ref, options.commit, "0".repeat(40)]);
    if (created.code === 0) return { kind: "rescued", ref, commit: options.commit };
    const there = await resolveCommit(repository, ref);
    if (there.kind !== "found") return { kind: "failed", reason: reasonOf(created) };
    if (await shapeOf(repository, there.commit) === wanted) {
      return { kind: "rescued", ref, commit: there.commit };
    }
  }
  return { kind: "failed", reason: `too many rescues are named "${options.name}"` };
}

/** Tree and parents, of what was staged the tree: the same for two snapshots of the same things at any time. */
async function shapeOf(repository: Repository, commit: string): Promise<string> {
  const format = "--format=%H%x00%T%x00%P%x00%s";
  const args = ["log", "--no-show-signature", "--no-walk=unsorted", format, commit, `${commit}^@`, "--"];
  const finished = await inRepository(repository, args, { read: true });
  if (finished.code !== 0) return `unreadable ${commit}`;
  const [own = [], ...above] = finished.stdout.trim().split("\n").map((line) => line.split("\0"));
  const staged = new Map(above.filter((row) => row[3] === STAGED).map(([hash, tree]) => [hash, tree]));
  const parents = (own[2] ?? "").split(" ").map((hash) => staged.get(hash) ?? hash);
  return [own[1], ...parents].join(" ");
}

/** Commits that only an unfinished merge or rebase refers to; undefined when one cannot be read. */
async function unfinishedHeads(repository: Repository, place: string): Promise<string[] | undefined> {
  const heads = new Set<string>();
  for (
    const name of [
      "MERGE_HEAD",
      "CHERRY_PICK_HEAD",
      "REVERT_HEAD",
      "REBASE_HEAD",
      "rebase-merge/orig-head",
      "rebase-apply/orig-head",
    ]
  ) {
    const text = repository.git.ports.files.readText(`${place}/${name}`) ?? "";
    for (const commit of text.split("\n").filter(Boolean)) heads.add(commit);
  }
  for (const commit of heads) {
    if ((await resolveCommit(repository, commit)).kind !== "found") return undefined;
  }
  return [...heads];
}

/** What a snapshot is made of. */
interface SnapshotOrder {
  worktree: string;
  place: string;
  entries: readonly StatusEntry[];
  parents: readonly string[];
}

/** Commits the files as they are, with what is only in the index as one more parent. */
async function snapshot(repository: Repository, order: SnapshotOrder): Promise<string> {
  const scratch = mkdtempSync(join(tmpdir(), "gt-rescue-"));
  try {
    const index = join(scratch, "index");
    if (existsSync(join(order.place, "index"))) copyFileSync(join(order.place, "index"), index);
    const write = writer(repository, { worktree: order.worktree, index });
    const env = identityVariables(ownIdentity);
    const parents = [...order.parents];
    const hidden = order.entries.some((entry) => isHidden(entry));
    if (hidden && !order.entries.some((entry) => entry.conflicted)) {
      const tree = await write(["write-tree"]);
      parents.push(
        await commitTree(repository, { tree, parents: order.parents, message: STAGED, env }),
      );
    }
    const changed = order.entries.filter((entry) => entry.unstaged !== ".").map((entry) => entry.path);
    const nested = changed.filter((path) => path.endsWith("/"));
    await addExactly(write, changed.filter((path) => !path.endsWith("/")));
    for (const path of nested) await addNested(repository, { ...order, write, path, scratch });
    const tree = await write(["write-tree"]);
    return await commitTree(repository, { tree, parents, message: "gt: rescued", env });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Whether the index holds a version of a file that neither HEAD nor the folder has. */
function isHidden(entry: StatusEntry): boolean {
  return entry.staged !== "." && entry.staged !== "?" && entry.unstaged !== ".";
}

type Write = (args: readonly string[], stdin?: string) => Promise<string>;

/** Only what differs is read, because with these settings files that do not might seem to differ in their line ends. */
async function addExactly(write: Write, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const settings = ["-c", "core.autocrlf=false", "--literal-pathspecs"];
  await write(
    [...settings, "add", "--all", "--pathspec-from-file=-", "--pathspec-file-nul"],
    paths.join("\0"),
  );
}

/** Runs git on a worktree with another index. */
function writer(repository: Repository, options: { worktree: string; index: string }): Write {
  return async (args, stdin) => {
    const call: GitOptions & { worktree: string } = {
      worktree: options.worktree,
      env: { GIT_INDEX_FILE: options.index },
      ...(stdin === undefined ? {} : { stdin }),
    };
    const finished = await inWorktree(repository.git, args, call);
    if (finished.code !== 0) throw new Error(reasonOf(finished));
    return finished.stdout.trim();
  };
}

/** Git does not look into a repository inside of a worktree: its files are read as a tree of their own. */
async function addNested(
  repository: Repository,
  options: SnapshotOrder & { write: Write; path: string; scratch: string },
): Promise<void> {
  const index = mkdtempSync(join(options.scratch, "nested-")) + "/index";
  const place = [`--git-dir=${options.place}`, `--work-tree=${join(options.worktree, options.path)}`];
  const env = { GIT_INDEX_FILE: index };
  for (const args of [["add", "--all"], ["write-tree"]]) {
    const finished = await repository.git.run(options.worktree, [...place, ...args], { env });
    if (finished.code !== 0) throw new Error(reasonOf(finished));
    if (args[0] !== "write-tree") continue;
    await options.write(["read-tree", `--prefix=${options.path}`, finished.stdout.trim()]);
  }
}

/** One rescue. */
export interface RescueRow {
  ref: string;
  /** The ref without `refs/gt/rescue/`. */
  name: string;
  commit: string;
  /** When the commit was made, in ms since the epoch. */
  at: number;
}

/** Lists the rescues of a repository, newest first. */
export async function listRescues(
  repository: Repository,
): Promise<{ kind: "rescues"; rescues: RescueRow[] } | { kind: "unknown"; reason: string }> {
  const format = "--format=%(refname) %(objectname) %(committerdate:unix)";
  const args = ["for-each-ref", "--sort=-committerdate", format, prefix];
  const finished = await inRepository(repository, args, { read: true });
  if (finished.code !== 0) return { kind: "unknown", reason: reasonOf(finished) };
  const rescues = finished.stdout.split("\n").filter(Boolean).map((line) => {
    const [ref = "", commit = "", at = ""] = line.split(" ");
    return { ref, name: ref.slice(prefix.length), commit, at: Number(at) * 1000 };
  });
  return { kind: "rescues", rescues };
}
