import { CommandError } from "../lib/errors.ts";
import { gitFailure, reasonOf } from "./failure.ts";
import { type Git, type GitOptions, inRepository, type Repository } from "./git.ts";

/** Names a bare repository that exists. */
export function openRepository(git: Git, folder: string): Repository {
  return { git, folder };
}

/**
 * Makes the bare repository of a rig with `url` as its origin, and fetches it; repeating it completes what is missing.
 *
 * @throws CommandError `folder_taken`, `remote_unreachable` or `git_failed`.
 */
export async function createRepository(
  git: Git,
  options: { folder: string; url: string },
): Promise<Repository> {
  const { folder, url } = options;
  const { files } = git.ports;
  if (files.list(folder).length > 0 && !files.exists(`${folder}/HEAD`) && !files.exists(`${folder}/config`)) {
    throw new CommandError(
      "refused",
      `Cannot make the repository "${folder}": the folder holds something else`,
      {
        code: "folder_taken",
        hints: ["Move it away, then try again"],
      },
    );
  }
  files.makeFolder(folder);
  const made = await git.run(folder, ["init", "--quiet", "--bare", "--template=", folder]);
  if (made.code !== 0) throw gitFailure(made, { action: `make the repository "${folder}"` });
  const repository = openRepository(git, folder);
  for (const [key, value] of configurationOf(url)) {
    const set = await inRepository(repository, ["config", "--replace-all", key, value]);
    if (set.code !== 0) throw gitFailure(set, { action: `configure the repository "${folder}"` });
  }
  const fetched = await fetch(repository);
  if (fetched.kind === "fetched") return repository;
  throw new CommandError("refused", `Cannot fetch "${url}": ${fetched.reason}`, {
    code: "remote_unreachable",
    hints: [`Check that this works: git ls-remote ${url}`],
  });
}

/** Its `push.default` makes a plain `git push` in a worktree go to the branch of the same name, never to the base. */
function configurationOf(url: string): [string, string][] {
  return [
    ["remote.origin.url", url],
    ["remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"],
    ["push.default", "current"],
  ];
}

/** The URL of the repository's origin, or undefined when it cannot be read. */
export async function originUrl(repository: Repository): Promise<string | undefined> {
  const finished = await inRepository(repository, ["config", "--get", "remote.origin.url"], { read: true });
  return finished.code === 0 ? finished.stdout.trimEnd() : undefined;
}

/** How a fetch went. */
export type Fetched = { kind: "fetched" } | { kind: "unreachable"; reason: string };

/** Fetches all branches of origin, or only the given refspecs; branches that are gone there are forgotten here. */
export async function fetch(
  repository: Repository,
  options: { refspecs?: readonly string[]; timeoutMs?: number } = {},
): Promise<Fetched> {
  const args = ["fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-gc"];
  args.push(options.refspecs ? "--no-prune" : "--prune", "--force", "origin", ...(options.refspecs ?? []));
  const call: GitOptions = {
    network: true,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
  for (let left = 5;; left--) {
    const finished = await inRepository(repository, args, call);
    if (finished.code === 0) return { kind: "fetched" };
    if (left === 0 || !isRace(finished.stderr)) return { kind: "unreachable", reason: reasonOf(finished) };
    await repository.git.ports.clock.sleep(50);
  }
}

/** Two fetches at once trip over each other's ref locks. */
function isRace(stderr: string): boolean {
  return /cannot lock ref|unable to update local ref|File exists/i.test(stderr);
}
