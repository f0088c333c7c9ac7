import { deleteBranch } from "../git/branch.ts";
import { createGit, type Repository } from "../git/git.ts";
import { rescue } from "../git/rescue.ts";
import { openRepository } from "../git/repository.ts";
import { removeWorktree } from "../git/worktree.ts";
import { isoTime } from "../ports/time.ts";
import { townSessions } from "../town/town_sessions.ts";
import { workerName, workerSession } from "./attempt.ts";
import { attemptOf, liveAssignments } from "./attempt_store.ts";
import type { SessionRecord } from "./prepare.ts";
import type { WorkDeps } from "./sling.ts";

/** A worker's place that no live attempt owns any more. */
export interface Leftover {
  worker: number;
  rig: string;
}

/** What was cleared away, and what could not be. */
export interface Reconciled {
  cleared: { rig: string; worker: number; rescue?: string }[];
  left: { rig: string; worker: number; reason: string }[];
}

/**
 * Clears away sessions and worktrees that no live attempt owns, after everything in them is under a rescue ref.
 *
 * What exists is compared with what should; nothing is remembered, so a crash anywhere only means that it is done again.
 */
export async function reconcileWorkers(deps: WorkDeps): Promise<Reconciled> {
  const result: Reconciled = { cleared: [], left: [] };
  for (const leftover of leftoverWorkers(deps)) {
    // Clearing takes seconds: meanwhile the place may have been given away.
    if (
      !leftoverWorkers(deps).some(({ rig, worker }) => rig === leftover.rig && worker === leftover.worker)
    ) continue;
    try {
      const ref = await clear(deps, leftover);
      result.cleared.push({ ...leftover, ...(ref === undefined ? {} : { rescue: ref }) });
    } catch (error) {
      result.left.push({ ...leftover, reason: (error as Error).message });
    }
  }
  return result;
}

/** Compares folders and session records with live attempts; spawns nothing. */
export function leftoverWorkers(deps: WorkDeps): Leftover[] {
  const { ports, town } = deps;
  const owned = new Set(
    liveAssignments(town.ledger.view).map(({ attempt }) => `${attempt.rig}/${attempt.worker}`),
  );
  const found = new Map<string, Leftover>();
  const consider = (rig: string, worker: number) => {
    const name = `${rig}/${worker}`;
    if (Number.isInteger(worker) && !owned.has(name)) found.set(name, { rig, worker });
  };
  for (const rig of ports.files.list(town.paths.rigs)) {
    for (const name of ports.files.list(town.paths.rig(rig).workers)) consider(rig, Number(name));
  }
  for (const { value } of town.ledger.ephemeral.list("session")) {
    const record = value as unknown as SessionRecord;
    if (record.worker !== undefined) consider(record.rig, record.worker);
  }
  return [...found.values()];
}

async function clear(deps: WorkDeps, { rig, worker }: Leftover): Promise<string | undefined> {
  const { ports, town } = deps;
  const name = workerSession(worker);
  const record = town.ledger.ephemeral.get("session", name) as SessionRecord | undefined;
  if (record === undefined || record.rig === rig) {
    const ended = await townSessions(deps).end(name, { graceMs: 2_000 });
    if (ended.kind === "unknown") throw new Error(`session ${name} cannot be read: ${ended.reason}`);
    if (ended.kind === "ended" && ended.left.length > 0) {
      throw new Error(`processes ${ended.left.join(", ")} do not end`);
    }
  }
  const path = town.paths.rig(rig).worker(worker);
  let ref: string | undefined;
  if (ports.files.exists(path)) {
    const repository = openRepository(createGit(ports), town.paths.rig(rig).repository);
    const keepAs = rescueName(deps, { rig, worker, record });
    ref = await rescueAndRemove(repository, { path, name: keepAs });
    const merged = record && mergedBranch(deps, record);
    // The next try at this bead, should it be opened again, begins on the target and not on a branch that has landed.
    if (merged) await deleteBranch(repository, { branch: merged, name: keepAs });
  }
  town.ledger.ephemeral.remove("setup", path);
  town.ledger.ephemeral.remove("activity", name);
  town.ledger.ephemeral.remove("session", name);
  return ref;
}

/** The branch of a session's bead, if its work has landed. */
function mergedBranch({ town }: WorkDeps, record: SessionRecord): string | undefined {
  const bead = town.ledger.view.beadById(record.bead);
  const attempt = bead && attemptOf(bead);
  return attempt?.state === "merged" ? attempt.branch : undefined;
}

async function rescueAndRemove(
  repository: Repository,
  options: { path: string; name: string },
): Promise<string | undefined> {
  const { path, name } = options;
  const rescued = await rescue(repository, { worktree: path, name });
  if (rescued.kind === "failed") throw new Error(`nothing is removed: ${rescued.reason}`);
  const removed = await removeWorktree(repository, { path });
  if (removed.kind === "failed") throw new Error(removed.reason);
  if (removed.kind === "foreign") throw new Error(`${path} is not a worktree of this rig; it is left alone`);
  return rescued.kind === "rescued" ? rescued.ref : undefined;
}

function rescueName(
  deps: WorkDeps,
  options: { rig: string; worker: number; record: SessionRecord | undefined },
): string {
  const at = isoTime(deps.ports.clock.now()).replaceAll(/[:.]/g, "-");
  const { record, worker } = options;
  return record ? `${record.bead}/${record.n}/${at}` : `${workerName(worker)}/${at}`;
}
