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
import { type LoggedEvent, type OpenRun, openRun } from "../engine/journal/run_log.ts";
import { hasEnded, type RunEffect, type RunEvent } from "../machine/run.ts";
import { scopeOf } from "../engine/journal/scope.ts";
import { type StepAt, stepAt } from "../engine/journal/step_at.ts";
import { hasRoom } from "../machine/step_events.ts";
import { attemptOutcome } from "./outcome.ts";
import { type Groups, takesPlace } from "./places.ts";
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

/** More than this happens in no run that ends. */
const MOST_EVENTS = 200_000;

interface Play extends Played {
  now: number;
  begun: string[];
  texts: Map<string, string>;
  queue: RunEffect[];
  /** Steps that may begin as soon as there is room. */
  ready: Set<string>;
  groups: Groups;
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
    ready: new Set(),
    groups: new Map(),
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
  for (let count = 0; count < MOST_EVENTS; count++) {
    settle(play);
    const next = hasEnded(play.open.run) ? undefined : play.plan.shift();
    if (!next) return play;
    if (push({ ...play, now: next.at }, next.event)) play.now = next.at;
  }
  throw new CommandError("refused", `Cannot play "${definition.name}": it does not end`, { code: "no_end" });
}

function later({ plan }: Play, planned: Play["plan"][number]): void {
  let place = plan.length;
  while (place > 0 && plan[place - 1]!.at > planned.at) place--;
  plan.splice(place, 0, planned);
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
    for (let effect = queue.shift(); effect; effect = queue.shift()) answer(play, effect);
    for (const id of ready) {
      const { record, index } = stepAt(play.open, id);
      if (record.status === "ready" && !hasRoom(play.open.rules, { run: play.open.run, index })) continue;
      const begun = record.status === "ready" ? startOf(play, stepAt(play.open, id)) : undefined;
      if (begun === "waits") continue;
      ready.delete(id);
      if (begun) push(play, begun);
    }
  } while (queue.length > 0);
}

/** How a step begins, unless it waits for a place in its group. */
function startOf(play: Play, at: StepAt): LoggedEvent | "waits" {
  const { id: step, attempt, definition, record } = at;
  const { now, open, groups, setting: { language } } = play;
  const reason = timeUsedUp(definition, { record, now });
  if (reason) return { kind: "failed", step, attempt, reason };
  try {
    const scope = scopeFor(play, at);
    return takesPlace(groups, { open, step: at, language, scope }) ? { kind: "started", step } : "waits";
  } catch (error) {
    return { kind: "failed", step, attempt, ...wrongExpression(error) };
  }
}

function answer(play: Play, effect: RunEffect): void {
  switch (effect.kind) {
    case "decide":
    case "spread":
      push(play, worked(play, effect));
      return;
    case "launch":
      play.ready.add(effect.step);
      return;
    case "perform":
      perform(play, stepAt(play.open, effect.step));
      return;
    case "stop":
      push(play, { kind: "stopped", step: effect.step, attempt: effect.attempt });
      return;
    case "await":
      later(play, { at: effect.until, event: { kind: "due", step: effect.step } });
      return;
    case "conclude":
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
