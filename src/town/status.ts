import type { Bead, View } from "../ledger/ledger.ts";
import type { Observation } from "../lib/observation.ts";
import { present } from "../lib/present.ts";
import { type Pause, readPauses } from "../refinery/pause.ts";
import { type Attempt, workerSession } from "../work/attempt.ts";
import { type Assignment, liveAssignments } from "../work/attempt_store.ts";
import { agentLimits, limitOf } from "../agents/limits.ts";
import { budgetHold, budgetStates } from "./costs/budget_record.ts";
import type { BudgetState } from "./costs/budgets.ts";
import { type ConvoyState, convoyState, openConvoys } from "./convoys/convoys.ts";
import { troubledRuns } from "../molecules/engine/driver/run_trouble.ts";
import { type Desired, readDesired } from "./desired.ts";
import { type LoopDeps } from "./loops/loop.ts";
import type { Need } from "./attempt_need.ts";
import { needs } from "./status_needs.ts";
import { type ProgramStatus, readPrograms } from "./programs.ts";

/** A worker that has something on its hook. Times are ms since the epoch. */
export interface WorkerStatus {
  worker: number;
  session: string;
  rig: string;
  bead: string;
  title: string;
  attempt: number;
  state: Attempt["state"];
  since: number;
  agent: string;
  /** Whether its session's process is there; `unknown` where no session is known. */
  process: Observation;
  /** Whether the agent is in the middle of a turn, as far as its hooks said. */
  busy?: boolean;
  /** Present while its service refuses the agent: until when. */
  limitedUntil?: number;
}

/** A bead on a hook that has no worker at work: it waits for a place, or in a person's hands. */
export interface HookStatus {
  bead: string;
  title: string;
  holder: string;
  state: string;
  since?: number;
  waitsFor: "place" | "dependencies" | "pause" | "budget" | "limit" | "person";
}

/** A rig at a glance. */
export interface RigStatus {
  rig: string;
  prefix: string;
  branch: string;
  workers: number;
  /** Beads that are submitted, queued or merging. */
  queue: number;
  /** Present while somebody holds its queue. */
  paused?: Pause;
}

/** The town on one screen. */
export interface TownStatus {
  town: string;
  root: string;
  desired: Desired;
  programs: readonly ProgramStatus[];
  rigs: readonly RigStatus[];
  workers: readonly WorkerStatus[];
  /** How many may run at once. */
  places: number;
  hooks: readonly HookStatus[];
  queue: readonly WorkerStatus[];
  convoys: readonly ConvoyState[];
  needs: readonly Need[];
}

/** States in which the bead is in the hands of the witness or the refinery. */
const queueStates: ReadonlySet<Attempt["state"]> = new Set(["submitted", "queued", "merging"]);
const workStates: ReadonlySet<Attempt["state"]> = new Set(["preparing", "starting", "working", "waiting"]);

/** Reads the town's state from the ledger, locks and process ids; spawns nothing. */
export async function readStatus(deps: LoopDeps): Promise<TownStatus> {
  const { ports, town } = deps;
  const config = await town.config();
  const { view } = town.ledger;
  const assignments = liveAssignments(view);
  const desired = readDesired(ports, town.paths);
  const programs = readPrograms(deps, config);
  const convoys = openConvoys(view).map((convoy) => convoyState(view, convoy));
  const at = (states: ReadonlySet<Attempt["state"]>) =>
    assignments.filter(({ attempt }) => states.has(attempt.state)).map((each) => workerStatus(deps, each));
  const queue = at(queueStates);
  const now = ports.clock.now();
  const budgets = budgetStates(town.ledger.ephemeral);
  const limits = agentLimits(town.ledger, now);
  const pauses = readPauses(ports, { paths: town.paths, rigs: Object.keys(config.rigs) });
  return {
    town: config.town,
    root: town.root,
    desired,
    programs,
    rigs: Object.entries(config.rigs).map(([rig, { prefix, branch }]) => ({
      rig,
      prefix,
      branch,
      workers:
        assignments.filter(({ attempt }) => attempt.rig === rig && workStates.has(attempt.state)).length,
      queue: queue.filter((row) => row.rig === rig).length,
      ...present({ paused: pauses.get(rig) }),
    })),
    workers: at(workStates).sort((a, b) => a.worker - b.worker),
    places: config.limits.workers,
    hooks: readHooks(view, { assignments, now, budgets, limits }),
    queue,
    convoys,
    needs: needs(view, {
      ...{ assignments, programs, desired, convoys, budgets, limits, pauses },
      troubled: troubledRuns(town.ledger),
    }),
  };
}

function workerStatus({ ports, town }: LoopDeps, { bead, attempt }: Assignment): WorkerStatus {
  const session = workerSession(attempt.worker ?? 0);
  const record = town.ledger.ephemeral.get<{ pid: number; mark?: string; bead: string }>("session", session);
  const activity = town.ledger.ephemeral.get<{ busy?: boolean }>("activity", session);
  const limit = limitOf(town.ledger, { session, bead: bead.id, n: attempt.n });
  const isOwn = record?.bead === bead.id;
  return {
    worker: attempt.worker ?? 0,
    session,
    rig: attempt.rig,
    bead: bead.id,
    title: bead.title,
    attempt: attempt.n,
    state: attempt.state,
    since: attempt.since,
    agent: attempt.agent,
    process: isOwn ? ports.processes.observe(record.pid, record.mark) : "unknown",
    ...(isOwn && activity?.busy !== undefined ? { busy: activity.busy } : {}),
    ...(limit && limit.until > ports.clock.now() ? { limitedUntil: limit.until } : {}),
  };
}

function waitsFor(
  { bead, attempt }: Assignment,
  options: { now: number; budgets: readonly BudgetState[]; limits: readonly { agent: string }[] },
): HookStatus["waitsFor"] {
  const { now, budgets, limits } = options;
  if (bead.blocked) return "dependencies";
  if (budgetHold(budgets, bead.key)) return "budget";
  if (limits.some(({ agent }) => agent === attempt.agent)) return "limit";
  return attempt.notBefore > now ? "pause" : "place";
}

function readHooks(
  view: View,
  options: {
    assignments: readonly Assignment[];
    now: number;
    budgets: readonly BudgetState[];
    limits: readonly { agent: string }[];
  },
): HookStatus[] {
  const { assignments } = options;
  const waiting = assignments.filter(({ attempt }) => attempt.state === "hooked").map(
    ({ bead, attempt }): HookStatus => ({
      bead: bead.id,
      title: bead.title,
      holder: attempt.rig,
      state: `attempt ${attempt.n}`,
      since: attempt.since,
      waitsFor: waitsFor({ bead, attempt }, options),
    }),
  );
  const assigned = new Set(assignments.map(({ bead }) => bead.key));
  const held = view.beads("status = 'hooked' ORDER BY priority, created")
    .filter(({ key }) => !assigned.has(key))
    .map((bead: Bead): HookStatus => ({
      bead: bead.id,
      title: bead.title,
      holder: bead.assignee ?? "nobody",
      state: bead.status,
      waitsFor: "person",
    }));
  return [...waiting, ...held];
}
