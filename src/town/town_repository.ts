import { gitFailure } from "../git/failure.ts";
import { createGit, type Git, inWorktree } from "../git/git.ts";
import { identityFallback } from "../git/identity.ts";
import type { Town } from "./town.ts";
import { fail, ok, type TownPart } from "./town_part.ts";

/** The town's own git repository: the ledger's refs live in it, and `sync.remote` is its origin. */
export const townRepository: TownPart = {
  name: "git repository of the town",
  installed: true,
  async look(town) {
    if (!town.ports.files.exists(`${town.root}/.git`)) return fail(`"${town.root}" is not a git repository`);
    const git = createGit(town.ports);
    const wanted = (await town.config()).sync.remote;
    const origin = await originOf(git, town.root);
    if (wanted !== undefined && origin !== wanted) {
      return fail(`origin is ${origin ?? "not set"}, sync.remote is ${wanted}`);
    }
    return (await hasCommit(git, town.root))
      ? ok(origin === undefined ? "no remote: the ledger stays on this machine" : `origin ${origin}`)
      : fail("it has no commit");
  },
  async make(town) {
    const git = createGit(town.ports);
    if (!town.ports.files.exists(`${town.root}/.git`)) {
      await must(git, town, ["init", "--quiet", "--initial-branch=main", "--template="]);
    }
    const { remote } = (await town.config()).sync;
    if (remote !== undefined && await originOf(git, town.root) !== remote) {
      await must(git, town, ["config", "--replace-all", "remote.origin.url", remote]);
      await must(git, town, [
        "config",
        "--replace-all",
        "remote.origin.fetch",
        "+refs/heads/*:refs/remotes/origin/*",
      ]);
    }
    if (!(await hasCommit(git, town.root))) await firstCommit(git, town);
  },
};

async function firstCommit(git: Git, town: Town): Promise<void> {
  const paths = ["--", "town.yaml", ".gitignore"];
  await must(git, town, ["add", ...paths]);
  const env = await identityFallback(git, town.root);
  await must(git, town, ["commit", "--quiet", "--no-verify", "--message=town: begin", ...paths], env);
}

async function hasCommit(git: Git, root: string): Promise<boolean> {
  const head = await inWorktree(git, ["rev-parse", "--verify", "--quiet", "HEAD"], {
    worktree: root,
    read: true,
  });
  return head.code === 0;
}

async function originOf(git: Git, root: string): Promise<string | undefined> {
  const args = ["config", "--get", "remote.origin.url"];
  const found = await inWorktree(git, args, { worktree: root, read: true });
  return found.code === 0 ? found.stdout.trimEnd() : undefined;
}

async function must(git: Git, town: Town, args: string[], env: Record<string, string> = {}): Promise<void> {
  const finished = args[0] === "init"
    ? await git.run(town.root, args)
    : await inWorktree(git, args, { worktree: town.root, env });
  if (finished.code === 0) return;
  throw gitFailure(finished, { action: `set up the repository "${town.root}"` });
}
