import { createGit } from "../git/git.ts";
import { fetch, openRepository } from "../git/repository.ts";
import { addWorktree, type WorktreeAdded } from "../git/worktree.ts";
import type { Json } from "../lib/json.ts";
import { faultPoint } from "../ports/fault.ts";
import { runRecorded } from "../town/recorded_run.ts";
import { townSessions } from "../town/town_sessions.ts";
import { breakLocks } from "../git/checkout.ts";
import { type Attempt, type AttemptEvent, workerSession } from "./attempt.ts";
import { advance, type Assignment, assignmentOf, liveAssignments } from "./attempt_store.ts";
import { attemptLimits } from "./limits.ts";
import type { WorkDeps } from "./sling.ts";

/** What this machine knows of a worker's session; the ephemeral record of kind `session`. */
export interface SessionRecord {
  pid: number;
  mark?: string;
  bead: string;
  n: number;
  rig: string;
  worker: number;
  startedAt: number;
}

/** What this process is preparing. A slow set-up must not hold the others up, so nobody waits for it. */
export interface Preparations {
  /** By `<bead>.<n>`. */
  running: Set<string>;
  /** The last use of each rig's repository: git takes its locks badly when several worktrees are added at once. */
  lanes: Map<string, Promise<unknown>>;
}

/** Makes the record of what is being prepared. */
export function createPreparations(): Preparations {
  return { running: new Set(), lanes: new Map() };
}

/**
 * Makes worktree and session of every attempt that has a place and none of these yet.
 *
 * Does not wait for them: what comes of each is written to the ledger. With `woken`, pauses are over. Returns when to call again, in ms since the
 * epoch; undefined when only a change in the ledger can matter.
 */
export function prepareAttempts(
  deps: WorkDeps,
  options: { preparations: Preparations; log: (text: string) => void; woken?: boolean },
): number | undefined {
  const { running } = options.preparations;
  const now = options.woken ? Infinity : deps.ports.clock.now();
  let lookAgainAt: number | undefined;
  for (const assignment of liveAssignments(deps.town.ledger.view)) {
    const { bead, attempt } = assignment;
    const name = `${bead.id}.${attempt.n}`;
    if (attempt.state !== "preparing" || running.has(name)) continue;
    if (attempt.notBefore > now) {
      lookAgainAt = Math.min(lookAgainAt ?? Infinity, attempt.notBefore);
      continue;
    }
    running.add(name);
    prepare(deps, assignment, options)
      .catch((error) => options.log(`preparing ${name}: ${(error as Error).message}`))
      .finally(() => running.delete(name));
  }
  return lookAgainAt;
}

async function prepare(
  deps: WorkDeps,
  assignment: Assignment,
  options: { preparations: Preparations; log: (text: string) => void },
): Promise<void> {
  const { bead, attempt } = assignment;
  try {
    await inLane(options.preparations, { rig: attempt.rig, use: () => makeWorktree(deps, assignment) });
    await runSetup(deps, assignment);
    faultPoint("prepare.after-worktree");
    await startSession(deps, assignment);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const detail = error instanceof PreparationError ? error.detail : undefined;
    options.log(`preparing ${bead.id}, attempt ${attempt.n}: ${reason}`);
    await report(deps, assignment, { kind: "preparationFailed", reason, ...(detail ? { detail } : {}) });
  }
}

/** Runs one use of a rig's repository after the other. */
async function inLane(
  preparations: Preparations,
  { rig, use }: { rig: string; use: () => Promise<void> },
): Promise<void> {
  const before = preparations.lanes.get(rig) ?? Promise.resolve();
  const mine = before.catch(() => {}).then(use);
  preparations.lanes.set(rig, mine);
  await mine;
}

/** A step of the preparation that did not work out, with the end of its output. */
class PreparationError extends Error {
  readonly detail: string | undefined;
  constructor(message: string, detail?: string) {
    super(message);
    this.detail = detail;
  }
}

async function makeWorktree(deps: WorkDeps, assignment: Assignment): Promise<void> {
  const { ports, town } = deps;
  const { attempt } = assignment;
  const paths = town.paths.rig(attempt.rig);
  const repository = openRepository(createGit(ports), paths.repository);
  const target = `refs/remotes/origin/${attempt.target}`;
  const fetched = await fetch(repository);
  if (fetched.kind === "unreachable") {
    throw new PreparationError(`Cannot fetch rig ${attempt.rig}: ${fetched.reason}`);
  }
  const path = paths.worker(attempt.worker!);
  if (isLeft(deps, attempt)) breakLocks(repository, { worktree: path, branch: attempt.branch });
  const added = await addWorktree(repository, {
    path,
    branch: attempt.branch,
    base: target,
    ...(attempt.fresh ? { fresh: true } : {}),
  });
  if (added.kind === "refused") throw new PreparationError(whyRefused(added));
  await report(deps, assignment, { kind: "worktreePrepared", baseCommit: attempt.baseCommit ?? added.head });
}

/** Whether no session works in the worktree, so that a lock there is one that a killed git left. */
function isLeft({ ports, town }: WorkDeps, attempt: Attempt): boolean {
  const record = town.ledger.ephemeral.get("session", workerSession(attempt.worker!)) as
    | SessionRecord
    | undefined;
  return !record || ports.processes.observe(record.pid, record.mark) === "gone";
}

function whyRefused(refused: WorktreeAdded & { kind: "refused" }): string {
  return `Cannot make the worktree: ${refused.reason}`;
}

/** Runs the rig's set-up commands, once for each worktree that is made. */
async function runSetup(deps: WorkDeps, { attempt }: Assignment): Promise<void> {
  const { ports, town } = deps;
  const path = town.paths.rig(attempt.rig).worker(attempt.worker!);
  const config = await town.config();
  const commands = config.rigs[attempt.rig]?.setup ?? [];
  const done = { commands, made: ports.files.stat(`${path}/.git`)?.modified ?? 0 };
  if (commands.length === 0) return;
  if (JSON.stringify(town.ledger.ephemeral.get("setup", path)) === JSON.stringify(done)) return;
  for (const command of commands) {
    const log = `${town.paths.logs}/${workerSession(attempt.worker!)}.setup.log`;
    const finished = await runRecorded(deps, {
      key: path,
      command,
      cwd: path,
      env: { ...ports.env.all(), CI: "1" },
      timeoutMs: config.limits.setup_timeout,
      logFile: log,
    });
    if (finished.code === 0) continue;
    const how = finished.timedOut
      ? "took too long"
      : `ended with exit code ${finished.code ?? finished.signal}`;
    throw new PreparationError(
      `Setup command "${command}" ${how} (log: ${log})`,
      finished.stdout.slice(-4_000),
    );
  }
  town.ledger.ephemeral.put("setup", path, done as unknown as Json);
}

async function startSession(deps: WorkDeps, assignment: Assignment): Promise<void> {
  const { ports, town } = deps;
  const { launchWorker } = await import("../agents/launch.ts");
  const { bead, attempt } = assignment;
  const current = assignmentOf(town.ledger.view, { bead: bead.id, n: attempt.n });
  if (current?.attempt.state !== "preparing") return;
  const name = workerSession(attempt.worker!);
  const launch = await launchWorker(deps, current);
  const order = {
    name,
    cwd: launch.cwd,
    env: launch.env,
    argv: launch.argv,
    tags: { town: town.root, role: "worker", rig: attempt.rig, bead: bead.id, attempt: attempt.n },
    logFile: `${town.paths.logs}/${name}.log`,
  };
  const sessions = townSessions(deps);
  let spawned = await sessions.spawn(order);
  // A session of an earlier try, or of the same one with its agent gone, has nothing left to say.
  if (
    spawned.kind === "occupied" ||
    (spawned.kind === "found" && await isOld(deps, { name, pid: spawned.pid, restarts: attempt.restarts }))
  ) {
    await sessions.end(name);
    spawned = await sessions.spawn(order);
  }
  if (spawned.kind === "occupied") throw new PreparationError(`Session ${name} belongs to something else`);
  if (spawned.kind === "failed") {
    throw new PreparationError(`Cannot start session ${name}: ${spawned.reason}`);
  }
  faultPoint("prepare.after-spawn");
  const record: SessionRecord = {
    pid: spawned.pid,
    ...(spawned.mark === undefined ? {} : { mark: spawned.mark }),
    bead: bead.id,
    n: attempt.n,
    rig: attempt.rig,
    worker: attempt.worker!,
    startedAt: ports.clock.now(),
  };
  town.ledger.ephemeral.put("session", name, record as unknown as Json);
  await report(deps, assignment, { kind: "sessionSpawned" });
  if (launch.typed === undefined || spawned.kind === "found") return;
  const { typeFirstPrompt } = await import("./first_prompt.ts");
  const { limits } = await town.config();
  await typeFirstPrompt(deps, {
    session: name,
    text: launch.typed,
    ready: launch.ready,
    look: launch.look,
    timeoutMs: limits.start_timeout,
  });
}

/** Whether the process in a session is the one that was reported lost, or that handed off to its next one. */
async function isOld(
  deps: WorkDeps,
  options: { name: string; pid: number; restarts: number },
): Promise<boolean> {
  const { name, pid, restarts } = options;
  const known = deps.town.ledger.ephemeral.get("session", name) as SessionRecord | undefined;
  if (known?.pid !== pid) return false;
  if (restarts > 0) return true;
  const { hasHandedOff } = await import("../agents/handoff.ts");
  return hasHandedOff(deps.town.ledger, { session: name, startedAt: known.startedAt });
}

async function report(
  deps: WorkDeps,
  { bead, attempt }: Assignment,
  event: DistributiveOmit<AttemptEvent, "at">,
): Promise<void> {
  const limits = attemptLimits(await deps.town.config());
  const at = deps.ports.clock.now();
  advance(deps.town.ledger, {
    actor: "steward",
    key: bead.key,
    n: attempt.n,
    event: { ...event, at } as AttemptEvent,
    limits,
  });
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
