import type { Finished } from "../ports/process.ts";
import { reasonOf } from "./failure.ts";
import { inRepository, type Repository } from "./git.ts";
import { identityFallback, type Person } from "./identity.ts";

/** The commit that a revision names. */
export type Resolved =
  | { kind: "found"; commit: string }
  | { kind: "absent" }
  | { kind: "unknown"; reason: string };

/** Looks up the commit of a revision: `refs/remotes/origin/main`, `gt/cs-4f`, an object id. */
export async function resolveCommit(repository: Repository, revision: string): Promise<Resolved> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  const finished = await inRepository(repository, args, { read: true });
  if (finished.code === 0) return { kind: "found", commit: finished.stdout.trim() };
  return finished.code === 1 ? { kind: "absent" } : { kind: "unknown", reason: reasonOf(finished) };
}

/** Whether `ancestor` is reachable from `descendant`; a commit that is absent here is `"unknown"`. */
export async function isAncestor(
  repository: Repository,
  options: { ancestor: string; descendant: string },
): Promise<boolean | "unknown"> {
  const args = ["merge-base", "--is-ancestor", options.ancestor, options.descendant];
  const finished = await inRepository(repository, args, { read: true });
  return finished.code === 0 ? true : finished.code === 1 ? false : "unknown";
}

/** One commit, described. */
export interface Commit {
  commit: string;
  tree: string;
  parents: string[];
  author: Person;
  /** When it was written, in ms since the epoch. */
  authoredAt: number;
  subject: string;
  /** The rest of the message, without the blank line above it. */
  body: string;
}

/** Commits, newest first, or why they are not known. */
export type Commits = { kind: "commits"; commits: Commit[] } | { kind: "unknown"; reason: string };

const format = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%s%x00%b%x00";

/** Lists the commits that `to` has and `from` has not, at most `limit` (1000 by default). */
export async function commitsBetween(
  repository: Repository,
  options: { from: string; to: string; limit?: number },
): Promise<Commits> {
  const range = ["--end-of-options", options.to, `^${options.from}`, "--"];
  const args = ["log", "--no-show-signature", format, `--max-count=${options.limit ?? 1000}`, ...range];
  return parseCommits(await inRepository(repository, args, { read: true }));
}

/** Describes one commit, or says that it is absent or cannot be read. */
export async function describeCommit(
  repository: Repository,
  revision: string,
): Promise<{ kind: "found"; commit: Commit } | { kind: "absent" } | { kind: "unknown"; reason: string }> {
  const resolved = await resolveCommit(repository, revision);
  if (resolved.kind !== "found") return resolved;
  const args = ["log", "--no-show-signature", "--no-walk", format, resolved.commit, "--"];
  const read = parseCommits(await inRepository(repository, args, { read: true }));
  if (read.kind === "unknown") return read;
  const [commit] = read.commits;
  return commit ? { kind: "found", commit } : { kind: "unknown", reason: "git described no commit" };
}

function parseCommits(finished: Finished): Commits {
  if (finished.code !== 0) return { kind: "unknown", reason: reasonOf(finished) };
  const fields = finished.stdout.split("\0");
  const commits: Commit[] = [];
  for (let at = 0; at + 8 < fields.length; at += 8) {
    const [commit = "", tree = "", parents = "", name = "", email = "", time = "", subject = "", body = ""] =
      fields.slice(at, at + 8);
    commits.push({
      commit: commit.trim(),
      tree,
      parents: parents.split(" ").filter(Boolean),
      author: { name, email },
      authoredAt: Number(time) * 1000,
      subject,
      body: body.trimEnd(),
    });
  }
  return { kind: "commits", commits };
}

/**
 * Makes a commit of a tree; it is on no branch yet. The committer is the user, the author too unless given.
 *
 * @throws Error when git refuses, which only a bug or a broken repository can cause.
 */
export async function commitTree(
  repository: Repository,
  options: {
    tree: string;
    parents: readonly string[];
    message: string;
    author?: Person & { at?: number };
    env?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const { author } = options;
  const parents = options.parents.flatMap((parent) => ["-p", parent]);
  const finished = await inRepository(
    repository,
    ["commit-tree", "--no-gpg-sign", ...parents, options.tree],
    {
      stdin: options.message,
      env: {
        ...(options.env ?? await identityFallback(repository.git, repository.folder)),
        ...(author ? { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email } : {}),
        ...(author?.at === undefined ? {} : { GIT_AUTHOR_DATE: `@${Math.floor(author.at / 1000)} +0000` }),
      },
    },
  );
  if (finished.code !== 0) throw new Error(`git commit-tree: ${reasonOf(finished)}`);
  return finished.stdout.trim();
}

/** The text of a file as of a revision. */
export async function readFileAt(
  repository: Repository,
  options: { revision: string; path: string },
): Promise<{ kind: "found"; text: string } | { kind: "absent" } | { kind: "unknown"; reason: string }> {
  const request = `${options.revision}:${options.path}\n`;
  const finished = await inRepository(repository, ["cat-file", "--batch"], { read: true, stdin: request });
  if (finished.code !== 0) return { kind: "unknown", reason: reasonOf(finished) };
  const end = finished.stdout.indexOf("\n");
  if (/ (missing|ambiguous)$/.test(finished.stdout.slice(0, end))) return { kind: "absent" };
  return { kind: "found", text: finished.stdout.slice(end + 1, -1) };
}
