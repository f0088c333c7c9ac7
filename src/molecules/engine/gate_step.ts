import type { JsonObject } from "../../lib/json.ts";
import { CommandError } from "../../lib/errors.ts";
import type { GateCondition } from "../definition.ts";
import { reasonOf } from "./bead_step.ts";
import { nextCron } from "./cron.ts";
import { type Asked, askedGate } from "./gate_asked.ts";
import { openGateBead, tellAbout } from "./gate_bead.ts";
import { gateMail } from "./gate_mail.ts";
import { succeeded } from "./outputs.ts";
import { type Order, type Performance, type PerformDeps, waiting } from "./performance.ts";
import { tellOfBead, whenClosed } from "./step_bead.ts";

/** How a gate is looked at: it opens, it fails, or it stays shut. */
export interface Opening {
  open(outputs?: JsonObject): void;
  fail(text: string): void;
  /** Adds something to be stopped when the gate is over. */
  until(stop: () => void): void;
  readonly signal: AbortSignal;
}

/** Waits at a gate until it opens or its time is over. */
export function performGate(deps: PerformDeps, order: Order): Performance {
  const { step: { definition: { action, timeout }, id: step, attempt, record }, tell } = order;
  if (action.kind !== "gate") throw new Error(`"${step}" is no gate`);
  const { condition, onTimeout, escalate } = action.gate;
  const over = new AbortController();
  const stops: (() => void)[] = [];
  const stop = () => {
    over.abort();
    for (const each of stops.splice(0)) each();
  };
  const once = (say: () => void) => {
    if (over.signal.aborted) return;
    stop();
    say();
  };
  const opening: Opening = {
    signal: over.signal,
    open: (given = {}) =>
      once(() => tell(succeeded(deps.language, { step: order.step, scope: order.scope, given }))),
    fail: (text) => once(() => tell({ kind: "failed", step, attempt, reason: { kind: "failed", text } })),
    until: (each) => over.signal.aborted ? each() : stops.push(each),
  };
  const after = (ms: number, then: () => void) => {
    const { clock } = deps.ports;
    const left = Math.max(0, (record.startedAt ?? clock.now()) + ms - clock.now());
    clock.sleep(left, over.signal).then(() => over.signal.aborted || then());
  };
  if (timeout !== undefined) {
    after(timeout, () => {
      if (onTimeout === "succeed") opening.open();
      else {once(() =>
          tell({
            kind: "failed",
            step,
            attempt,
            reason: { kind: "timeout", text: "nothing opened it in time" },
          })
        );}
    });
  }
  try {
    if (escalate) after(escalate.after, () => tellAbout(deps, { order, to: escalate.to, late: true }));
    waitAt(deps, { order, condition, opening });
  } catch (error) {
    queueMicrotask(() => once(() => tell({ kind: "failed", step, attempt, reason: reasonOf(error) })));
  }
  return waiting(order, stop);
}

interface Gate {
  order: Order;
  condition: GateCondition;
  opening: Opening;
}

function waitAt(deps: PerformDeps, { order, condition, opening }: Gate): void {
  switch (condition.type) {
    case "human": {
      const bead = openGateBead(deps, { order, condition });
      if (bead) {
        opening.until(whenClosed(deps, { key: bead.key, then: (closed) => tellOfBead(deps, order, closed) }));
      }
      return;
    }
    case "timer":
    case "cron":
      return waitUntil(deps, { at: momentOf(deps, { order, condition }), opening });
    case "bead":
      return waitForBead(deps, { id: deps.language.fill(condition.bead, order.scope).trim(), opening });
    case "mail":
      return gateMail(deps, { order, condition, opening });
    case "command":
    case "gh:run":
    case "gh:pr":
      return askAgain(deps, { asked: askedGate(deps, { order, condition }), opening });
  }
}

/** Long sleeps are taken in parts: a timer of the system holds 24 days. */
const LONGEST_SLEEP = 86_400_000;

function waitUntil(
  { ports: { clock } }: PerformDeps,
  { at, opening }: { at: number; opening: Opening },
): void {
  const wait = async (): Promise<void> => {
    while (!opening.signal.aborted && clock.now() < at) {
      await clock.sleep(Math.min(at - clock.now(), LONGEST_SLEEP), opening.signal);
    }
    opening.open();
  };
  wait();
}

function momentOf(
  { language }: PerformDeps,
  { order, condition }: { order: Order; condition: GateCondition & { type: "timer" | "cron" } },
): number {
  const began = order.step.record.startedAt ?? 0;
  if (condition.type === "cron") {
    const { schedule, timezone } = condition;
    const next = nextCron(schedule, { after: began, ...(timezone === undefined ? {} : { timezone }) });
    if (next === undefined) throw wrong(`"${schedule}" never comes`);
    return next;
  }
  if ("for" in condition) return began + condition.for;
  const text = language.fill(condition.until, order.scope).trim();
  const at = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
  if (Number.isNaN(at)) throw wrong(`"${text}" is no moment: RFC 3339 or seconds since 1970 are`);
  return at;
}

function wrong(text: string): CommandError {
  return new CommandError("refused", text, { code: "gate_wrong" });
}

function waitForBead(
  { watches, ledger }: PerformDeps,
  { id, opening }: { id: string; opening: Opening },
): void {
  opening.until(watches.add(() => {
    const bead = ledger.view.beadById(id);
    if (!bead || bead.deleted) opening.fail(`there is no bead "${id}"`);
    else if (bead.status === "closed") opening.open({ reason: bead.close_reason ?? "" });
  }));
}

function askAgain(
  { ports: { clock } }: PerformDeps,
  { asked, opening }: { asked: Asked; opening: Opening },
): void {
  const ask = async (): Promise<void> => {
    for (
      let pause = asked.every;
      !opening.signal.aborted;
      pause = Math.min(asked.maxEvery, pause * asked.factor)
    ) {
      const answer = await asked.ask();
      if (answer.kind === "open") return opening.open(answer.outputs);
      if (answer.kind === "failed") return opening.fail(answer.text);
      await clock.sleep(pause, opening.signal);
    }
  };
  ask().catch((error) => opening.fail((error as Error).message));
}
