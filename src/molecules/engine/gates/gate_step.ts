import { formatDuration } from "../../../lib/duration.ts";
import { CommandError } from "../../../lib/errors.ts";
import type { GateCondition } from "../../definition.ts";
import { reasonOf } from "../steps/bead_step.ts";
import { nextCron } from "./cron.ts";
import { type Asked, askedGate } from "./gate_asked.ts";
import { openGateBead, tellAbout, tellOfDecision } from "./gate_bead.ts";
import { gateMail } from "./gate_mail.ts";
import { succeeded } from "../steps/outputs.ts";
import { sleepUntil } from "../../../ports/clock.ts";
import { type Order, type Performance, type PerformDeps, waiting } from "../steps/performance.ts";
import { whenClosed } from "../steps/step_bead.ts";
import type { Opening } from "./gate_opening.ts";

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
    sleepUntil(clock, { at: (record.startedAt ?? clock.now()) + ms, signal: over.signal })
      .then(() => over.signal.aborted || then());
  };
  if (timeout !== undefined) {
    after(timeout, () => {
      if (onTimeout === "succeed") return opening.open();
      const trouble = opening.trouble === undefined ? "" : `; the last time ${opening.trouble}`;
      const text = `nothing opened it within ${formatDuration(timeout)}${trouble}`;
      once(() => tell({ kind: "failed", step, attempt, reason: { kind: "timeout", text } }));
    });
  }
  try {
    if (escalate) after(escalate.after, () => tellAbout(deps, { order, to: escalate.to, late: true }));
    waitAt(deps, { order, condition, opening });
  } catch (error) {
    queueMicrotask(() => once(() => tell({ kind: "failed", step, attempt, reason: reasonOf(error) })));
  }
  return waiting(order, { stop });
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
        opening.until(
          whenClosed(deps, { key: bead.key, then: (closed) => tellOfDecision(deps, order, closed) }),
        );
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

function waitUntil(
  { ports: { clock } }: PerformDeps,
  { at, opening }: { at: number; opening: Opening },
): void {
  sleepUntil(clock, { at, signal: opening.signal }).then(() => opening.open());
}

/** When a timer or a cron line opens its gate, in ms since the epoch. @throws {CommandError} when that is never. */
export function momentOf(
  { language }: Pick<PerformDeps, "language">,
  { order, condition }: {
    order: Pick<Order, "step" | "scope">;
    condition: GateCondition & { type: "timer" | "cron" };
  },
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

/** The shortest time between two questions, in ms. */
const SHORTEST_PAUSE = 50;

function askAgain(
  { ports: { clock } }: PerformDeps,
  { asked, opening }: { asked: Asked; opening: Opening },
): void {
  const { signal } = opening;
  const ask = async (): Promise<void> => {
    for (let pause = asked.every; !signal.aborted; pause *= Math.max(1, asked.factor)) {
      const answer = await asked.ask(signal);
      if (answer.kind === "open") return opening.open(answer.outputs);
      if (answer.kind === "failed") return opening.fail(answer.text);
      opening.trouble = answer.why;
      const at = clock.now() + Math.max(SHORTEST_PAUSE, Math.min(asked.maxEvery, pause));
      await sleepUntil(clock, { at, signal });
    }
  };
  ask().catch((error) => opening.fail((error as Error).message));
}
