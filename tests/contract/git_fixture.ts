import { createClock } from "../../src/ports/clock.ts";
import { createTestEnv } from "../../src/ports/env.ts";
import { createFiles } from "../../src/ports/files.ts";
import { createProcesses } from "../../src/ports/process.ts";
import { createGit, type Git, type GitPorts, type Repository } from "../../src/git/git.ts";
import { createRepository } from "../../src/git/repository.ts";

/** Settings that a careless program trips over. */
const hostile = `
[user]
	useConfigOnly = true
[commit]
	gpgSign = true
	template = /nowhere/template
[gpg]
	program = /nowhere/gpg
[core]
	hooksPath = HOOKS
	autocrlf = true
	safecrlf = true
	quotePath = true
[init]
	templateDir = TEMPLATE
	defaultBranch = trunk
[push]
	default = nothing
	gpgSign = if-asked
	followTags = true
[merge]
	ff = only
	conflictStyle = diff3
[pull]
	rebase = true
[fetch]
	prune = true
	pruneTags = true
[status]
	showUntrackedFiles = no
	short = true
	branch = true
	relativePaths = false
[color]
	ui = always
	status = always
[log]
	showSignature = true
	decorate = full
[format]
	pretty = oneline
[safe]
	bareRepository = explicit
[submodule]
	recurse = true
[diff]
	noprefix = true
	mnemonicPrefix = true
`;

/** A folder with a remote and a rig's repository, and git as the user may have configured it. */
export interface Place {
  folder: string;
  git: Git;
  ports: GitPorts;
  /** Runs git as a user would, plainly configured; returns what it says. */
  user(cwd: string, ...args: string[]): Promise<string>;
  /** A bare remote with one commit on `main`. */
  remote: string;
  /** The user's own clone of it. */
  seed: string;
  write(path: string, text: string): void;
  read(path: string): string;
  remove(): void;
}

/** How the user has configured git. */
export type Configuration = "nothing" | "hostile";

/** Makes a place in a folder with a space and an umlaut in its name. */
export async function makePlace(configuration: Configuration = "nothing"): Promise<Place> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "gt grün " }));
  const variables: Record<string, string> = {
    PATH: Deno.env.get("PATH")!,
    HOME: folder,
    GIT_CONFIG_GLOBAL: configuration === "hostile" ? writeHostile(folder) : "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const ports = portsWith(variables, folder);
  const user = async (cwd: string, ...args: string[]) => {
    const env = {
      PATH: variables.PATH!,
      HOME: folder,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
    };
    const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"];
    const finished = await ports.processes.run(["git", ...who, ...args], { cwd, env, merge: true });
    if (finished.code !== 0) throw new Error(`git ${args.join(" ")}: ${finished.stdout}`);
    return finished.stdout.trim();
  };
  const remote = `${folder}/remote.git`;
  const seed = `${folder}/seed`;
  await user(folder, "init", "-q", "--bare", remote);
  await user(folder, "init", "-q", seed);
  const write = (path: string, text: string) => ports.files.writeText(path, text);
  write(`${seed}/a.txt`, "one\n");
  write(`${seed}/.gitignore`, "ignored\n");
  await user(seed, "add", "-A");
  await user(seed, "commit", "-q", "-m", "first");
  await user(seed, "remote", "add", "origin", remote);
  await user(seed, "push", "-q", "origin", "main");
  return {
    folder,
    git: createGit(ports),
    ports,
    user,
    remote,
    seed,
    write,
    read: (path) => Deno.readTextFileSync(path),
    remove: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** Ports with real files and processes, and an environment of their own. */
export function portsWith(variables: Record<string, string>, cwd: string): GitPorts {
  return {
    clock: createClock(),
    env: createTestEnv(variables, cwd),
    files: createFiles(),
    processes: createProcesses([], "gt"),
  };
}

function writeHostile(folder: string): string {
  for (const name of ["pre-commit", "commit-msg", "pre-push", "post-checkout"]) {
    for (const place of ["hooks", "template/hooks"]) {
      Deno.mkdirSync(`${folder}/${place}`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/${place}/${name}`, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    }
  }
  const text = hostile.replace("HOOKS", `"${folder}/hooks"`).replace("TEMPLATE", `"${folder}/template"`);
  Deno.writeTextFileSync(`${folder}/hostile.conf`, text);
  return `${folder}/hostile.conf`;
}

/** Makes the rig's repository of a place. */
export function cloneOf(place: Place, url: string = place.remote): Promise<Repository> {
  return createRepository(place.git, { folder: `${place.folder}/rig/repo.git`, url });
}

/** Narrows a result to the expected kind, or fails with the result. */
export function expectKind<T extends { kind: string }, K extends T["kind"]>(
  value: T,
  kind: K,
): Extract<T, { kind: K }> {
  if (value.kind !== kind) throw new Error(`expected ${kind}: ${JSON.stringify(value)}`);
  return value as Extract<T, { kind: K }>;
}
