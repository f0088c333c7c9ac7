import { join } from "node:path";
import { type Activity, activityOf } from "../agents/activity.ts";
import { limitOf } from "../agents/limits.ts";
import { presets } from "../agents/preset_table.ts";
import { activityOnScreen, seenOnScreen } from "../agents/screen_watch.ts";
import type { Json } from "../lib/json.ts";
import type { Observation } from "../lib/observation.ts";
import { present } from "../lib/present.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { TownConfig } from "../town/config/config.ts";
import { isPreset } from "../town/names.ts";
import { isStopped } from "../work/workers.ts";
import { workerSession } from "../work/attempt.ts";
import type { Assignment } from "../work/attempt_store.ts";
import type { SessionRecord } from "../work/prepare.ts";
import type { WorkDeps } from "../work/sling.ts";
import type { Rings, WorkerLimits, WorkerView } from "./worker_state.ts";
import type { SessionList } from "../sessions/session.ts";

/** Asks tmux for its sessions, once for all that ask; only when something looks wrong. */
export type ListOnce = () => Promise<SessionList>;

/** Makes a {@linkcode ListOnce}. */
export function listOnce(list: () => Promise<SessionList>): ListOnce {
  let asked: Promise<SessionList> | undefined;
  return () => asked ??= list();
}

/** Whose worker is observed, and how. */
export interface WorkerToObserve {
  assignment: Assignment;
  config: TownConfig;
  list: ListOnce;
  /** To look at the screens of agents without hooks; absent takes what was seen last. */
  sessions?: Sessions;
}

/**
 * Gathers what is known of the worker of an attempt; spawns nothing while its process is there, unless it has no hooks
 * and prints something.
 */
export async function observeWorker(deps: WorkDeps, options: WorkerToObserve): Promise<WorkerView> {
  const { ports, town } = deps;
  const { assignment, config, list } = options;
  const { bead, attempt } = assignment;
  const hasSession = attempt.state === "starting" || attempt.state === "working" ||
    attempt.state === "waiting";
  const name = attempt.worker === undefined ? undefined : workerSession(attempt.worker);
  const session = hasSession && name !== undefined
    ? await observeSession(deps, { name, bead: bead.id, n: attempt.n, list })
    : "unknown";
  const activity = name === undefined ? undefined : await activityHere(deps, { ...options, name, session });
  const limited = name === undefined
    ? undefined
    : limitOf(town.ledger, { session: name, bead: bead.id, n: attempt.n });
  return {
    attempt,
    isStopped: isStopped(attempt),
    isPersonal: isPersonal(config, attempt.agent),
    isDialog: isDialog(deps, assignment),
    session,
    signAt: name === undefined ? 0 : lastSign(deps, { assignment, name }),
    now: ports.clock.now(),
    limits: workerLimits(config),
    ...present({ activity, limitedUntil: limited?.until, rings: readRings(deps, assignment) }),
  };
}

/** How often the screen of an agent without hooks is looked at, in ms: a part of the time after which it counts as idle. */
const LOOKS_IN_IDLE_TIME = 4;
const LEAST_BETWEEN_LOOKS = 1_000;
const MOST_BETWEEN_LOOKS = 15_000;

/** What the hooks of an agent said last; for one without, what its screen shows. */
async function activityHere(
  deps: WorkDeps,
  { name, session, config, assignment, sessions }: WorkerToObserve & { name: string; session: Observation },
): Promise<Activity | undefined> {
  const { state } = assignment.attempt;
  if (session !== "alive" || state === "starting") return activityOf(deps.town.ledger, name);
  const often = config.limits.idle_after / LOOKS_IN_IDLE_TIME;
  const everyMs = Math.max(LEAST_BETWEEN_LOOKS, Math.min(MOST_BETWEEN_LOOKS, often));
  const onScreen = sessions
    ? await activityOnScreen({ ...deps, sessions }, { session: name, everyMs })
    : seenOnScreen(deps, name);
  return onScreen ?? activityOf(deps.town.ledger, name);
}

/** The bounds that town.yaml sets for the witness. */
export function workerLimits({ limits }: Pick<TownConfig, "limits">): WorkerLimits {
  return {
    startTimeoutMs: limits.start_timeout,
    idleAfterMs: limits.idle_after,
    stallAfterMs: limits.stall_after,
    doorbells: limits.doorbells,
  };
}

/** Whether an agent is a person: a plain shell, which nobody prompts and which reports nothing. */
function isPersonal(config: Pick<TownConfig, "agents">, name: string): boolean {
  const own = Object.hasOwn(config.agents, name) ? config.agents[name] : undefined;
  const based = own?.preset ?? name;
  const preset = isPreset(based) ? presets[based] : undefined;
  return (own?.prompt ?? preset?.prompt) === "none" && (own?.hooks ?? preset?.hooks ?? "none") === "none";
}

/** Notes that an attempt waits for a decision on its agent's screen. */
export function noteDialog({ town }: WorkDeps, { bead, attempt }: Assignment): void {
  town.ledger.ephemeral.put("dialog", workerSession(attempt.worker!), { bead: bead.id, n: attempt.n });
}

function isDialog({ town }: WorkDeps, { bead, attempt }: Assignment): boolean {
  if (attempt.worker === undefined || attempt.state !== "waiting") return false;
  const noted = town.ledger.ephemeral.get<{ bead: string; n: number }>(
    "dialog",
    workerSession(attempt.worker),
  );
  return noted?.bead === bead.id && noted.n === attempt.n;
}

/** Notes that the doorbell was rung, or could not be. */
export function noteRing(deps: WorkDeps, { bead, attempt }: Assignment, before: Rings | undefined): void {
  const rings: Rings = { count: (before?.count ?? 0) + 1, at: deps.ports.clock.now() };
  const value = { ...rings, bead: bead.id, n: attempt.n, restarts: attempt.restarts };
  deps.town.ledger.ephemeral.put("rings", workerSession(attempt.worker!), value);
}

/** The rings in this session of this try. */
function readRings({ town }: WorkDeps, { bead, attempt }: Assignment): Rings | undefined {
  if (attempt.worker === undefined) return undefined;
  const found = town.ledger.ephemeral.get<Json>("rings", workerSession(attempt.worker)) as unknown as
    | (Rings & { bead: string; n: number; restarts: number })
    | undefined;
  const isOwn = found?.bead === bead.id && found.n === attempt.n && found.restarts === attempt.restarts;
  return isOwn ? { count: found.count, at: found.at } : undefined;
}

/** Whether the program in a worker's pane runs. A record that says "gone" may be old, so tmux has the last word. */
async function observeSession(
  deps: WorkDeps,
  options: { name: string; bead: string; n: number; list: ListOnce },
): Promise<Observation> {
  const { ports, town } = deps;
  const { name, bead, n } = options;
  const record = town.ledger.ephemeral.get<Json>("session", name) as unknown as SessionRecord | undefined;
  const isOwn = record?.bead === bead && record.n === n;
  const known = isOwn ? ports.processes.observe(record.pid, record.mark) : "gone";
  if (known !== "gone") return known;
  const listed = await options.list();
  if (listed.kind === "unknown") return "unknown";
  if (listed.kind === "no-server") return "gone";
  const row = listed.sessions.find((session) => session.name === name);
  if (!row || row.dead || row.pid === undefined) return "gone";
  if (isOwn && row.pid === record.pid) return "gone";
  return row.tags.bead === bead && row.tags.attempt === n ? "alive" : "gone";
}

/** When the pane last printed something, or the branch last moved, in ms since the epoch. */
function lastSign(
  { ports, town }: WorkDeps,
  { assignment: { attempt }, name }: { assignment: Assignment; name: string },
): number {
  const output = ports.files.stat(join(town.paths.logs, `${name}.log`))?.modified ?? 0;
  const branch = join(town.paths.rig(attempt.rig).repository, "refs", "heads", attempt.branch);
  return Math.max(output, ports.files.stat(branch)?.modified ?? 0);
}
