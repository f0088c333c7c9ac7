import type { Json } from "../../lib/json.ts";
import { noTimeLeft } from "./budget.ts";
import { endFanOut, endStep, idAt, isEnded, moveStep, rulesAt, type RunDraft } from "./draft.ts";
import { STEP_LEGAL, type StepEventKind } from "./machine_table.ts";
import type { RunRules } from "./rules.ts";
import { retryDelay } from "./retry_delay.ts";
import type { Reason, RunEvent, RunState, StepRecord } from "./run.ts";
import { answerOfNeeds, makeReady } from "./settle.ts";
import { recordAt } from "./step_list.ts";
import { stepNumber } from "./step_number.ts";

/** An event of one step. */
export type StepEvent = RunEvent & { kind: StepEventKind };

/** Changes the step that an event is about; says why not, or `same` when it had happened already. */
export function applyToStep(draft: RunDraft, event: StepEvent): string | undefined {
  const index = stepNumber(draft.rules, { steps: draft.steps, step: event.step });
  if (index === undefined) return `there is no step "${event.step}"`;
  const record = draft.steps.get(index);
  if ("attempt" in event && event.attempt !== record.attempt) {
    return `attempt ${event.attempt} of "${event.step}" is not the current one (${record.attempt})`;
  }
  if (isEnded(record) && record.status === event.kind) return "same";
  if (!STEP_LEGAL[event.kind].includes(record.status)) return `"${event.step}" is ${record.status}`;
  if (record.count !== undefined) {
    return `"${event.step}" is a fan-out: it is its elements that something happens to`;
  }
  switch (event.kind) {
    case "decided":
      return decide(draft, { index, holds: event.holds });
    case "spread":
      return spread(draft, { index, items: event.items });
    case "started":
      return start(draft, index);
    case "opened":
      open(draft, { index, bead: event.bead });
      return undefined;
    case "succeeded":
      return succeed(draft, { index, event });
    case "failed":
      return fail(draft, { index, event });
    case "stopped":
      if (!record.stopping) return `"${event.step}" was not told to stop`;
      endStep(draft, { index, status: "cancelled", ...reasonOfRun(draft) });
      return undefined;
    case "interrupted":
      if (record.stopping) endStep(draft, { index, status: "cancelled", ...reasonOfRun(draft) });
      else {
        draft.steps.set(index, { ...record, tries: Math.max(0, record.tries - 1) });
        makeReady(draft, index);
      }
      return undefined;
    case "due":
      makeReady(draft, index);
      return undefined;
  }
}

function open({ steps }: RunDraft, { index, bead }: { index: number; bead: string }): void {
  const { nested: _nested, ...record } = steps.get(index);
  steps.set(index, { ...record, bead });
}

function reasonOfRun({ run }: RunDraft): { reason?: Reason } {
  return run.reason ? { reason: { kind: "run", text: run.reason.text } } : {};
}

/** Whether it is time to work out the `when` of a step. */
export function isToBeDecided(draft: Pick<RunDraft, "rules" | "run" | "steps">, index: number): boolean {
  const { rules, run, steps } = draft;
  const record = steps.get(index);
  const own = rules.steps[index];
  if (record.status !== "pending") return false;
  if (!own) return true;
  return own.section === run.stage && own.decides === "once" && answerOfNeeds(own, record) === "met";
}

function decide(draft: RunDraft, { index, holds }: { index: number; holds: boolean }): string | undefined {
  if (!isToBeDecided(draft, index)) return `"${idAt(draft, index)}" waits for what it needs`;
  if (holds) makeReady(draft, index);
  else endStep(draft, { index, status: "skipped" });
  return undefined;
}

function spread(
  draft: RunDraft,
  { index, items }: { index: number; items: readonly Json[] },
): string | undefined {
  const { steps, at, effects } = draft;
  const { isFanOut, decides, id } = rulesAt(draft, index);
  const record = steps.get(index);
  if (!isFanOut || record.of !== undefined) return `"${id}" is no fan-out`;
  const first = steps.length();
  moveStep(draft, {
    index,
    status: "running",
    change: { first, count: items.length, ended: 0, active: 0, startedAt: at },
  });
  const status = decides === "each" ? "pending" : "ready";
  for (const [place, item] of items.entries()) {
    steps.push({
      status,
      since: at,
      attempt: record.attempt,
      tries: 0,
      open: 0,
      met: 0,
      skips: 0,
      of: index,
      item,
    });
    effects.push({ kind: status === "ready" ? "launch" : "decide", step: `${id}[${place}]` });
  }
  if (items.length === 0) endFanOut(draft, index);
  return undefined;
}

/** Whether there is room for another step at work. */
export function hasRoom(rules: RunRules, { run, index }: { run: RunState; index: number }): boolean {
  const steps = { get: (at: number) => recordAt(run.steps, at) };
  return limitReached({ rules, run, steps }, index) === undefined;
}

function limitReached(
  counted: { rules: RunRules; run: Pick<RunState, "active">; steps: Pick<RunDraft["steps"], "get"> },
  index: number,
): string | undefined {
  const { rules: { definition }, run, steps } = counted;
  const own = rulesAt(counted, index).definition;
  if (own.action.kind === "gate") return undefined;
  if (definition.maxParallel !== undefined && run.active >= definition.maxParallel) {
    return `${run.active} steps are at work, which is all that may be`;
  }
  const { of } = steps.get(index);
  if (of === undefined || own.maxParallel === undefined) return undefined;
  const { active = 0 } = steps.get(of);
  return active >= own.maxParallel
    ? `${active} of "${own.id}" are at work, which is all that may be`
    : undefined;
}

function start(draft: RunDraft, index: number): string | undefined {
  const { steps, at, effects } = draft;
  const { definition, isFanOut } = rulesAt(draft, index);
  const record = steps.get(index);
  if (isFanOut && record.of === undefined) {
    return `"${definition.id}" is a fan-out, its elements are what starts`;
  }
  const full = limitReached(draft, index);
  if (full !== undefined) return full;
  const attempt = record.attempt + 1;
  const { kind } = definition.action;
  moveStep(draft, {
    index,
    status: kind === "run" || kind === "molecule" ? "running" : "waiting",
    change: {
      attempt,
      tries: record.tries + 1,
      startedAt: at,
      ...(definition.budget && !record.budgetFrom ? { budgetFrom: { at, attempt } } : {}),
    },
    drop: ["bead", "reason", "code", "cached"],
  });
  effects.push({ kind: "perform", step: idAt(draft, index), attempt });
  return undefined;
}

function succeed(
  draft: RunDraft,
  { index, event }: { index: number; event: RunEvent & { kind: "succeeded" } },
): string | undefined {
  const { steps, at, effects } = draft;
  const record = steps.get(index);
  const change: Partial<StepRecord> = {
    ...(event.outputs ? { outputs: event.outputs } : {}),
    ...(event.code === undefined ? {} : { code: event.code }),
    ...(event.cached === undefined ? {} : { cached: event.cached }),
  };
  const { definition } = rulesAt(draft, index);
  const { repeat } = definition;
  if (!repeat || !event.again) {
    endStep(draft, {
      index,
      status: "succeeded",
      change: { ...change, ...(repeat ? { rounds: rounds(record) } : {}) },
    });
    return undefined;
  }
  if (record.stopping) {
    endStep(draft, { index, status: "cancelled", change, ...reasonOfRun(draft) });
  } else if (rounds(record) >= repeat.max) {
    const reason: Reason = { kind: "repeat", text: `"until" was not true after ${repeat.max} times` };
    endStep(draft, { index, status: "failed", change: { ...change, rounds: rounds(record) }, reason });
  } else {
    const notBefore = at + repeat.delay;
    const why = '"until" was not true';
    const late = noTimeLeft(definition, { record, now: at, notBefore, why });
    if (late) {
      endStep(draft, {
        index,
        status: "failed",
        change: { ...change, rounds: rounds(record) },
        reason: late,
      });
      return undefined;
    }
    moveStep(draft, {
      index,
      status: "retrying",
      change: { ...change, rounds: rounds(record), tries: 0, notBefore },
    });
    effects.push({ kind: "await", step: idAt(draft, index), until: notBefore });
  }
  return undefined;
}

function rounds(record: StepRecord): number {
  return (record.rounds ?? 0) + 1;
}

function fail(
  draft: RunDraft,
  { index, event }: { index: number; event: RunEvent & { kind: "failed" } },
): string | undefined {
  const { steps, at, effects } = draft;
  const record = steps.get(index);
  if (record.status === "pending" && !isToBeDecided(draft, index)) return `"${event.step}" is pending`;
  const { reason } = event;
  const change: Partial<StepRecord> = event.code === undefined ? {} : { code: event.code };
  const { definition } = rulesAt(draft, index);
  const { retry } = definition;
  if (record.stopping) endStep(draft, { index, status: "cancelled", change, ...reasonOfRun(draft) });
  else if (
    record.tries > 0 && record.tries < retry.attempts && retry.on.some((kind) => kind === reason.kind)
  ) {
    const notBefore = at + Math.round(retryDelay(retry, record.tries));
    const late = noTimeLeft(definition, { record, now: at, notBefore, why: reason.text });
    if (late) {
      endStep(draft, { index, status: "failed", change, reason: late });
      return undefined;
    }
    moveStep(draft, { index, status: "retrying", change: { ...change, reason, notBefore } });
    const step = idAt(draft, index);
    const { attempt, bead } = record;
    if (bead !== undefined) effects.push({ kind: "withdraw", step, attempt, why: reason.text, bead });
    effects.push({ kind: "await", step, until: notBefore });
  } else endStep(draft, { index, status: "failed", change, reason });
  return undefined;
}
