import { noteStuck } from "../agents/conversations.ts";
import { CommandError } from "../lib/errors.ts";
import type { Observation } from "../lib/observation.ts";
import { townSessions } from "../town/town_sessions.ts";
import { type Attempt, STOPPED_BY, workerName, workerSession } from "./attempt.ts";
import {
  advance,
  type Assignment,
  assignmentOfWorker,
  expectAdvance,
  liveAssignments,
} from "./attempt_store.ts";
import { defaultLimits } from "./limits.ts";
import type { SessionRecord } from "./prepare.ts";
import type { WorkDeps } from "./sling.ts";

/** A worker at work, as `gt worker list --json` gives it. Times are ms since the epoch. */
export interface WorkerRow {
  worker: string;
  number: number;
  rig: string;
  bead: string;
  title: string;
  attempt: number;
  state: string;
  since: number;
  agent: string;
  branch: string;
  session: string;
  /** Whether the process of its session runs, and which it is. */
  alive: Observation;
  pid?: number;
  question?: string;
  /** When its agent last gave a sign, and what. */
  activity?: { at: number; event: string };
}

/** Every worker that has a bead. Spawns nothing. */
export function workerRows(deps: WorkDeps): WorkerRow[] {
  return liveAssignments(deps.town.ledger.view)
    .filter(({ attempt }) => attempt.worker !== undefined && attempt.state !== "hooked")
    .map((assignment) => rowOf(deps, assignment))
    .sort((a, b) => a.number - b.number);
}

/** The worker with this number. @throws {CommandError} `worker_not_found` naming those there are. */
export function workerRow(deps: WorkDeps, text: string): WorkerRow {
  const rows = workerRows(deps);
  const number = Number(/^(?:gt-)?(?:worker-|polecat-)?(\d+)$/.exec(text)?.[1]);
  const found = rows.find((row) => row.number === number || row.bead === text);
  if (found) return found;
  const known = rows.map((row) => row.worker).join(", ");
  throw new CommandError("refused", `Cannot find worker "${text}": no such worker is at work`, {
    code: "worker_not_found",
    hints: [known ? `At work: ${known}` : "Nobody is at work. Sling a bead: gt sling BEAD RIG"],
  });
}

/** Holds a worker: its session ends and its bead waits, with everything it has done, until it is started again. */
export async function stopWorker(
  deps: WorkDeps,
  options: { worker: string; by: string },
): Promise<WorkerRow> {
  const row = workerRow(deps, options.worker);
  const { bead } = held(deps, row);
  const question = `${STOPPED_BY}${options.by}; go on with: gt worker start ${row.number}`;
  const at = deps.ports.clock.now();
  const event = { kind: "helpAsked" as const, at, question };
  const change = { actor: options.by, key: bead.key, n: row.attempt, event, limits: defaultLimits };
  expectAdvance(advance(deps.town.ledger, change), {
    action: "stop the worker of",
    bead: row.bead,
    n: row.attempt,
  });
  await townSessions(deps).end(row.session);
  return workerRow(deps, options.worker);
}

/** Whether a person stopped the worker of an attempt: it has no session until it is started again. */
export function isStopped(attempt: Pick<Attempt, "state" | "question">): boolean {
  return attempt.state === "waiting" && attempt.question?.startsWith(STOPPED_BY) === true;
}

/** Gives a worker that waits, or whose session is stuck, a new session on the same attempt. */
export async function startWorker(
  deps: WorkDeps,
  options: { worker: string; by: string },
): Promise<WorkerRow> {
  const row = workerRow(deps, options.worker);
  const { bead } = held(deps, row);
  if (row.state === "preparing") return row;
  noteStuck(deps.town.ledger, row.session);
  await townSessions(deps).end(row.session);
  const event = { kind: "handedOff" as const, at: deps.ports.clock.now() };
  const change = { actor: options.by, key: bead.key, n: row.attempt, event, limits: defaultLimits };
  expectAdvance(advance(deps.town.ledger, change), {
    action: "start the worker of",
    bead: row.bead,
    n: row.attempt,
  });
  return workerRow(deps, options.worker);
}

/** Where the output of a worker's session is kept. */
export function workerLog(deps: WorkDeps, worker: number): string {
  return `${deps.town.paths.logs}/${workerSession(worker)}.log`;
}

function held(deps: WorkDeps, row: WorkerRow): Assignment {
  const assignment = assignmentOfWorker(deps.town.ledger.view, row.number);
  if (!assignment) throw new Error(`${row.worker} was there a moment ago`);
  return assignment;
}

function rowOf({ ports, town }: WorkDeps, { bead, attempt }: Assignment): WorkerRow {
  const session = workerSession(attempt.worker!);
  const record = town.ledger.ephemeral.get("session", session) as SessionRecord | undefined;
  const activity = town.ledger.ephemeral.get<{ at: number; event: string }>("activity", session);
  return {
    worker: workerName(attempt.worker!),
    number: attempt.worker!,
    rig: attempt.rig,
    bead: bead.id,
    title: bead.title,
    attempt: attempt.n,
    state: attempt.state,
    since: attempt.since,
    agent: attempt.agent,
    branch: attempt.branch,
    session,
    alive: record === undefined ? "gone" : ports.processes.observe(record.pid, record.mark),
    ...(record === undefined ? {} : { pid: record.pid }),
    ...(attempt.question ? { question: attempt.question } : {}),
    ...(activity ? { activity: { at: activity.at, event: activity.event } } : {}),
  };
}
