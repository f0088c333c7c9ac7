import type { JsonObject } from "../../lib/json.ts";
import { CommandError } from "../../lib/errors.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { Definition } from "../definition.ts";
import type { Scope } from "../expressions/evaluate.ts";
import { budgetMs, timeUsedUp, tookTooLong, usedUp } from "../machine/budget.ts";
import type { Language } from "../engine/steps/language.ts";
import { wrongExpression } from "../engine/steps/outputs.ts";
import { pendingEffects } from "../machine/pending_effects.ts";
import { transition } from "../machine/machine.ts";
import { createReadySteps, type ReadyStep, type Tried } from "../engine/driver/ready_steps.ts";
import { type LoggedEvent, type OpenRun, openRun } from "../engine/journal/run_log.ts";
import { hasEnded, type RunEffect, type RunEvent } from "../machine/run.ts";
import { scopeOf } from "../engine/journal/scope.ts";
import { type StepAt, stepAt } from "../engine/journal/step_at.ts";
import { hasRoom } from "../machine/step_events.ts";
import { attemptOutcome } from "./outcome.ts";
import { createPlaces, type Places } from "./places.ts";
import type { CaseResults } from "./results.ts";

/** What is given for a run that is played. */
export interface Setting {
  definition: Definition;
  language: Language;
  values: JsonObject;
  environment: Readonly<Record<string, string>>;
  bead: JsonObject;
  /** When it begins, in ms since the epoch. */
  at: number;
  /** It is cancelled so long after it began, in ms. */
  cancel?: number;
  /** How steps end; where nothing is said they just succeed. */
  results: CaseResults;
}

/** A run that was played to its end, or until nothing more could happen. */
export interface Played {
  open: OpenRun;
  setting: Setting;
  /** When the last thing happened. */
  now: number;
  /** The steps in the order in which their attempts began. */
  begun: readonly string[];
  /** The command, prompt or message of the last attempt of each step. */
  texts: ReadonlyMap<string, string>;
}

/** A step that was begun more often is taken for one that does not end. */
const MOST_ATTEMPTS = 100_000;

interface Play extends Played {
  now: number;
  begun: string[];
  texts: Map<string, string>;
  queue: RunEffect[];
  /** Steps that may begin as soon as there is room, those that wait for the same room in one queue. */
  ready: ReturnType<typeof createReadySteps>;
  /** In which group each of them needs a place, where it needs one. */
  groups: Map<string, string>;
  places: Places;
  /** What is to happen, the earliest first, and in the order in which it was planned. */
  plan: { at: number; event: LoggedEvent }[];
}

/** Plays a run by a clock of its own; nothing is run. @throws {CommandError} `no_end` where it does not end. */
export function playRun(setting: Setting): Played {
  const { definition, values, environment, at, cancel } = setting;
  const begun = { definition, values, environment, folder: ".", by: "overseer" };
  const open = openRun("run@0" as OpenRun["key"], { begun, at });
  const play: Play = {
    open,
    setting,
    now: at,
    begun: [],
    texts: new Map(),
    queue: pendingEffects(open.rules, open.run),
    ready: createReadySteps(),
    groups: new Map(),
    places: createPlaces(),
    plan: [],
  };
  if (definition.timeout !== undefined) {
    later(play, {
      at: at + definition.timeout,
      event: { kind: "expired", text: tookTooLong(definition.timeout) },
    });
  }
  const time = budgetMs(definition.budget);
  if (time !== undefined) {
    const of = formatDuration(time);
    const text = usedUp({ spent: of, of }).text;
    later(play, { at: at + time, event: { kind: "expired", text, of: "budget" } });
  }
  if (cancel !== undefined) later(play, { at: at + cancel, event: { kind: "cancelled", by: "overseer" } });
  for (;;) {
    settle(play);
    const next = hasEnded(play.open.run) ? undefined : play.plan.shift();
    if (!next) return play;
    if (push({ ...play, now: next.at }, next.event)) play.now = next.at;
  }
}

function later({ plan }: Play, planned: Play["plan"][number]): void {
  let from = 0;
  let to = plan.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (plan[middle]!.at <= planned.at) from = middle + 1;
    else to = middle;
  }
  plan.splice(from, 0, planned);
}

/** Makes an event happen if it may: what an attempt that is over still says is not heard. */
function push(play: Play, event: LoggedEvent): boolean {
  const { open, now } = play;
  const outcome = transition(open.rules, { run: open.run, event: { ...event, at: now } as RunEvent });
  if (outcome.kind !== "moved") return false;
  Object.assign(open, { run: outcome.run });
  play.queue.push(...outcome.effects);
  return true;
}

/** Does all that follows at once. */
function settle(play: Play): void {
  const { queue, ready } = play;
  do {
    for (let at = 0; at < queue.length; at++) answer(play, queue[at]!);
    queue.length = 0;
    ready.startThose((step) => startStep(play, step));
  } while (queue.length > 0);
}

/** Where steps stand that are no elements: there may be ten thousand that wait for a place in the same group. */
const ALONE = -1;

/** Puts a step in a queue with those that wait for the same. */
function launch(play: Play, id: string): void {
  const { open, setting: { language } } = play;
  const step = stepAt(open, id);
  const { definition: { action, concurrency }, record, index, attempt } = step;
  try {
    const name = concurrency && language.fill(concurrency.group, scopeFor(play, step)).trim().normalize();
    if (name !== undefined) play.groups.set(id, name);
    const group = `${action.kind === "gate"} ${concurrency?.limit} ${name}`;
    play.ready.add({ id, index, fanOut: record.of ?? ALONE, group });
  } catch (error) {
    push(play, { kind: "failed", step: id, attempt, ...wrongExpression(error) });
  }
}

function startStep(play: Play, { id: step, index, fanOut }: ReadyStep): Tried {
  const { open, now, groups, places } = play;
  const { definition, record, attempt } = stepAt(open, step);
  if (record.status !== "ready") return "gone";
  // A gate needs no room, so it may still begin among steps that stand alone.
  if (!hasRoom(open.rules, { run: open.run, index })) return fanOut === ALONE ? "held" : "crowded";
  const reason = timeUsedUp(definition, { record, now });
  if (reason) {
    push(play, { kind: "failed", step, attempt, reason });
    return "gone";
  }
  const { concurrency } = definition;
  if (concurrency && !places.take({ step, group: groups.get(step)!, limit: concurrency.limit })) {
    return "held";
  }
  push(play, { kind: "started", step });
  return "started";
}

function answer(play: Play, effect: RunEffect): void {
  switch (effect.kind) {
    case "decide":
    case "spread":
      push(play, worked(play, effect));
      return;
    case "launch":
      launch(play, effect.step);
      return;
    case "perform":
      perform(play, stepAt(play.open, effect.step));
      return;
    case "stop":
      push(play, { kind: "stopped", step: effect.step, attempt: effect.attempt });
      return;
    case "await":
      play.places.free(effect.step);
      later(play, { at: effect.until, event: { kind: "due", step: effect.step } });
      return;
    case "conclude":
      play.places.free(effect.step);
      return;
    case "withdraw":
    case "close":
      return;
  }
}

function worked(play: Play, { kind, step: id }: RunEffect & { kind: "decide" | "spread" }): LoggedEvent {
  const { language } = play.setting;
  const step = stepAt(play.open, id);
  const scope = scopeFor(play, step);
  const { when, matrix, forEach } = step.definition;
  try {
    if (kind === "decide") return { kind: "decided", step: id, holds: language.holds(when!, scope) };
    return { kind: "spread", step: id, items: matrix ?? language.elements(forEach!, scope) };
  } catch (error) {
    return { kind: "failed", step: id, attempt: step.attempt, ...wrongExpression(error) };
  }
}

function scopeFor({ open, now, setting }: Play, step: StepAt): Scope {
  return { ...scopeOf(open, { step, now }), bead: setting.bead };
}

function perform(play: Play, step: StepAt): void {
  const { setting, begun, texts, now } = play;
  if (step.attempt > MOST_ATTEMPTS) throw noEnd(setting.definition, step);
  begun.push(step.id);
  const outcome = attemptOutcome(setting.language, {
    step,
    scope: scopeFor(play, step),
    result: setting.results.of(step) ?? {},
    now,
  });
  if (outcome.text !== undefined) texts.set(step.id, outcome.text);
  if (outcome.event) later(play, { at: outcome.at, event: outcome.event });
}

function noEnd({ name }: Definition, { id }: StepAt): CommandError {
  const message = `Cannot play "${name}": "${id}" does not end, it was begun ${MOST_ATTEMPTS} times`;
  return new CommandError("refused", message, { code: "no_end" });
}
