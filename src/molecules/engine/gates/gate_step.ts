import { CommandError } from "../../../lib/errors.ts";
import { parseMoment } from "../../../lib/moment.ts";
import type { Bead } from "../../../ledger/ledger.ts";
import type { GateCondition } from "../../definition.ts";
import type { Reason } from "../../machine/run.ts";
import { nextCron } from "./cron.ts";
import { gateAsked } from "./gate_asked.ts";
import { escalateGate, openGateBead, tellOfDecision } from "./gate_bead.ts";
import { gateMail } from "./gate_mail.ts";
import { succeeded } from "../steps/outputs.ts";
import { sleepUntil } from "../../../ports/clock.ts";
import type { Order, Performance, PerformDeps } from "../steps/performance.ts";
import { whenClosed } from "../steps/step_bead.ts";
import { guarded } from "../steps/trouble.ts";
import type { Opening } from "./gate_opening.ts";
import { unopened } from "./unopened.ts";

/** Waits at a gate until it opens or its time is over. */
export function performGate(deps: PerformDeps, order: Order): Performance {
  const { step: { definition: { action, timeout }, id: step, attempt, record }, tell } = order;
  if (action.kind !== "gate") throw new Error(`"${step}" is no gate`);
  const { condition, onTimeout, escalate } = action.gate;
  const began = record.startedAt ?? deps.ports.clock.now();
  const { signal, once, stop, until } = createEnd();
  const opening: Opening = {
    signal,
    ...(timeout === undefined ? {} : { by: began + timeout }),
    open: (given = {}) =>
      once(() => tell(succeeded(deps.language, { step: order.step, scope: order.scope, given }))),
    fail: (text) => fail({ kind: "failed", text }),
    giveUp() {
      if (onTimeout === "succeed") return opening.open();
      fail(unopened(timeout ?? 0, opening.trouble));
    },
    until,
  };
  const fail = (reason: Reason) => once(() => tell({ kind: "failed", step, attempt, reason }));
  if (escalate) {
    const tellLate = async () => {
      await sleepUntil(deps.ports.clock, { at: began + escalate.after, signal });
      if (!signal.aborted) escalateGate(deps, { order, to: escalate.to });
    };
    guarded(deps, { work: tellLate, fail });
  }
  guarded(deps, { work: () => waitAt(deps, { order, condition, opening }), fail });
  return {
    async stop() {
      await stop();
      tell({ kind: "stopped", step, attempt });
    },
    interrupt: async () => await stop(),
    drop: stop,
  };
}

/** The end of a gate: once, and said when all that belongs to it has ended. */
function createEnd() {
  const over = new AbortController();
  const stops: (() => void | Promise<void>)[] = [];
  let rest: Promise<void> | undefined;
  const stop = (): Promise<void> | undefined => {
    over.abort();
    const ends = stops.splice(0).map((each) => each()).filter((end) => end !== undefined);
    if (ends.length > 0) rest = Promise.all([rest, ...ends]).then(() => {});
    return rest;
  };
  return {
    signal: over.signal,
    stop,
    once(say: () => void) {
      if (over.signal.aborted) return;
      const ended = stop();
      if (ended) ended.then(say);
      else say();
    },
    until(each: () => void | Promise<void>) {
      if (over.signal.aborted) each();
      else stops.push(each);
    },
  };
}

interface Gate {
  order: Order;
  condition: GateCondition;
  opening: Opening;
}

function waitAt(deps: PerformDeps, { order, condition, opening }: Gate): void {
  switch (condition.type) {
    case "human": {
      giveUpInTime(deps, opening);
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
      giveUpInTime(deps, opening);
      return waitForBead(deps, { id: deps.language.fill(condition.bead, order.scope).trim(), opening });
    case "mail":
      giveUpInTime(deps, opening);
      return gateMail(deps, { order, condition, opening });
    case "command":
    case "gh:run":
    case "gh:pr":
      return gateAsked(deps, { order, condition, opening });
  }
}

function giveUpInTime(deps: PerformDeps, { by, signal, giveUp, fail }: Opening): void {
  if (by === undefined) return;
  const work = () => sleepUntil(deps.ports.clock, { at: by, signal }).then(() => signal.aborted || giveUp());
  guarded(deps, { work, fail: ({ text }) => fail(text) });
}

/** Whoever drives the run may look at it long after both moments: then the first of them counts. */
function waitUntil(deps: PerformDeps, { at, opening }: { at: number; opening: Opening }): void {
  const { by = Infinity, signal } = opening;
  if (at > by) return giveUpInTime(deps, opening);
  const work = () => sleepUntil(deps.ports.clock, { at, signal }).then(() => opening.open());
  guarded(deps, { work, fail: ({ text }) => opening.fail(text) });
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
  const at = parseMoment(text);
  if (at === undefined) throw wrong(`"${text}" is no moment: RFC 3339 or seconds since 1970 are`);
  return at;
}

function wrong(text: string): CommandError {
  return new CommandError("refused", text, { code: "gate_wrong" });
}

function waitForBead(
  deps: PerformDeps,
  { id, opening }: { id: string; opening: Opening },
): void {
  const told = (bead: Bead | undefined) => {
    if (!bead || bead.deleted) opening.fail(`there is no bead "${id}"`);
    else opening.open({ reason: bead.close_reason ?? "" });
  };
  const bead = deps.ledger.view.beadById(id);
  if (bead) opening.until(whenClosed(deps, { key: bead.key, then: told }));
  else told(bead);
}
