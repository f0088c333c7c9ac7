import { isLoopRunning, type LoopTick } from "../town/loops/loop.ts";
import { loopOrder, startSession } from "../town/loops/loop_session.ts";
import { type LoopPlace, rigLoops } from "../town/loops/loops.ts";
import { writeMessage } from "../town/mail/messages.ts";
import { sessionNames } from "../town/session_names.ts";
import { townSessions } from "../town/town_sessions.ts";
import type { WorkDeps } from "../work/sling.ts";
import { decideRestart, FAILURES_TO_TELL, type Upkeep } from "./backoff.ts";
import type { SessionOrder } from "../sessions/session.ts";

/** What the steward remembers of a session it keeps running; the ephemeral record of kind `upkeep`, by its name. */
export interface UpkeepRecord extends Upkeep {
  session: string;
  pid?: number;
  mark?: string;
  /** Why it could not be started the last time. */
  trouble?: string;
}

/** How often the steward looks whether everything runs, in ms. */
const LOOK_EVERY = 2_000;
/** How long a loop may take from its start until it holds its lock, in ms. */
const START_PATIENCE = 10_000;

/** Something that is kept running. */
interface Kept {
  name: string;
  session: string;
  isRunning(): boolean;
  order(): Promise<SessionOrder>;
}

/** Keeps the sessions of the town running. */
export interface KeepRunning {
  /** Starts what is not running and may be started; returns when to look again, in ms since the epoch. */
  tick(context: UpkeepTick): Promise<number>;
}

type UpkeepTick = Pick<LoopTick, "log" | "woken">;

/** What is remembered from tick to tick. */
interface State {
  deps: WorkDeps;
  known: Map<string, UpkeepRecord>;
}

/** Makes what keeps the witnesses, the refineries and the coordinator running. Looking spawns nothing. */
export function createUpkeep(deps: WorkDeps): KeepRunning {
  const state: State = { deps, known: new Map() };
  return {
    async tick(context) {
      const config = await deps.town.config();
      const wanted = [...rigLoops(config).map((place) => keptLoop(deps, place)), keptCoordinator(state)];
      const dues = await Promise.all(wanted.map((kept) => keep(state, { kept, context })));
      await endOthers(state, { names: new Set(wanted.map(({ name }) => name)), log: context.log });
      return Math.min(...dues);
    },
  };
}

function recall({ deps, known }: State, name: string): UpkeepRecord | undefined {
  return known.get(name) ?? deps.town.ledger.ephemeral.get("upkeep", name) as UpkeepRecord | undefined;
}

function remember({ deps, known }: State, { name, record }: { name: string; record: UpkeepRecord }): void {
  known.set(name, record);
  deps.town.ledger.ephemeral.put("upkeep", name, { ...record });
}

async function keep(state: State, { kept, context }: { kept: Kept; context: UpkeepTick }): Promise<number> {
  const { name, session } = kept;
  const now = state.deps.ports.clock.now();
  const record = recall(state, name);
  if (kept.isRunning() || isStarting(state, record)) return now + LOOK_EVERY;
  const decision = decideRestart(context.woken ? forgiven(record) : record, now);
  if (!decision.start) {
    const isNew = record?.notBefore === undefined;
    if (isNew) remember(state, { name, record: { ...record, ...decision.upkeep, session } });
    return decision.upkeep.notBefore!;
  }
  context.log(record === undefined ? `starting ${name}` : `${name} is not running; starting it`);
  const started = await start(state, { kept, before: record });
  remember(state, { name, record: { ...decision.upkeep, session, ...started } });
  if (started.trouble !== undefined) context.log(`cannot start ${name}: ${started.trouble}`);
  if (decision.upkeep.failures === FAILURES_TO_TELL) {
    tell(state, { name, startedAt: now, trouble: started.trouble });
  }
  return now + LOOK_EVERY;
}

function isStarting({ deps: { ports } }: State, record: UpkeepRecord | undefined): boolean {
  if (record?.pid === undefined || record.notBefore !== undefined) return false;
  return ports.clock.now() - record.startedAt < START_PATIENCE &&
    ports.processes.observe(record.pid, record.mark) === "alive";
}

async function start(
  { deps }: State,
  { kept, before }: { kept: Kept; before: UpkeepRecord | undefined },
): Promise<{ pid?: number; mark?: string; trouble?: string }> {
  try {
    const { processes } = deps.ports;
    // It runs, and has not come to hold its lock in all this time: it hangs.
    const hangs = before?.pid !== undefined && processes.observe(before.pid, before.mark) === "alive";
    if (hangs) await townSessions(deps).end(kept.session);
    const spawned = await startSession(deps, await kept.order());
    if (spawned.kind === "failed") return { trouble: spawned.reason };
    if (spawned.kind === "occupied") return { trouble: `session ${kept.session} belongs to something else` };
    return { pid: spawned.pid, ...(spawned.mark === undefined ? {} : { mark: spawned.mark }) };
  } catch (error) {
    return { trouble: (error as Error).message };
  }
}

function tell(
  { deps: { town } }: State,
  { name, startedAt, trouble }: { name: string; startedAt: number; trouble: string | undefined },
): void {
  town.ledger.write("steward", (transaction) =>
    void writeMessage(transaction, {
      identity: `upkeep.${name}.${startedAt}`,
      from: "steward",
      to: "overseer",
      subject: `HELP: ${name} keeps ending`,
      body: [
        `It ended ${FAILURES_TO_TELL} times soon after its start; it is tried again with growing pauses.`,
        ...(trouble === undefined ? [] : [trouble]),
        `Log: ${town.paths.logs}/${name}.log`,
      ].join("\n"),
      urgent: true,
    }));
}

/** Ends the sessions of rigs that are no longer in the town. */
async function endOthers(
  { deps, known }: State,
  { names, log }: { names: ReadonlySet<string>; log: (text: string) => void },
): Promise<void> {
  const { ephemeral } = deps.town.ledger;
  for (const { key, value } of ephemeral.list("upkeep")) {
    if (names.has(key)) continue;
    const ended = await townSessions(deps).end((value as unknown as UpkeepRecord).session);
    if (ended.kind === "unknown") continue;
    log(`${key} is no longer needed: ended`);
    ephemeral.remove("upkeep", key);
    known.delete(key);
  }
}

/** A record without its failures: somebody said that things are better now. */
function forgiven(record: UpkeepRecord | undefined): UpkeepRecord | undefined {
  if (record === undefined) return undefined;
  const { notBefore: _pause, ...rest } = record;
  return { ...rest, failures: 0 };
}

function keptLoop(deps: WorkDeps, place: LoopPlace): Kept {
  return {
    name: place.name,
    session: place.session,
    isRunning: () => isLoopRunning(deps, place.name) !== "gone",
    order: () => Promise.resolve(loopOrder(deps, place)),
  };
}

/** The coordinator is an agent: it holds no lock, so its process is looked at. */
function keptCoordinator(state: State): Kept {
  const { deps } = state;
  const name = "coordinator";
  return {
    name,
    session: sessionNames.coordinator,
    isRunning() {
      const { pid, mark } = recall(state, name) ?? {};
      return pid !== undefined && deps.ports.processes.observe(pid, mark) !== "gone";
    },
    async order() {
      const { coordinatorOrder } = await import("../agents/agent_session.ts");
      return await coordinatorOrder(deps);
    },
  };
}
