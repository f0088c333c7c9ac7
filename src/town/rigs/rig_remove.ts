import { join } from "node:path";
import { inRepository, type Repository } from "../../git/git.ts";
import { keepCommit, rescue } from "../../git/rescue.ts";
import { worktreeState } from "../../git/status.ts";
import { listWorktrees } from "../../git/worktree.ts";
import { CommandError } from "../../lib/errors.ts";
import { faultPoint } from "../../ports/fault.ts";
import { editConfig } from "../config/config_edit.ts";
import { wakeLoops } from "../desired.ts";
import { lockRig, rigRepository } from "./rigs.ts";
import { renewTmuxConf } from "../tmux_conf.ts";
import { rigConfig, type Town } from "../town.ts";
import { townSessions } from "../town_sessions.ts";

/** What removing a rig would do, or did. */
export interface RigRemoval {
  name: string;
  folder: string;
  /** Whether town.yaml names it; a removal that was interrupted has taken it out already. */
  configured: boolean;
  /** Worktrees of the crew with something that is not committed. */
  dirty: string[];
  worktrees: string[];
  /** Where the repository is kept, when it holds what its remote does not. */
  kept?: string | undefined;
}

/**
 * Looks at what removing a rig would do; changes nothing.
 *
 * @throws {CommandError} `rig_not_found`, or `rig_unreadable` when its repository cannot be read.
 */
export async function planRemoval(town: Town, name: string): Promise<RigRemoval> {
  const { files } = town.ports;
  const config = await town.config();
  const { root, repository } = town.paths.rig(name);
  const configured = Object.hasOwn(config.rigs, name);
  if (!configured && !files.exists(root)) rigConfig(config, name);
  const plan: RigRemoval = { name, folder: root, configured, dirty: [], worktrees: [] };
  if (!files.exists(repository)) return plan;
  const listed = await listWorktrees(rigRepository(town, name));
  if (listed.kind === "unknown") throw unreadable(name, listed.reason);
  plan.worktrees = listed.worktrees.filter((one) => !one.missing).map((one) => one.path);
  for (const path of plan.worktrees.filter((one) => one.startsWith(join(root, "crew")))) {
    const state = await worktreeState(rigRepository(town, name).git, { worktree: path });
    if (state.kind !== "present" || state.entries.length > 0) plan.dirty.push(path);
  }
  return plan;
}

/**
 * Removes a rig from the town. The remote and the rig's beads stay as they are.
 *
 * Everything in its worktrees and branches that the remote does not have is kept first, in the repository, which then
 * moves to `rigs/.removed`. The entry in town.yaml goes before the folder, so a kill leaves a folder that the same
 * call removes.
 *
 * @throws {CommandError} `rescue_failed` before anything is removed.
 */
export async function removeRig(town: Town, name: string): Promise<RigRemoval> {
  const lock = await lockRig(town, name);
  try {
    const plan = await planRemoval(town, name);
    await rescueAll(town, plan);
    faultPoint("rig-rescued");
    if (plan.configured) {
      await editConfig(town.ports, { paths: town.paths, change: (edit) => void edit.remove(["rigs", name]) });
      await renewTmuxConf(town);
      wakeLoops(town.ports, town.paths);
    }
    faultPoint("rig-unlisted");
    await endSessions(town, name);
    // What was written between the first rescue and the end of the sessions.
    const kept = await rescueAll(town, plan) ? keepRepository(town, name) : undefined;
    town.ports.files.remove(plan.folder);
    return { ...plan, kept };
  } finally {
    lock.release();
  }
}

/** Keeps what is in worktrees and local branches; says whether the repository now holds anything its remote does not. */
async function rescueAll(town: Town, plan: RigRemoval): Promise<boolean> {
  if (!town.ports.files.exists(town.paths.rig(plan.name).repository)) return false;
  const repository = rigRepository(town, plan.name);
  for (const [at, worktree] of plan.worktrees.entries()) {
    const result = await rescue(repository, { worktree, name: `removed/${at + 1}` });
    if (result.kind === "failed") throw rescueFailed(worktree, result.reason);
  }
  for (const [branch, commit] of await refs(repository, { name: plan.name, below: "refs/heads/" })) {
    const result = await keepCommit(repository, { commit, name: branch.slice("refs/heads/".length) });
    if (result.kind === "failed") throw rescueFailed(branch, result.reason);
  }
  return (await refs(repository, { name: plan.name, below: "refs/gt/rescue/" })).length > 0;
}

async function refs(
  repository: Repository,
  options: { name: string; below: string },
): Promise<[string, string][]> {
  const args = ["for-each-ref", "--format=%(refname) %(objectname)", options.below];
  const listed = await inRepository(repository, args, { read: true });
  if (listed.code !== 0) throw unreadable(options.name, listed.stderr.trim());
  return listed.stdout.split("\n").filter(Boolean).map((line) => line.split(" ") as [string, string]);
}

/** Moves the bare repository to a free name in `rigs/.removed`. */
function keepRepository(town: Town, name: string): string {
  const { files } = town.ports;
  for (let n = 1;; n++) {
    const target = join(town.paths.rigs, ".removed", `${name}${n === 1 ? "" : `-${n}`}.git`);
    if (files.exists(target)) continue;
    files.makeFolder(join(town.paths.rigs, ".removed"));
    files.rename(town.paths.rig(name).repository, target);
    files.remove(join(target, "worktrees"));
    return target;
  }
}

async function endSessions(town: Town, name: string): Promise<void> {
  const sessions = townSessions({ ports: town.ports, town });
  const listed = await sessions.list();
  if (listed.kind !== "sessions") return;
  for (const session of listed.sessions) {
    if (session.tags.rig === name) await sessions.end(session.name);
  }
}

function rescueFailed(what: string, reason: string): CommandError {
  return new CommandError("refused", `Cannot keep what is in "${what}": ${reason}`, {
    code: "rescue_failed",
    hints: ["Nothing was removed; commit or copy what is in there, then try again"],
  });
}

function unreadable(name: string, reason: string): CommandError {
  return new CommandError("refused", `Cannot read the repository of rig "${name}": ${reason}`, {
    code: "rig_unreadable",
    hints: ["gt doctor"],
  });
}
