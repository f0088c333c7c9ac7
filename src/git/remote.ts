import { CommandError } from "../lib/errors.ts";
import { reasonOf } from "./failure.ts";
import { type Git, inRepository, type Repository } from "./git.ts";

/** Whether a remote is a folder of this machine; those are served by a process of ours. */
export function isLocalRemote(url: string): boolean {
  if (url.startsWith("file://")) return true;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return false;
  const colon = url.indexOf(":");
  const slash = url.indexOf("/");
  return colon < 0 || (slash >= 0 && slash < colon);
}

/** What stands behind a URL or path. */
export type RemoteState =
  | {
    kind: "repository";
    /** The branch that the remote's HEAD names; undefined when it names none that exists. */
    defaultBranch: string | undefined;
    /** Commits by branch name. */
    branches: ReadonlyMap<string, string>;
  }
  /** A repository without any branch. */
  | { kind: "empty" }
  | { kind: "not-a-repository"; reason: string }
  | { kind: "unreachable"; reason: string };

/** Looks at a remote: a path, a `file://` URL, `host:path`, or anything else that git understands. */
export async function probeRemote(
  git: Git,
  options: { url: string; timeoutMs?: number },
): Promise<RemoteState> {
  if (options.url.startsWith("-")) {
    return { kind: "not-a-repository", reason: "a URL does not start with a dash" };
  }
  const finished = await git.run("/", ["ls-remote", "--symref", "--", options.url], {
    read: true,
    network: true,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  if (finished.code === 0) return parseRemote(finished.stdout);
  const reason = reasonOf(finished);
  const local = isLocalRemote(options.url);
  const absent = /does not appear to be a git repository|not a git repository|does not exist/.test(
    finished.stderr,
  );
  return { kind: local && absent ? "not-a-repository" : "unreachable", reason };
}

function parseRemote(text: string): RemoteState {
  const branches = new Map<string, string>();
  let head: string | undefined;
  let headCommit: string | undefined;
  for (const line of text.split("\n")) {
    const [value = "", ref = ""] = line.split("\t");
    if (ref === "HEAD" && value.startsWith("ref: refs/heads/")) head = value.slice("ref: refs/heads/".length);
    else if (ref === "HEAD") headCommit = value;
    else if (ref.startsWith("refs/heads/")) branches.set(ref.slice("refs/heads/".length), value);
  }
  if (branches.size === 0) return { kind: "empty" };
  return { kind: "repository", defaultBranch: chooseDefault(branches, { head, headCommit }), branches };
}

/** A HEAD that names no branch (a checkout of a commit) falls back to `main`, `master`, the only one, or one at HEAD. */
function chooseDefault(
  branches: ReadonlyMap<string, string>,
  hint: { head: string | undefined; headCommit: string | undefined },
): string | undefined {
  for (const name of [hint.head, "main", "master"]) {
    if (name !== undefined && branches.has(name)) return name;
  }
  if (branches.size === 1) return [...branches.keys()][0];
  return [...branches].find(([, commit]) => commit === hint.headCommit)?.[0];
}

/**
 * Returns the branches of a remote that can be a rig.
 *
 * @throws CommandError `not_a_repository`, `remote_empty` or `remote_unreachable`.
 */
export async function requireRemote(
  git: Git,
  options: { url: string; timeoutMs?: number },
): Promise<{ defaultBranch: string | undefined; branches: ReadonlyMap<string, string> }> {
  const state = await probeRemote(git, options);
  switch (state.kind) {
    case "repository":
      return state;
    case "empty":
      throw new CommandError("refused", `Cannot use "${options.url}": it has no commits`, {
        code: "remote_empty",
        hints: ["Make a first commit there and push it, then try again"],
      });
    case "not-a-repository":
      throw new CommandError("refused", `Cannot use "${options.url}": it is not a git repository`, {
        code: "not_a_repository",
        hints: [state.reason, "Give the folder of a repository, or its URL"],
      });
    case "unreachable":
      throw new CommandError("refused", `Cannot reach "${options.url}": ${state.reason}`, {
        code: "remote_unreachable",
        hints: [`Check that this works: git ls-remote ${options.url}`],
      });
  }
}

/** Where a branch of the remote stands. */
export type RemoteBranch =
  | { kind: "found"; commit: string }
  | { kind: "absent" }
  | { kind: "unknown"; reason: string };

/** Asks the remote where a branch stands. */
export async function remoteBranchCommit(
  repository: Repository,
  options: { branch: string; timeoutMs?: number },
): Promise<RemoteBranch> {
  const ref = `refs/heads/${options.branch}`;
  const finished = await inRepository(repository, ["ls-remote", "origin", ref], {
    read: true,
    network: true,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  if (finished.code !== 0) return { kind: "unknown", reason: reasonOf(finished) };
  const line = finished.stdout.split("\n").find((entry) => entry.split("\t")[1] === ref);
  return line === undefined ? { kind: "absent" } : { kind: "found", commit: line.split("\t")[0]! };
}
