/**
 * What the steward, the witnesses and the refineries have in common: one instance each, awake when something changed.
 *
 * @module
 */
import { join } from "node:path";
import type { Json } from "../lib/json.ts";
import { CommandError } from "../lib/errors.ts";
import type { Observation } from "../lib/observation.ts";
import { type Lock, observeLock, waitForLock } from "../ports/lock.ts";
import type { Ports } from "../ports/ports.ts";
import { createAlarm, watchFolders } from "./alarm.ts";
import { readDesired, wakeMark } from "./desired.ts";
import { createLoopLog } from "./loop_log.ts";
import type { Town } from "./town.ts";

/** What a loop needs. */
export interface LoopDeps {
  ports: Ports;
  town: Town;
}

/** What a loop's tick is given. */
export interface LoopTick {
  /** Aborts when the loop is told to end. */
  signal: AbortSignal;
  /** Whether this is the first tick, or `gt wake` was called: pauses are to be forgotten. */
  woken: boolean;
  /** Adds a line to the loop's log. */
  log(text: string): void;
  /** Asks for another tick soon, for work that goes on beside the ticks. */
  nudge(): void;
}

/** A loop. */
export interface LoopOptions {
  /** `steward`, `witness-<rig>`, `refinery-<rig>`: name of its lock, its log and its record. */
  name: string;
  /**
   * Looks at the state and does what is due. Called at the start, whenever the ledger has changed, after `gt wake`, and
   * at the time it returned (ms since the epoch). May throw: that is logged, and it is called again after a pause.
   */
  tick(context: LoopTick): Promise<number | void>;
  /** Ends the loop instead of the signals of the system. */
  signal?: AbortSignal;
}

/** What a loop says about itself, under kind `loop` and its name. Times are ms since the epoch. */
export interface LoopRecord {
  pid: number;
  /** Start mark of the process, where the system has one. */
  mark: string | null;
  startedAt: number;
  /** When it last ended a tick; 0 before the first. */
  at: number;
  /** Ticks in a row that threw. */
  failures: number;
}

/** How often a loop looks for changes, in ms: while there is much to do, and otherwise, with or without being told. */
const BUSY_POLL = 100;
const WATCHED_POLL = 1_000;
const UNWATCHED_POLL = 250;
/** The shortest time between two ticks without a change, in ms. */
const SHORTEST_WAIT = 50;
/** How long after a change a loop counts as busy, in ms. */
const BUSY_FOR = 10_000;
/** The first pause after a tick that threw, and the longest, in ms. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** How long a new loop waits for a lock: someone may be probing it just then. */
const LOCK_PATIENCE = 1_000;
/** How long a tick may go on after the loop was told to end, in ms. */
const STOP_PATIENCE = 2_000;
/** How often a loop that ticks renews its record, in ms. */
const RECORD_EVERY = 5_000;

/**
 * Runs a loop until the town is meant to be down or a signal comes.
 *
 * @throws {CommandError} `loop_running` when another process runs it, `town_down` when the town is not meant to run.
 */
export async function runLoop(deps: LoopDeps, options: LoopOptions): Promise<"down" | "stopped"> {
  const { ports, town } = deps;
  if (readDesired(ports, town.paths) === "down") {
    throw new CommandError("refused", `Cannot run ${options.name}: the town is shut down`, {
      code: "town_down",
      hints: ["gt start"],
    });
  }
  const lock = await lockLoop(deps, options.name);
  const log = createLoopLog(ports, { paths: town.paths, name: options.name });
  const stop = stopSignal(ports, options.signal);
  log(`${options.name} started, process ${ports.processes.pid}`);
  try {
    const reason = await createCycle(deps, { ...options, log, stop }).run();
    log(`${options.name} ended: ${reason === "down" ? "the town is shut down" : "told to stop"}`);
    return reason;
  } finally {
    lock.release();
  }
}

/** Whether a loop runs, found out by probing its lock: without spawning anything, true even when it hangs. */
export function isLoopRunning(deps: { town: Pick<Town, "paths"> }, name: string): Observation {
  return observeLock(loopLockPath(deps.town, name));
}

/** What a loop last said about itself; it may be gone since. */
export function loopRecord(town: Town, name: string): LoopRecord | undefined {
  return town.ledger.ephemeral.get<Json>("loop", name) as unknown as LoopRecord | undefined;
}

async function lockLoop({ ports, town }: LoopDeps, name: string): Promise<Lock> {
  const lock = await waitForLock(ports.clock, { file: loopLockPath(town, name), waitMs: LOCK_PATIENCE });
  if (lock) return lock;
  throw new CommandError("refused", `Cannot run ${name}: it is running already`, {
    code: "loop_running",
    hints: ["gt status"],
  });
}

function loopLockPath(town: Pick<Town, "paths">, name: string): string {
  return join(town.paths.locks, `${name}.lock`);
}

function stopSignal(ports: Ports, given: AbortSignal | undefined): AbortSignal {
  if (given) return given;
  const controller = new AbortController();
  ports.processes.onStop(() => controller.abort());
  return controller.signal;
}

/** The state of a loop between its ticks. */
function createCycle(
  deps: LoopDeps,
  options: LoopOptions & { log: (text: string) => void; stop: AbortSignal },
) {
  const { ports, town } = deps;
  const { clock, processes } = ports;
  const record: LoopRecord = {
    pid: processes.pid,
    mark: processes.startMark(processes.pid) ?? null,
    startedAt: clock.now(),
    at: 0,
    failures: 0,
  };
  let version = -1;
  let woken = "";
  let changedAt = 0;
  let nudged = false;
  let due = 0;
  let stirredAt = 0;
  const alarm = createAlarm(clock);

  /** A watched folder has changed; what changed is seen a moment later at the latest. */
  function stir(): void {
    stirredAt = clock.monotonic();
    alarm.ring();
  }

  /** Whether to tick, and whether because somebody said so. */
  function reason(): { tick: boolean; woken: boolean } {
    const mark = wakeMark(ports, town.paths);
    const isWoken = version === -1 || mark !== woken;
    woken = mark;
    const seen = town.ledger.version();
    const isChanged = seen !== version;
    version = seen;
    if (isChanged) changedAt = clock.monotonic();
    // After a failure the pause holds, whatever else changes: only a person's wake shortens it.
    const mayTick = record.failures === 0 || clock.now() >= due;
    const tick = isWoken || (mayTick && (isChanged || nudged || clock.now() >= due));
    if (!tick && isChanged) nudged = true;
    return { tick, woken: isWoken };
  }

  async function once(isWoken: boolean): Promise<void> {
    nudged = false;
    try {
      const next = await options.tick({
        signal: options.stop,
        woken: isWoken,
        log: options.log,
        nudge() {
          nudged = true;
          alarm.ring();
        },
      });
      // A tick that is always due again would never let the process rest.
      due = Math.max(next ?? Infinity, clock.now() + SHORTEST_WAIT);
      if (record.failures > 0) options.log(`${options.name} works again`);
      sayAlive(isWoken || record.failures > 0);
      record.failures = 0;
    } catch (error) {
      fail(error);
    }
  }

  function sayAlive(always: boolean): void {
    const now = clock.now();
    if (!always && now - record.at < RECORD_EVERY) return;
    record.at = now;
    town.ledger.ephemeral.put("loop", options.name, { ...record, failures: 0 });
  }

  function fail(error: unknown): void {
    record.failures++;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(10, record.failures - 1));
    due = clock.now() + pause;
    options.log(`${options.name} failed, again in ${pause} ms: ${describe(error)}`);
    try {
      town.ledger.version();
      town.ledger.ephemeral.put("loop", options.name, { ...record });
    } catch {
      // The ledger itself is the trouble: the next use opens it anew.
      town.close();
    }
  }

  async function run(): Promise<"down" | "stopped"> {
    // Never a folder with SQLite files in it: a watcher that opens and closes what changed (Deno's does) drops this
    // process's POSIX locks on it, and the next process truncates the shared memory under its feet.
    const folders = [join(town.paths.beads, "ops", town.ledger.replica), town.paths.runtime];
    const unwatch = watchFolders(ports.files, { folders, changed: stir });
    options.stop.addEventListener("abort", alarm.ring, { once: true });
    try {
      for (;;) {
        if (options.stop.aborted) return "stopped";
        if (readDesired(ports, town.paths) === "down") return "down";
        try {
          const found = reason();
          if (found.tick) await settled(once(found.woken), { clock, signal: options.stop });
        } catch (error) {
          fail(error);
        }
        await alarm.sleep(Math.max(1, Math.min(poll(unwatch !== undefined), due - clock.now())));
      }
    } finally {
      options.stop.removeEventListener("abort", alarm.ring);
      unwatch?.();
    }
  }

  function poll(isWatched: boolean): number {
    const isBusy = nudged || clock.monotonic() - Math.max(changedAt, stirredAt) < BUSY_FOR;
    return isBusy ? BUSY_POLL : isWatched ? WATCHED_POLL : UNWATCHED_POLL;
  }

  return { run };
}

/** Waits for work; once told to end, only a moment longer. */
async function settled(
  work: Promise<void>,
  options: { clock: Ports["clock"]; signal: AbortSignal },
): Promise<void> {
  let told = () => {};
  const toldToEnd = new Promise<void>((resolve) => told = resolve);
  options.signal.addEventListener("abort", told, { once: true });
  await Promise.race([work, toldToEnd]);
  options.signal.removeEventListener("abort", told);
  if (options.signal.aborted) await Promise.race([work, options.clock.sleep(STOP_PATIENCE)]);
}

function describe(error: unknown): string {
  if (error instanceof CommandError) return [error.message, ...error.hints].join(" · ");
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
