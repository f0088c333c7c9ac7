import { resolveCommit } from "../../git/commit.ts";
import { createGit, inRepository } from "../../git/git.ts";
import { probeRemote } from "../../git/remote.ts";
import { createRepository, originUrl } from "../../git/repository.ts";
import { movedWorktrees, reattachWorktrees } from "../../git/moved_worktree.ts";
import { listWorktrees } from "../../git/worktree.ts";
import { pauseText, readPause } from "../../refinery/pause.ts";
import { remoteUrl } from "./rig_remote.ts";
import { hasCheckout, rigRepository } from "./rigs.ts";
import { readRigMolecule } from "../../work/rig_molecule.ts";
import { rigConfig, type Town } from "../town.ts";
import { fail, type Finding, ok, type TownPart, warn } from "../town_part.ts";

/** How long a remote may take to answer the doctor, in ms. */
const patience = 20_000;

/** What each rig of town.yaml needs, and what is in `rigs/` that belongs to none. */
export async function rigParts(town: Town): Promise<TownPart[]> {
  const names = await rigNames(town);
  return [
    strayFolders,
    ...names.flatMap((name) => [
      {
        name: `rig ${name}: repository`,
        look: () => lookAtRepository(town, name),
        make: () => makeRepository(town, name),
      },
      { name: `rig ${name}: remote`, look: () => lookAtRemote(town, name) },
      { name: `rig ${name}: merge queue`, look: () => lookAtQueue(town, name) },
      { name: `rig ${name}: molecule`, look: () => lookAtMolecule(town, name) },
      {
        name: `rig ${name}: worktrees`,
        look: () => lookAtWorktrees(town, name),
        make: () => pruneWorktrees(town, name),
      },
    ]),
  ];
}

/** A town.yaml that cannot be read is another part's finding. */
async function rigNames(town: Town): Promise<string[]> {
  try {
    return Object.keys((await town.config()).rigs);
  } catch {
    return [];
  }
}

async function lookAtRepository(town: Town, name: string): Promise<Finding> {
  const rig = rigConfig(await town.config(), name);
  const repository = rigRepository(town, name);
  if (!town.ports.files.exists(repository.folder)) return fail(`${repository.folder} is missing`);
  const [origin, wanted] = [await originUrl(repository), remoteUrl(town, rig)];
  if (origin !== wanted) return fail(`its origin is ${origin ?? "not set"}, town.yaml says ${wanted}`);
  const commit = await resolveCommit(repository, `refs/remotes/origin/${rig.branch}`);
  if (commit.kind === "unknown") return fail(`it cannot be read: ${commit.reason}`);
  return commit.kind === "found"
    ? ok(`${rig.branch} at ${commit.commit.slice(0, 10)}`)
    : fail(`it has no ${rig.branch}`);
}

async function makeRepository(town: Town, name: string): Promise<void> {
  const rig = rigConfig(await town.config(), name);
  await createRepository(createGit(town.ports), {
    folder: town.paths.rig(name).repository,
    url: remoteUrl(town, rig),
  });
}

async function lookAtRemote(town: Town, name: string): Promise<Finding> {
  const rig = rigConfig(await town.config(), name);
  const url = remoteUrl(town, rig);
  const state = await probeRemote(createGit(town.ports), { url, timeoutMs: patience });
  const check = `git ls-remote ${url}`;
  if (state.kind === "empty") return fail(`${url} has no commits`, check);
  if (state.kind !== "repository") return fail(`${url}: ${state.reason}`, check);
  if (!state.branches.has(rig.branch)) {
    return fail(
      `${url} has no branch "${rig.branch}"`,
      `gt config set rigs.${name}.branch ${state.defaultBranch ?? "BRANCH"}`,
    );
  }
  return ok(hasCheckout(town, rig) ? `${url}, a checkout that follows` : url);
}

function lookAtQueue({ ports, paths }: Town, rig: string): Finding {
  const pause = readPause(ports, { paths, rig });
  return pause ? warn(pauseText(pause), `gt mq resume ${rig}`) : ok("not paused");
}

async function lookAtMolecule(town: Town, name: string): Promise<Finding> {
  const config = rigConfig(await town.config(), name);
  const library = { ports: town.ports, folder: town.paths.molecules };
  const molecule = await readRigMolecule(library, { rig: name, config });
  const words = molecule?.name ?? "none";
  return ok(config.molecule === undefined ? `${words}, as a suggestion` : words);
}

async function lookAtWorktrees(town: Town, name: string): Promise<Finding> {
  const repository = rigRepository(town, name);
  if (!town.ports.files.exists(repository.folder)) return ok("none");
  const moved = movedWorktrees(repository, { paths: worktreeFolders(town, name) });
  if (moved.length > 0) return fail(`they name the place where the town was before: ${moved.join(", ")}`);
  const listed = await listWorktrees(repository);
  if (listed.kind === "unknown") return fail(`they cannot be read: ${listed.reason}`);
  const missing = listed.worktrees.filter((one) => one.missing);
  if (missing.length > 0) return fail(`folders are gone: ${missing.map((one) => one.path).join(", ")}`);
  const known = new Set(listed.worktrees.map((one) => one.path));
  const foreign = worktreeFolders(town, name).filter((path) => !known.has(path));
  return foreign.length === 0 ? ok(`${known.size}`) : warn(
    `not worktrees of this rig: ${foreign.join(", ")}`,
    "Move away what you need of it, then remove it",
  );
}

function worktreeFolders(town: Town, name: string): string[] {
  const { files } = town.ports;
  const rig = town.paths.rig(name);
  const workers = files.list(rig.workers).map((entry) => rig.worker(entry));
  const crew = files.list(rig.crew("")).map((entry) => rig.crew(entry));
  return [...workers, ...crew, rig.refinery].filter((path) => files.kind(path) === "folder");
}

/** Gives a rig back the worktrees that were moved or copied with it. */
export function keepMovedWorktrees(town: Town, name: string): string[] {
  return reattachWorktrees(rigRepository(town, name), { paths: worktreeFolders(town, name) });
}

async function pruneWorktrees(town: Town, name: string): Promise<void> {
  keepMovedWorktrees(town, name);
  await inRepository(rigRepository(town, name), ["worktree", "prune"]);
}

/** Folders in `rigs/` that town.yaml does not name: an addition or a removal that was interrupted. */
const strayFolders: TownPart = {
  name: "rigs",
  async look(town) {
    const { rigs } = await town.config();
    const there = town.ports.files.list(town.paths.rigs).filter((name) => !name.startsWith("."));
    const stray = there.filter((name) => !Object.hasOwn(rigs, name));
    if (stray.length === 0) {
      return ok(Object.keys(rigs).join(", ") || "none yet: gt rig add NAME URL-or-path");
    }
    return warn(
      `not in town.yaml: ${stray.join(", ")}`,
      ...stray.map((name) => `gt rig remove ${name}   or finish adding it: gt rig add ${name} URL-or-path`),
    );
  },
};
