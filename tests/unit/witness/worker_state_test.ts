import { present } from "../../../src/lib/present.ts";
import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Observation } from "../../../src/lib/observation.ts";
import type { AttemptState } from "../../../src/work/attempt.ts";
import { decide, type WitnessAct, workerState, type WorkerView } from "../../../src/witness/worker_state.ts";

const now = 10_000_000;
const limits = { startTimeoutMs: 90_000, idleAfterMs: 60_000, stallAfterMs: 1_200_000, doorbells: 2 };
const states: AttemptState[] = [
  "hooked",
  "preparing",
  "starting",
  "working",
  "waiting",
  "submitted",
  "queued",
  "merging",
  "escalated",
  "merged",
  "no-code",
  "released",
];
const observations: Observation[] = ["alive", "gone", "unknown"];

function view(state: AttemptState, change: Partial<WorkerView> = {}): WorkerView {
  return {
    attempt: { state, since: now - 1_000 },
    session: "alive",
    signAt: now - 500,
    now,
    limits,
    ...change,
  };
}

function said(act: WitnessAct): string {
  return act.kind === "wait" ? `wait ${act.until - now}` : act.kind;
}

describe("how a worker is, by the state of its attempt and what is seen of its session", () => {
  const expected: Record<AttemptState, [string, string, string]> = {
    hooked: ["starting none", "starting none", "starting none"],
    preparing: ["starting none", "starting none", "starting none"],
    starting: ["starting wait 7000", "dead restart", "unknown none"],
    working: ["working wait 1199500", "dead restart", "unknown none"],
    waiting: ["waiting none", "dead restart", "unknown none"],
    submitted: ["done verify", "done verify", "done verify"],
    queued: ["done none", "done none", "done none"],
    merging: ["done none", "done none", "done none"],
    escalated: ["waiting none", "waiting none", "waiting none"],
    merged: ["done none", "done none", "done none"],
    "no-code": ["done none", "done none", "done none"],
    released: ["done none", "done none", "done none"],
  };
  for (const state of states) {
    for (const [at, session] of observations.entries()) {
      it(`${state}, session ${session}: ${expected[state][at]}`, () => {
        const seen = view(state, { session });
        assertEquals(`${workerState(seen)} ${said(decide(seen))}`, expected[state][at]);
      });
    }
  }
});

describe("what is done about a worker", () => {
  const long = { state: "working" as const, since: now - 5_000_000 };
  const idle = (change: Partial<WorkerView> = {}) =>
    view("working", {
      attempt: long,
      activity: { at: now - 60_000, event: "stop", busy: false },
      ...change,
    });
  const stalled = (change: Partial<WorkerView> = {}) =>
    view("working", { attempt: long, signAt: now - limits.stallAfterMs, ...change });

  it("starts again what has not reported in time, and not a moment earlier", () => {
    const started = (ago: number) => view("starting", { attempt: { state: "starting", since: now - ago } });
    assertEquals(said(decide(started(89_999))), "look");
    assertEquals(said(decide(started(90_000))), "restart");
  });

  it("looks for a dialog where a start takes long", () => {
    const started = (ago: number) => view("starting", { attempt: { state: "starting", since: now - ago } });
    assertEquals(said(decide(started(7_999))), "wait 1");
    assertEquals(said(decide(started(8_000))), "look");
  });

  it("tells a person of a question on a screen once it has stood there, and until it is answered", () => {
    const asks = (ago: number, event = "screen") =>
      view("working", { attempt: long, activity: { at: now - ago, event, busy: true, needs: "a decision" } });
    assertEquals(said(decide(asks(4_999))), "wait 1");
    assertEquals([said(decide(asks(5_000))), said(decide(asks(0, "notification")))], ["ask", "ask"]);
    const told = (activity: WorkerView["activity"]) =>
      view("waiting", {
        attempt: { state: "waiting", since: now - 10 },
        isDialog: true,
        ...present({ activity }),
      });
    assertEquals(said(decide(told({ at: now, event: "screen", busy: true, needs: "a decision" }))), "none");
    assertEquals(said(decide(told({ at: now, event: "screen", busy: true }))), "answered");
  });

  it("waits out a short lull", () => {
    const lull = idle({ activity: { at: now - 59_000, event: "stop", busy: false } });
    assertEquals([workerState(lull), said(decide(lull))], ["working", "wait 1000"]);
  });

  it("rings twice with a growing pause, then starts again", () => {
    assertEquals(workerState(idle()), "idle-with-work");
    assertEquals(said(decide(idle())), "doorbell");
    assertEquals(said(decide(idle({ rings: { count: 1, at: now - 59_999 } }))), "wait 1");
    assertEquals(said(decide(idle({ rings: { count: 1, at: now - 60_000 } }))), "doorbell");
    assertEquals(said(decide(idle({ rings: { count: 2, at: now - 60_000 } }))), "wait 60000");
    assertEquals(said(decide(idle({ rings: { count: 2, at: now - 120_000 } }))), "restart");
  });

  it("starts again at once where no doorbell is wanted", () => {
    assertEquals(said(decide(idle({ limits: { ...limits, doorbells: 0 } }))), "restart");
  });

  it("forgets the rings of another lull", () => {
    assertEquals(said(decide(idle({ rings: { count: 2, at: now - 31 * 60_000 } }))), "doorbell");
  });

  it("does not count what was said before the attempt came to this state", () => {
    const old = idle({ attempt: { state: "working", since: now - 10 } });
    assertEquals(said(decide(old)), "wait 59990");
  });

  it("rings for what is busy by its own word but gives no sign, unless there is output", () => {
    assertEquals([workerState(stalled()), said(decide(stalled()))], ["stalled", "doorbell"]);
    const busy = stalled({ activity: { at: now - limits.stallAfterMs, event: "prompt", busy: true } });
    assertEquals(said(decide(busy)), "doorbell");
    assertEquals(workerState(stalled({ signAt: now - 1 })), "working");
  });

  it("leaves a rate-limited agent alone until its limit ends", () => {
    const limited = idle({ limitedUntil: now + 5 });
    assertEquals([workerState(limited), said(decide(limited))], ["rate-limited", "wait 5"]);
    assertEquals(said(decide(idle({ limitedUntil: now }))), "doorbell");
  });

  it("tells a person what an agent needs, and goes on when it has got it", () => {
    const needs = idle({
      activity: { at: now - 9, event: "notification", busy: false, needs: "permission" },
    });
    assertEquals(decide(needs), { kind: "ask", question: "permission" });
    const asked = (change: Partial<WorkerView>) => said(decide(view("waiting", change)));
    const stop = { at: now - 5, event: "stop", busy: false };
    assertEquals(asked({ isDialog: true, activity: { ...stop, needs: "permission" } }), "none");
    assertEquals(asked({ isDialog: true, activity: stop }), "answered");
    assertEquals(asked({ activity: stop }), "none");
    assertEquals(asked({ activity: { ...stop, event: "prompt", busy: true } }), "answered");
    assertEquals(asked({ activity: { ...stop, event: "prompt", at: now - 2_000 } }), "none");
  });

  it("does not start a worker that a person stopped", () => {
    const stopped = view("waiting", { isStopped: true, session: "gone" });
    assertEquals([workerState(stopped), said(decide(stopped))], ["waiting", "none"]);
  });

  it("never hurries a person, but gives them a session again when it is gone", () => {
    const person = (change: Partial<WorkerView>) => said(decide(stalled({ isPersonal: true, ...change })));
    assertEquals(person({}), "none");
    assertEquals(person({ attempt: { state: "starting", since: 0 } }), "none");
    assertEquals(person({ session: "gone" }), "restart");
  });
});

const anyView: fc.Arbitrary<WorkerView> = fc.record({
  attempt: fc.record({ state: fc.constantFrom(...states), since: fc.integer({ min: 0, max: now }) }),
  session: fc.constantFrom(...observations),
  isStopped: fc.boolean(),
  isPersonal: fc.boolean(),
  isDialog: fc.boolean(),
  activity: fc.record({
    at: fc.integer({ min: 0, max: now }),
    event: fc.constantFrom("start", "prompt", "stop", "notification", "end"),
    busy: fc.boolean(),
  }),
  signAt: fc.integer({ min: 0, max: now }),
  rings: fc.record({ count: fc.integer({ min: 1, max: 5 }), at: fc.integer({ min: 0, max: now }) }),
  now: fc.constant(now),
  limits: fc.constant(limits),
}, { requiredKeys: ["attempt", "session", "signAt", "now", "limits"] });

describe("any worker", () => {
  it("is never touched on the strength of what could not be seen", () => {
    fc.assert(fc.property(anyView, (any) => {
      const act = decide({ ...any, session: "unknown" }).kind;
      assert(act === "none" || act === "verify" || act === "wait");
    }));
  });

  it("is looked at again only at a time to come", () => {
    fc.assert(fc.property(anyView, (any) => {
      const act = decide(any);
      if (act.kind === "wait") assert(act.until > now);
    }));
  });

  it("that stays idle is rung as often as allowed before it is started again, in bounded time", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 15 }), (doorbells) => {
      let seen = view("working", {
        attempt: { state: "working", since: now },
        activity: { at: now, event: "stop", busy: false },
        limits: { ...limits, doorbells },
      });
      let rings = 0;
      for (let step = 0; step < 40; step++) {
        const act = decide(seen);
        if (act.kind === "restart") return assertEquals(rings, doorbells);
        if (act.kind === "wait") seen = { ...seen, now: act.until };
        if (act.kind === "doorbell") seen = { ...seen, rings: { count: ++rings, at: seen.now } };
      }
      throw new Error("it was never started again");
    }));
  });
});
