import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Attempt,
  type AttemptEvent,
  type AttemptState,
  LIVE_STATES,
} from "../../../src/work/attempt.ts";
import {
  askingMail,
  dueAct,
  firstAttempt,
  handedIn,
  LEGAL,
  transition,
} from "../../../src/work/attempt_machine.ts";

const limits = { attempts: 3, restarts: 2, backoffMs: 1_000 };
const rules = { bead: "cs-login", title: "Log in", limits };
const start = firstAttempt({
  bead: "cs-login",
  rig: "csm",
  agent: "script",
  target: "main",
  at: 1,
  by: "overseer",
});

const states: readonly AttemptState[] = [...LIVE_STATES, "merged", "no-code", "released"];

/** One event of every kind; `at` is given by the test. */
const samples: { [kind in AttemptEvent["kind"]]: (at: number) => AttemptEvent } = {
  granted: (at) => ({ kind: "granted", at, worker: 1 }),
  worktreePrepared: (at) => ({ kind: "worktreePrepared", at, baseCommit: "b" }),
  preparationFailed: (at) => ({ kind: "preparationFailed", at, reason: "no disk" }),
  sessionSpawned: (at) => ({ kind: "sessionSpawned", at }),
  agentReady: (at) => ({ kind: "agentReady", at }),
  helpAsked: (at) => ({ kind: "helpAsked", at, question: "which one?" }),
  answered: (at) => ({ kind: "answered", at }),
  handedOff: (at) => ({ kind: "handedOff", at }),
  sessionLost: (at) => ({ kind: "sessionLost", at, reason: "killed" }),
  workerFailed: (at) => ({ kind: "workerFailed", at, reason: "gave up" }),
  submitted: (at) => ({ kind: "submitted", at, commit: "c" }),
  verified: (at) => ({ kind: "verified", at }),
  verificationFailed: (at) => ({ kind: "verificationFailed", at, reason: "other commit" }),
  mergeStarted: (at) => ({ kind: "mergeStarted", at }),
  mergeTested: (at) => ({ kind: "mergeTested", at, tip: "t", onto: "o" }),
  mergeAborted: (at) => ({ kind: "mergeAborted", at, reason: "target moved" }),
  pushRejected: (at) => ({ kind: "pushRejected", at, reason: "protected" }),
  merged: (at) => ({ kind: "merged", at, landed: "t" }),
  mergeFailed: (at) => ({ kind: "mergeFailed", at, failure: { kind: "checks", summary: "red" } }),
  closedWithoutCode: (at) => ({ kind: "closedWithoutCode", at, why: "done before", by: "worker-1" }),
  released: (at) => ({ kind: "released", at, by: "overseer" }),
  retried: (at) => ({ kind: "retried", at, by: "overseer" }),
};
const kinds = Object.keys(samples) as AttemptEvent["kind"][];

function inState(state: AttemptState): Attempt {
  return { ...start, state, worker: 1, since: 5 };
}

function run(attempt: Attempt, events: readonly AttemptEvent[]): Attempt {
  return events.reduce((now, event) => {
    const next = transition(now, event, rules);
    return next.kind === "moved" ? next.attempt : now;
  }, attempt);
}

function moved(attempt: Attempt, event: AttemptEvent) {
  const outcome = transition(attempt, event, rules);
  if (outcome.kind !== "moved") throw new Error(`${event.kind} in ${attempt.state}: ${outcome.kind}`);
  return outcome;
}

describe("the attempt machine", () => {
  it("archives what asked somebody once it is settled, whatever settles it", () => {
    const many = fc.array(fc.constantFrom(...kinds), { maxLength: 25 });
    fc.assert(fc.property(many, (happened) => {
      const open = new Set<string>();
      let attempt: Attempt = inState("working");
      happened.forEach((kind, at) => {
        const outcome = transition(attempt, samples[kind](at + 10), rules);
        if (outcome.kind !== "moved") return;
        const after = outcome.attempt;
        for (const effect of outcome.effects) {
          if (effect.kind === "archiveMail") {
            for (const step of effect.steps) open.delete(`${effect.n}.${step}`);
          }
          if (effect.kind === "sendMail" && effect.urgent) open.add(`${after.n}.${effect.step}`);
        }
        attempt = after;
        const asking = askingMail(attempt).map((step) => `${attempt.n}.${step}`);
        assertEquals([...open].filter((name) => !asking.includes(name)), []);
        if (attempt.state === "waiting" || attempt.state === "escalated") {
          assertEquals(open.size, 2, attempt.state);
        }
      });
    }));
  });

  it("follows the legal table for every state and every event", () => {
    for (const state of states) {
      for (const kind of kinds) {
        const outcome = transition(inState(state), samples[kind](10), rules);
        const isLegal = LEGAL[kind].includes(state);
        if (outcome.kind === "moved") assert(isLegal, `${kind} moved ${state}`);
        if (outcome.kind === "illegal") assert(!isLegal, `${kind} is refused in ${state}`);
      }
    }
  });

  it("takes the straight way from sling to merged", () => {
    const way = [
      "granted",
      "worktreePrepared",
      "sessionSpawned",
      "agentReady",
      "submitted",
      "verified",
    ] as const;
    const queued = run(start, way.map((kind, at) => samples[kind](at + 2)));
    assertEquals(queued.state, "queued");
    const merged = run(queued, [samples.mergeStarted(10), samples.mergeTested(11), samples.merged(12)]);
    assertEquals([merged.state, merged.landed, merged.n], ["merged", "t", 1]);
  });

  it("closes a bead only with a landed commit or an explicit reason", () => {
    for (const state of states) {
      for (const kind of kinds) {
        const outcome = transition(inState(state), samples[kind](10), rules);
        if (outcome.kind !== "moved") continue;
        const closes = outcome.effects.some((effect) =>
          effect.kind === "setBead" && effect.fields.status === "closed"
        );
        assertEquals(closes, kind === "merged" || kind === "closedWithoutCode", `${kind} in ${state}`);
      }
    }
  });

  it("makes a red check a new attempt on the same branch with the failure in it", () => {
    const outcome = moved(inState("merging"), samples.mergeFailed(20));
    assertEquals([outcome.attempt.n, outcome.attempt.state, outcome.attempt.worker], [2, "hooked", 1]);
    assertEquals(outcome.attempt.branch, start.branch);
    assertEquals(outcome.attempt.failure?.summary, "red");
    assert(
      outcome.effects.some((effect) =>
        effect.kind === "sendMail" && effect.subject.includes("REWORK_REQUEST")
      ),
    );
  });

  it("carries on why an attempt failed when it is taken off its hook and slung again, unless that begins anew", () => {
    const failed = run(inState("merging"), [samples.mergeFailed(20)]);
    const order = { bead: "cs-login", rig: "csm", agent: "script", target: "main", at: 30, by: "overseer" };
    const released = run(failed, [samples.released(25)]);
    const again = firstAttempt({ ...order, after: released });
    assertEquals([again.n, again.failure?.summary, again.failed], [3, "red", 1]);
    const later = firstAttempt({ ...order, after: run(again, [samples.released(35)]) });
    assertEquals([later.n, later.failed], [4, 1]);
    assertEquals(firstAttempt({ ...order, after: released, fresh: true }).failure, undefined);
    const merged = run({ ...failed, state: "merging" }, [samples.merged(26)]);
    assertEquals(firstAttempt({ ...order, after: merged }).failure, undefined);
    const crew = handedIn({ ...order, crew: "ann", commit: "c", after: released }).attempt;
    assertEquals([crew.failure, crew.failed], [undefined, undefined]);
  });

  it("carries on the branch of the last attempt, also when the bead has another id by now", () => {
    const order = { bead: "cs-log-in", rig: "csm", agent: "script", target: "main", at: 30, by: "overseer" };
    const released = run(inState("working"), [samples.released(25)]);
    assertEquals(firstAttempt({ ...order, after: released }).branch, "gt/cs-login");
    assertEquals(firstAttempt({ ...order, after: released, fresh: true }).branch, "gt/cs-login");
    const { attempt } = handedIn({ ...order, crew: "ann", commit: "c", after: released });
    assertEquals(attempt.branch, "gt/cs-login");
    assertEquals(firstAttempt(order).branch, "gt/cs-log-in");
  });

  it("restarts a lost session within one attempt, then tries anew, then escalates", () => {
    let attempt = inState("working");
    const seen: string[] = [];
    for (let lost = 0; lost < 9; lost++) {
      attempt = run({ ...attempt, state: "working" }, [samples.sessionLost(100)]);
      seen.push(`${attempt.n}:${attempt.restarts}:${attempt.state}`);
    }
    assertEquals(seen, [
      "1:1:preparing",
      "1:2:preparing",
      "2:0:hooked",
      "2:1:preparing",
      "2:2:preparing",
      "3:0:hooked",
      "3:1:preparing",
      "3:2:preparing",
      "3:2:escalated",
    ]);
  });

  it("waits longer after each lost session, and not at all after the first", () => {
    const first = run(inState("working"), [samples.sessionLost(100)]);
    const second = run({ ...first, state: "working" }, [samples.sessionLost(200)]);
    assertEquals([first.notBefore, second.notBefore], [100, 1_200]);
  });

  it("keeps a bead in the queue when the remote refuses the push, and tells a person once", () => {
    const outcome = moved(inState("merging"), samples.pushRejected(50));
    assertEquals([outcome.attempt.state, outcome.attempt.notBefore], ["queued", 1_050]);
    assertEquals(outcome.effects.length, 1);
    const again = moved({ ...outcome.attempt, state: "merging" }, samples.pushRejected(60));
    assertEquals(again.effects, []);
  });

  it("names somebody to act for every live state and nobody for a final one", () => {
    for (const state of states) {
      assertEquals(dueAct(inState(state)).by === "nobody", !LIVE_STATES.has(state), state);
    }
  });

  it("keeps its invariants under any sequence of events, and replays to the same state", () => {
    const event = fc.tuple(fc.constantFrom(...kinds), fc.nat(1_000)).map(([kind, at]) => samples[kind](at));
    fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let attempt = start;
      for (const each of events) {
        const outcome = transition(attempt, each, rules);
        if (outcome.kind !== "moved") continue;
        const next = outcome.attempt;
        assert(next.n === attempt.n || next.n === attempt.n + 1);
        assert(next.n === attempt.n || next.state === "hooked");
        assert(next.past.length === next.n - 1);
        assert(next.state !== "merged" || next.landed !== undefined);
        assert(LIVE_STATES.has(attempt.state), "nothing follows a final state");
        assertEquals(JSON.parse(JSON.stringify(next)), next);
        attempt = next;
      }
      assertEquals(run(start, events), attempt);
    }));
  });
});

describe("an attempt of the crew", () => {
  const begun = handedIn({
    ...{ bead: "cs-login", rig: "csm", target: "main", crew: "ann", commit: "c", at: 1 },
  });

  it("begins with its submission, in the name of its person", () => {
    assertEquals([begun.attempt.state, begun.attempt.commit, begun.attempt.worker], [
      "submitted",
      "c",
      undefined,
    ]);
    const fields = begun.effects.flatMap((effect) => effect.kind === "setBead" ? [effect.fields] : []);
    assertEquals(Object.assign({}, ...fields), { status: "in_progress", assignee: "crew/ann" });
  });

  it("never gets a worker or another try, whatever happens to it: what fails goes back to its person", () => {
    const many = fc.array(fc.constantFrom(...kinds), { maxLength: 20 });
    fc.assert(fc.property(many, (happened) => {
      const events = happened.map((kind, at) => samples[kind](at + 2));
      const last = run(begun.attempt, events);
      assert(["submitted", "queued", "merging", "merged", "released"].includes(last.state), last.state);
      assertEquals([last.n, last.worker], [1, undefined]);
    }));
    for (const kind of ["verificationFailed", "retried"] as const) {
      const next = transition(begun.attempt, samples[kind](2), rules);
      if (next.kind !== "moved") throw new Error(next.kind);
      assertEquals(next.attempt.state, "released");
      const effects = next.effects.map((effect) =>
        effect.kind === "setBead" ? effect.fields : effect.kind === "sendMail" ? effect.to : effect.steps
      );
      assertEquals(effects, [{ status: "hooked", assignee: "crew/ann" }, "crew/ann"]);
    }
  });
});
