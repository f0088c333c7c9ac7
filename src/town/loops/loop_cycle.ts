import { join } from "node:path";
import type { Clock } from "../../ports/clock.ts";
import { type Alarm, createAlarm, watchFolders } from "./alarm.ts";
import { readDesired, wakeMark } from "../desired.ts";
import type { LoopDeps, LoopOptions } from "./loop.ts";
import { createLoopReport, type LoopReport } from "./loop_record.ts";

/** How often a loop looks for changes, in ms: while there is much to do, and otherwise, with or without being told. */
const BUSY_POLL = 100;
const WATCHED_POLL = 1_000;
const UNWATCHED_POLL = 250;
/** The shortest time between two ticks without a change, in ms. */
const SHORTEST_WAIT = 50;
/** The shortest time between two ticks that are asked for, in ms. */
const SHORTEST_NUDGE = 5;
/** How long after a change a loop counts as busy, in ms. */
const BUSY_FOR = 10_000;
/** How long a tick may go on after the loop was told to end, in ms. */
const STOP_PATIENCE = 2_000;

/** A loop whose lock is held. */
export interface CycleOptions extends LoopOptions {
  log(text: string): void;
  /** Aborts when the loop is told to end. */
  stop: AbortSignal;
}

/** The state of a loop between its ticks. */
interface Cycle {
  readonly deps: LoopDeps;
  readonly options: CycleOptions;
  readonly report: LoopReport;
  readonly alarm: Alarm;
  /** The ledger's version that the last tick began with; -1 before the first. */
  version: number;
  /** The mark of the last `gt wake`; undefined before the first tick, which counts as one. */
  woken: string | undefined;
  /** Whether no tick has ended well since somebody woke the loop. */
  owesWake: boolean;
  nudged: boolean;
  /** When to tick although nothing has changed, in ms since the epoch. */
  due: number;
  /** When something changed or might have, on the monotonic clock. */
  stirredAt: number;
}

/** Ticks until the town is meant to be down or the loop is told to end. */
export async function runCycle(deps: LoopDeps, options: CycleOptions): Promise<"down" | "stopped"> {
  const { ports: { clock, files }, town: { paths } } = deps;
  const cycle: Cycle = {
    deps,
    options,
    report: createLoopReport(deps, options),
    alarm: createAlarm(clock),
    version: -1,
    woken: undefined,
    owesWake: true,
    nudged: false,
    due: 0,
    stirredAt: clock.monotonic(),
  };
  const unwatch = watchFolders(files, {
    folders: [watchedLogs(deps), paths.runtime],
    changed() {
      cycle.stirredAt = clock.monotonic();
      cycle.alarm.ring();
    },
  });
  options.stop.addEventListener("abort", cycle.alarm.ring, { once: true });
  try {
    for (;;) {
      if (options.stop.aborted) return "stopped";
      if (readDesired({ files }, paths) === "down") return "down";
      await turn(cycle);
      await cycle.alarm.sleep(pauseOf(cycle, unwatch !== undefined));
      // Work that asks for the next tick in every one would let nothing else of the process happen.
      if (cycle.nudged) await clock.sleep(SHORTEST_NUDGE);
    }
  } finally {
    options.stop.removeEventListener("abort", cycle.alarm.ring);
    unwatch?.();
  }
}

/**
 * The folder in which every change made on this machine shows.
 *
 * Not the ledger's own folder: a watcher that opens and closes what it finds there, as some runtimes' do, would let go
 * of the locks that this process holds on the index.
 */
function watchedLogs({ town }: LoopDeps): string {
  try {
    return join(town.paths.beads, "ops", town.ledger.replica);
  } catch {
    // The ledger cannot be opened: its trouble is told by the tick. Looking more often does meanwhile.
    return town.paths.runtime;
  }
}

/** Ticks if there is a reason to. */
async function turn(cycle: Cycle): Promise<void> {
  const { deps: { ports, town }, options: { stop }, report } = cycle;
  const mark = wakeMark(ports, town.paths);
  const isWoken = mark !== cycle.woken;
  cycle.woken = mark;
  cycle.owesWake ||= isWoken;
  // After a failure nothing is touched until its pause is over: only a person's wake shortens it.
  if (report.failures() > 0 && !isWoken && ports.clock.now() < cycle.due) return;
  try {
    if (!hasChanged(cycle) && !isWoken && !cycle.nudged && ports.clock.now() < cycle.due) return;
    await settled(once(cycle), { clock: ports.clock, signal: stop });
  } catch (error) {
    fail(cycle, error);
  }
}

/** Whether the ledger has changed since the last tick began. @throws {CommandError} when it cannot be opened. */
function hasChanged(cycle: Cycle): boolean {
  const version = cycle.deps.town.ledger.version();
  if (version === cycle.version) return false;
  cycle.version = version;
  cycle.stirredAt = cycle.deps.ports.clock.monotonic();
  return true;
}

async function once(cycle: Cycle): Promise<void> {
  const { options, report, alarm, deps: { ports: { clock } } } = cycle;
  const woken = cycle.owesWake;
  cycle.nudged = false;
  try {
    const next = await options.tick({
      signal: options.stop,
      woken,
      log: options.log,
      nudge() {
        cycle.nudged = true;
        alarm.ring();
      },
    });
    // A tick that is always due again would never let the process rest.
    cycle.due = Math.max(next ?? Infinity, clock.now() + SHORTEST_WAIT);
    cycle.owesWake = false;
    report.worked(woken);
  } catch (error) {
    fail(cycle, error);
  }
}

function fail(cycle: Cycle, error: unknown): void {
  const pause = cycle.report.failed(error);
  cycle.due = cycle.deps.ports.clock.now() + pause;
}

/** How long to sleep, in ms. */
function pauseOf(cycle: Cycle, isWatched: boolean): number {
  const { clock } = cycle.deps.ports;
  const isBusy = cycle.nudged || clock.monotonic() - cycle.stirredAt < BUSY_FOR;
  const poll = isBusy ? BUSY_POLL : isWatched ? WATCHED_POLL : UNWATCHED_POLL;
  return Math.max(1, Math.min(poll, cycle.due - clock.now()));
}

/** Waits for work; once told to end, only a moment longer. */
async function settled(
  work: Promise<void>,
  options: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  let told = () => {};
  const toldToEnd = new Promise<void>((resolve) => told = resolve);
  options.signal.addEventListener("abort", told, { once: true });
  await Promise.race([work, toldToEnd]);
  options.signal.removeEventListener("abort", told);
  if (options.signal.aborted) await Promise.race([work, options.clock.sleep(STOP_PATIENCE)]);
}
