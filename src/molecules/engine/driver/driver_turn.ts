import { timeUsedUp } from "../../machine/budget.ts";
import { groupOfStep, placeOfRun, placeOfStep } from "./driver_place.ts";
import { wrongExpression } from "../steps/outputs.ts";
import { isPausedAbove } from "../journal/known_runs.ts";
import type { LoggedEvent, OpenRun } from "../journal/run_log.ts";
import type { RunChange } from "../journal/run_store.ts";
import type { RunEffect } from "../../machine/run.ts";
import { scopeOf } from "../journal/scope.ts";
import { type StepAt, stepAt } from "../journal/step_at.ts";
import { hasRoom } from "../../machine/step_events.ts";
import type { Driver } from "./driver_state.ts";
import type { ReadyStep, Tried } from "./ready_steps.ts";

/** What came of a turn. */
export interface Answered {
  /** What is to be done outside once all is written. */
  acts: readonly RunEffect[];
  /** The steps that something happened to. */
  touched: ReadonlySet<string>;
}

/** A turn of a driver within one change of the ledger. */
interface Turn {
  driver: Driver;
  change: RunChange;
  queue: RunEffect[];
  acts: RunEffect[];
  touched: Set<string>;
}

/** Makes what has happened happen to the run, with all that follows from it without waiting for anything. */
export function answerEffects(
  driver: Driver,
  { change, inbox, asked }: { change: RunChange; inbox: readonly LoggedEvent[]; asked: readonly RunEffect[] },
): Answered {
  const { news } = change;
  const turn: Turn = {
    driver,
    change,
    queue: [...asked, ...news.effects],
    acts: [],
    touched: new Set(news.steps),
  };
  for (const event of inbox) push(turn, event);
  do {
    // Not shifted off: a fan-out may ask for ten thousand things at once.
    for (let at = 0; at < turn.queue.length; at++) answer(turn, turn.queue[at]!);
    turn.queue = [];
    if (!driver.leaving) startSteps(turn);
  } while (turn.queue.length > 0);
  return turn;
}

function push({ driver, change, queue, touched }: Turn, event: LoggedEvent): boolean {
  const outcome = change.push(event);
  if (outcome.kind !== "moved") return false;
  if ("step" in event) {
    touched.add(event.step);
    if (event.kind !== "started" && event.kind !== "opened") driver.working.delete(event.step);
  }
  queue.push(...outcome.effects);
  return true;
}

function answer(turn: Turn, effect: RunEffect): void {
  const { acts } = turn;
  if ("step" in effect) turn.touched.add(effect.step);
  switch (effect.kind) {
    case "decide":
    case "spread":
      push(turn, worked(turn, effect));
      return;
    case "launch":
      launch(turn, effect.step);
      return;
    case "perform":
      resume(turn, effect);
      return;
    default:
      acts.push(effect);
  }
}

function launch(turn: Turn, id: string): void {
  const { driver, change } = turn;
  const open = change.open();
  const step = stepAt(open, id);
  const { index, record, definition, attempt } = step;
  try {
    const group = groupOfStep(driver, { open, step, now: change.transaction.now });
    const into = definition.action.kind === "run" ? driver.commands : driver.others;
    into.add({ id, index, fanOut: record.of ?? index, group });
  } catch (error) {
    push(turn, { kind: "failed", step: id, attempt, ...wrongExpression(error) });
  }
}

/** Why an attempt cannot be found again here. */
const MOVED = "it ran on another machine, or on this one before that was started anew or .beads was removed";

/** An attempt that another machine began cannot be found again here. */
function resume(turn: Turn, effect: RunEffect & { kind: "perform" }): void {
  const { driver, change, acts } = turn;
  const { step: id, attempt } = effect;
  const { definition } = stepAt(change.open(), id);
  const isCommand = definition.action.kind === "run";
  const isLost = isCommand && driver.options.moved && !driver.working.has(id);
  if (isLost) {
    push(turn, {
      kind: "failed",
      step: id,
      attempt,
      reason: { kind: "unknown", text: MOVED },
    });
    return;
  }
  if (isCommand) driver.working.add(id);
  acts.push(effect);
}

/** The answer to a question about an expression. */
function worked({ driver, change }: Turn, effect: RunEffect & { kind: "decide" | "spread" }): LoggedEvent {
  const open = change.open();
  const step = stepAt(open, effect.step);
  try {
    return effect.kind === "decide"
      ? decision(driver, { open, step, change })
      : items(driver, { open, step, change });
  } catch (error) {
    return { kind: "failed", step: step.id, attempt: step.attempt, ...wrongExpression(error) };
  }
}

interface Question {
  open: OpenRun;
  step: StepAt;
  change: RunChange;
}

function decision({ deps: { language } }: Driver, { open, step, change }: Question): LoggedEvent {
  const scope = scopeOf(open, { step, now: change.transaction.now });
  return { kind: "decided", step: step.id, holds: language.holds(step.definition.when!, scope) };
}

function items({ deps: { language } }: Driver, { open, step, change }: Question): LoggedEvent {
  const { matrix, forEach } = step.definition;
  const scope = scopeOf(open, { step, now: change.transaction.now });
  return { kind: "spread", step: step.id, items: matrix ?? language.elements(forEach!, scope) };
}

/** Begins the steps for which there is room, and leaves what room it does not need to other runs. */
function startSteps(turn: Turn): void {
  const { driver: { working } } = turn;
  if (!beginSteps(turn)) working.withdraw();
  working.share();
}

/** Begins steps; true when one more could begin, were there room for its command. */
function beginSteps(turn: Turn): boolean {
  const { driver, change } = turn;
  const { commands, others, working, waits, options: { mayBegin }, deps: { runs } } = driver;
  waits.clear();
  driver.isPausedAbove = driver.isHeldUp = false;
  if (change.open().run.status !== "running" || commands.size + others.size === 0) return false;
  driver.isPausedAbove = isPausedAbove(runs, change.open());
  driver.isHeldUp = mayBegin?.() === false;
  if (driver.isPausedAbove || driver.isHeldUp) return false;
  const place = placeOfRun(driver, { open: change.open(), now: change.transaction.now });
  if (place !== "taken") {
    if (place !== "none") push(turn, place);
    return false;
  }
  others.startThose((step) => startStep(turn, step));
  const tell = () => {
    driver.looksAgain = true;
    driver.alarm.ring();
  };
  let isShort = false;
  commands.startThose((step) => {
    if (isFull(change.open())) return "full";
    isShort = !working.hasRoom(tell);
    return isShort ? "full" : startStep(turn, step);
  });
  return isShort;
}

function isFull({ rules: { definition: { maxParallel } }, run }: OpenRun): boolean {
  return maxParallel !== undefined && run.active >= maxParallel;
}

function startStep(turn: Turn, { id, group }: ReadyStep): Tried {
  const { change, driver } = turn;
  const open = change.open();
  const step = stepAt(open, id);
  const { record, index, definition } = step;
  if (record.status !== "ready") return "gone";
  const reason = timeUsedUp(definition, { record, now: change.transaction.now });
  if (reason) {
    push(turn, { kind: "failed", step: id, attempt: step.attempt, reason });
    return "gone";
  }
  if (!hasRoom(open.rules, { run: open.run, index })) return "crowded";
  if (placeOfStep(driver, { open, step, group }) === "none") return "held";
  if (definition.action.kind === "run") driver.working.add(id);
  return push(turn, { kind: "started", step: id }) ? "started" : "gone";
}
