/**
 * The driver of a run: answers what the machine asks for, one write of the ledger for all that happened at once.
 *
 * @module
 */
import { faultPoint } from "../../../ports/fault.ts";
import { tidyHeap } from "../../../ports/memory.ts";
import { createAlarm } from "../../../town/loops/alarm.ts";
import type { StepAction } from "../../definition.ts";
import { createReadySteps } from "./ready_steps.ts";
import { type Answered, answerEffects } from "./driver_turn.ts";
import { watchRun } from "./driver_limits.ts";
import { pendingEffects } from "../../machine/pending_effects.ts";
import { isPausedAbove, stepsAround } from "../journal/known_runs.ts";
import type { Sight } from "./lookout.ts";
import type { LoggedEvent, OpenRun } from "../journal/run_log.ts";
import { changeRun, type RunChange } from "../journal/run_store.ts";
import { hasEnded, type RunEffect } from "../../machine/run.ts";
import { DROPPED } from "../steps/performance.ts";
import { scopeOf } from "../journal/scope.ts";
import { stepAt } from "../journal/step_at.ts";
import { createTimers } from "./timers.ts";
import type { DriveOptions, Driver, DriverDeps } from "./driver_state.ts";

/** How driving ended. */
export interface Driven {
  /** `lost`: another driver has the run. `moved`: its text or what has happened is another now, it is to be driven anew. */
  kind: "ended" | "interrupted" | "lost" | "moved";
  open: OpenRun;
}

/** Drives a run until it has ended, the signal aborts, or another driver takes it. */
export async function driveRun(deps: DriverDeps, options: DriveOptions): Promise<Driven> {
  const { ports: { clock }, trouble } = deps;
  const { open, lease, signal } = options;
  const driver: Driver = {
    deps,
    options,
    open,
    inbox: [],
    asked: pendingEffects(open.rules, open.run),
    commands: createReadySteps(),
    others: createReadySteps(),
    unbegun: new Set(),
    working: options.working,
    performances: new Map(),
    timers: createTimers(),
    alarm: createAlarm(clock),
    mayHaveWritten: false,
    leaving: false,
    isOutdated: false,
    around: stepsAround(deps.runs, open),
    waits: new Map(),
    verdicts: new Map(),
    looksAt: Infinity,
    isPausedAbove: false,
    isHeldUp: false,
    looksAgain: false,
  };
  watchRun(driver);
  for (const each of [signal, trouble.signal]) each.addEventListener("abort", driver.alarm.ring);
  const sight = look(driver);
  try {
    for (;;) {
      if (signal.reason === DROPPED) return { kind: "interrupted", open: driver.open };
      if (signal.aborted) driver.leaving = true;
      const isNews = sight.look();
      if (isNews) deps.watches.look();
      const isDue = driver.inbox.length > 0 || driver.looksAgain || driver.asked.length > 0 ||
        isNews && (hasNews(driver) || goesOn(driver)) || driver.isHeldUp && options.mayBegin?.() !== false;
      if (isDue) sight.stirred();
      if (!lease.beat() || isDue && !turn(driver)) return await lose(driver);
      if (isDue && !driver.mayHaveWritten) sight.wrote();
      trouble.signal.throwIfAborted();
      if (driver.isOutdated) return { kind: "moved", open: driver.open };
      if (hasEnded(driver.open.run)) return { kind: "ended", open: driver.open };
      if (signal.aborted) return await leave(driver);
      beginSome(driver);
      const next = driver.timers.run(clock.now());
      // What was just begun may have opened a bead.
      const looks = driver.mayHaveWritten && sight.isBehind();
      driver.mayHaveWritten = false;
      const isMore = driver.unbegun.size > 0;
      // Whoever ends this program is heard.
      if (isMore) await clock.sleep(0);
      if (driver.inbox.length > 0 || driver.looksAgain || looks || isMore) continue;
      if (options.until?.(driver.open)) return await leave(driver);
      await driver.alarm.sleep(Math.max(0, Math.min(next - clock.now(), sight.longest())));
    }
  } finally {
    signal.removeEventListener("abort", driver.alarm.ring);
    sight.end();
    driver.leaving = true;
    driver.working.end();
    const ends = [...driver.performances.values()].map(({ performance }) => performance?.drop());
    lease.release();
    await Promise.all(ends);
  }
}

function look(driver: Driver): Sight {
  const { deps: { watches }, options: { lookout }, alarm: { ring } } = driver;
  return lookout.follow({
    key: driver.open.key,
    arrival: () => driver.open.arrival,
    heedsAll: () => !watches.isEmpty() || driver.isPausedAbove,
    asksAgain: () => driver.isHeldUp,
    ring,
  });
}

function hasNews({ deps: { ledger }, open }: Driver): boolean {
  return ledger.view.journal(open.key, open.arrival).length > 0;
}

/** Whether the pause of a run that this one is a part of, which held it up, is over. */
function goesOn({ deps: { runs }, open, isPausedAbove: wasPaused }: Driver): boolean {
  return wasPaused && !isPausedAbove(runs, open);
}

/** Writes what has happened with all that follows at once, then does what is to be done outside; false when fenced. */
function turn(driver: Driver): boolean {
  const { deps: { ledger }, options: { actor, lease, changed } } = driver;
  const inbox = driver.inbox.splice(0);
  driver.looksAgain = false;
  const asked = driver.asked.splice(0);
  const committed = changeRun(ledger, {
    open: driver.open,
    actor,
    term: lease.term,
    change(change) {
      if (change.news.again) return outdate(driver, { change, inbox });
      const answered = answerEffects(driver, { change, inbox, asked });
      makeReady(driver, { open: change.open(), acts: answered.acts });
      change.transaction.whenDurable(() => answered.acts.forEach((act) => allow(driver, act)));
      return answered;
    },
  });
  const before = driver.open.run.status;
  const hasWritten = committed.open.arrival !== driver.open.arrival;
  driver.open = committed.open;
  if (committed.kind === "fenced") return false;
  if (hasWritten) faultPoint("mol.after-write");
  const { acts, touched } = committed.result;
  const hasMoved = touched.size > 0 || acts.length > 0 || committed.open.run.status !== before;
  const ended = driver.isOutdated ? [] : inbox.filter((event) => "step" in event);
  for (const { step } of ended) forget(driver, step);
  for (const act of acts) perform(driver, act);
  // Told while the commands are at work already.
  if (hasMoved) changed?.(driver.open, touched);
  tidyHeap();
  return true;
}

/**
 * What was asked for before is not done: the steps may have other numbers, or what began them never happened. What has
 * happened since counts as far as it still may.
 */
function outdate(
  driver: Driver,
  { change, inbox }: { change: RunChange; inbox: readonly LoggedEvent[] },
): Answered {
  driver.isOutdated = true;
  const moved = inbox.filter((event) => change.push(event).kind === "moved");
  return { acts: [], touched: new Set(moved.flatMap((event) => "step" in event ? [event.step] : [])) };
}

/** A performance that has said how it ended is over. */
function forget({ performances, open }: Driver, id: string): void {
  const known = performances.get(id);
  if (!known) return;
  if (isUnderWay({ open }, { step: id, attempt: known.attempt })) return;
  known.performance?.drop();
  // The tables that a map has outgrown hold what was in them until all memory is looked through: let that be little.
  delete known.performance;
  performances.delete(id);
}

function isUnderWay(
  { open }: Pick<Driver, "open">,
  { step, attempt }: { step: string; attempt: number },
): boolean {
  const { record } = stepAt(open, step);
  return record.attempt === attempt && (record.status === "running" || record.status === "waiting");
}

function perform(driver: Driver, act: RunEffect): void {
  const { performances, timers, inbox } = driver;
  switch (act.kind) {
    case "perform":
      if (stepAt(driver.open, act.step).definition.action.kind !== "run") driver.unbegun.add(act);
      else {
        begin(driver, act);
        allow(driver, act);
      }
      return;
    case "stop":
      begin(driver, act);
      performances.get(act.step)?.performance?.stop();
      return;
    case "await":
      timers.add(act.until, () => inbox.push({ kind: "due", step: act.step }));
      return;
    case "conclude":
    case "withdraw":
      // Somebody else may have ended it: a gate that was approved.
      forget(driver, act.step);
      return;
    case "decide":
    case "spread":
    case "launch":
    case "close":
      return;
  }
}

/**
 * Starts the shells of commands that are to begin, while it is being written that they do: neither waits for the other.
 * A shell goes on when that is on disk, and ends where the write fails.
 */
function makeReady(driver: Driver, { open, acts }: { open: OpenRun; acts: readonly RunEffect[] }): void {
  for (const act of acts) {
    if (act.kind !== "perform") continue;
    const { action, cache } = stepAt(open, act.step).definition;
    if (action.kind === "run" && !cache) begin(driver, act, open);
  }
}

/** How long steps are begun at a time, in ms. */
const MOMENT_MS = 50;

/** Begins what is not begun yet, as much as a moment is enough for. */
function beginSome(driver: Driver): void {
  const { unbegun, deps: { ports: { clock } } } = driver;
  const end = clock.monotonic() + MOMENT_MS;
  for (const act of unbegun) {
    if (clock.monotonic() > end) return;
    unbegun.delete(act);
    // It may have been ended meanwhile.
    if (isUnderWay(driver, act)) begin(driver, act);
  }
}

/** What was begun is on disk. */
function allow({ performances }: Driver, act: RunEffect): void {
  if (act.kind === "perform") performances.get(act.step)?.performance?.allow?.();
}

function begin(
  driver: Driver,
  { step: id, attempt }: { step: string; attempt: number },
  open: OpenRun = driver.open,
): void {
  const { deps, performances, inbox, alarm } = driver;
  if (performances.get(id)?.attempt === attempt) return;
  const step = stepAt(open, id);
  if (step.attempt !== attempt) return;
  const performance = deps.performer({
    open,
    step,
    scope: scopeOf(open, { step, now: step.record.startedAt ?? 0 }),
    tell(event) {
      inbox.push(event);
      alarm.ring();
    },
  });
  if (mayWriteAtOnce(step.definition.action)) driver.mayHaveWritten = true;
  performances.set(id, { attempt, performance });
}

/** Whether carrying an action out may change the ledger before anything else happens: a bead opens, a message is taken. */
function mayWriteAtOnce(action: StepAction): boolean {
  if (action.kind !== "gate") return action.kind !== "run";
  const { type } = action.gate.condition;
  return type === "human" || type === "mail";
}

/** Ends what this process carries out, writes down that it did, and leaves the run to whoever comes next. */
async function leave(driver: Driver): Promise<Driven> {
  await interrupt(driver);
  driver.inbox.push({ kind: "left", term: driver.options.lease.term });
  if (!turn(driver)) return { kind: "lost", open: driver.open };
  driver.deps.trouble.signal.throwIfAborted();
  if (driver.isOutdated && !driver.options.signal.aborted) return { kind: "moved", open: driver.open };
  return { kind: hasEnded(driver.open.run) ? "ended" : "interrupted", open: driver.open };
}

/** Another driver has the run. On another machine it cannot find what is carried out here, which is ended then. */
async function lose(driver: Driver): Promise<Driven> {
  const { open, deps: { ledger } } = driver;
  if (open.drivenFrom !== ledger.replica) await interrupt(driver);
  return { kind: "lost", open };
}

async function interrupt(driver: Driver): Promise<void> {
  driver.leaving = true;
  driver.working.withdraw();
  driver.working.share();
  await Promise.all([...driver.performances.values()].map(({ performance }) => performance?.interrupt()));
}
