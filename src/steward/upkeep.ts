import type { SessionOrder } from "../sessions/sessions.ts";
import { isLoopRunning } from "../town/loop.ts";
import { loopOrder, startSession } from "../town/loop_session.ts";
import { type LoopPlace, rigLoops } from "../town/loops.ts";
import { writeMessage } from "../town/messages.ts";
import { sessionNames } from "../town/session_names.ts";
import { townSessions } from "../town/town_sessions.ts";
import type { WorkDeps } from "../work/sling.ts";
import { decideRestart, FAILURES_TO_TELL, type Upkeep } from "./backoff.ts";

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
  tick(context: { woken: boolean; log(text: string): void }): Promise<number>;
}

/** Makes what keeps the witnesses, the refineries and the coordinator running. Looking spawns nothing. */
export function createUpkeep(deps: WorkDeps): KeepRunning {
  const { ports, town } = deps;
  const known = new Map<string, UpkeepRecord>();
  const recall = (name: string) =>
    known.get(name) ?? town.ledger.ephemeral.get("upkeep", name) as UpkeepRecord | undefined;
  const remember = (name: string, record: UpkeepRecord) => {
    known.set(name, record);
    town.ledger.ephemeral.put("upkeep", name, { ...record });
  };

  async function keep(kept: Kept, context: { woken: boolean; log(text: string): void }): Promise<number> {
    const now = ports.clock.now();
    const record = recall(kept.name);
    if (kept.isRunning() || isStarting(record, now)) return now + LOOK_EVERY;
    const decision = decideRestart(context.woken ? forgiven(record) : record, now);
    if (!decision.start) {
      if (record?.notBefore === undefined) {
        remember(kept.name, { ...record, ...decision.upkeep, session: kept.session });
      }
      return decision.upkeep.notBefore!;
    }
    context.log(record === undefined ? `starting ${kept.name}` : `${kept.name} is not running; starting it`);
    const started = await start(kept, record);
    remember(kept.name, { ...decision.upkeep, session: kept.session, ...started });
    if (started.trouble !== undefined) context.log(`cannot start ${kept.name}: ${started.trouble}`);
    if (decision.upkeep.failures === FAILURES_TO_TELL) {
      tell(kept.name, { startedAt: now, trouble: started.trouble });
    }
    return now + LOOK_EVERY;
  }

  function isStarting(record: UpkeepRecord | undefined, now: number): boolean {
    if (record?.pid === undefined || record.notBefore !== undefined) return false;
    return now - record.startedAt < START_PATIENCE &&
      ports.processes.observe(record.pid, record.mark) === "alive";
  }

  async function start(
    kept: Kept,
    before: UpkeepRecord | undefined,
  ): Promise<{ pid?: number; mark?: string; trouble?: string }> {
    try {
      // It runs, and has not come to hold its lock in all this time: it hangs.
      const hangs = before?.pid !== undefined && ports.processes.observe(before.pid, before.mark) === "alive";
      if (hangs) await townSessions(deps).end(kept.session);
      const spawned = await startSession(deps, await kept.order());
      if (spawned.kind === "failed") return { trouble: spawned.reason };
      if (spawned.kind === "occupied") {
        return { trouble: `session ${kept.session} belongs to something else` };
      }
      return { pid: spawned.pid, ...(spawned.mark === undefined ? {} : { mark: spawned.mark }) };
    } catch (error) {
      return { trouble: (error as Error).message };
    }
  }

  function tell(name: string, episode: { startedAt: number; trouble: string | undefined }): void {
    town.ledger.write("steward", (transaction) =>
      void writeMessage(transaction, {
        identity: `upkeep.${name}.${episode.startedAt}`,
        from: "steward",
        to: "overseer",
        subject: `HELP: ${name} keeps ending`,
        body: [
          `It ended ${FAILURES_TO_TELL} times soon after its start; it is tried again with growing pauses.`,
          ...(episode.trouble === undefined ? [] : [episode.trouble]),
          `Log: ${town.paths.logs}/${name}.log`,
        ].join("\n"),
        urgent: true,
      }));
  }

  /** Ends the sessions of rigs that are no longer in the town. */
  async function endOthers(names: ReadonlySet<string>, log: (text: string) => void): Promise<void> {
    for (const { key, value } of town.ledger.ephemeral.list("upkeep")) {
      if (names.has(key)) continue;
      const ended = await townSessions(deps).end((value as unknown as UpkeepRecord).session);
      if (ended.kind === "unknown") continue;
      log(`${key} is no longer needed: ended`);
      town.ledger.ephemeral.remove("upkeep", key);
      known.delete(key);
    }
  }

  return {
    async tick(context) {
      const config = await town.config();
      const wanted = [
        ...rigLoops(config).map((place) => keptLoop(deps, place)),
        keptCoordinator(deps, recall),
      ];
      const dues = await Promise.all(wanted.map((kept) => keep(kept, context)));
      await endOthers(new Set(wanted.map(({ name }) => name)), context.log);
      return Math.min(...dues);
    },
  };
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
function keptCoordinator(
  deps: WorkDeps,
  recall: (name: string) => UpkeepRecord | undefined,
): Kept {
  const name = "coordinator";
  return {
    name,
    session: sessionNames.coordinator,
    isRunning() {
      const { pid, mark } = recall(name) ?? {};
      return pid !== undefined && deps.ports.processes.observe(pid, mark) !== "gone";
    },
    async order() {
      const { launchCoordinator } = await import("../agents/launch.ts");
      const { argv, env, cwd } = await launchCoordinator(deps);
      return {
        name: sessionNames.coordinator,
        cwd,
        env,
        argv,
        tags: { town: deps.town.root, role: name },
        logFile: `${deps.town.paths.logs}/${name}.log`,
      };
    },
  };
}
