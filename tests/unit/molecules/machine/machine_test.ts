import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { RUN_LEGAL, STEP_LEGAL } from "../../../../src/molecules/machine/machine_table.ts";
import { beginRun, transition } from "../../../../src/molecules/machine/machine.ts";
import { rulesOf, type RunRules } from "../../../../src/molecules/machine/rules.ts";
import type { RunState, RunStatus, StepStatus } from "../../../../src/molecules/machine/run.ts";
import { stepList } from "../../../../src/molecules/machine/step_list.ts";
import { definitionOf, retry } from "./definitions.ts";
import { createPlay, sampleEvents } from "./play.ts";

const RUN_STATUSES: readonly RunStatus[] = ["running", "paused", "succeeded", "failed", "cancelled"];
const STEP_STATUSES: readonly StepStatus[] = [
  "pending",
  "ready",
  "running",
  "waiting",
  "retrying",
  "succeeded",
  "failed",
  "skipped",
  "cancelled",
];

describe("the machine of a run", () => {
  it("refuses every event that its table does not have for a status of the run, and changes nothing", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a" }] }));
    for (const status of RUN_STATUSES) {
      for (const event of sampleEvents("a")) {
        const before = { ...play.run(), status };
        const outcome = transition(play.rules, { run: before, event });
        if (RUN_LEGAL[event.kind].includes(status)) continue;
        assert(outcome.kind !== "moved", `${event.kind} in ${status}`);
      }
    }
  });

  it("refuses every event that its table does not have for a status of the step", () => {
    const rules = rulesOf(definitionOf({ steps: [{ id: "a" }] }));
    for (const status of STEP_STATUSES) {
      const { run } = beginRun(rules, { at: 1 });
      const record = { status, since: 1, attempt: 1, tries: 1, open: 0, met: 0, skips: 0 };
      const at = { ...run, steps: stepList([record]) };
      for (const event of sampleEvents("a")) {
        if (!("step" in event)) continue;
        const outcome = transition(rules, { run: at, event });
        const legal = STEP_LEGAL[event.kind as keyof typeof STEP_LEGAL].includes(status);
        if (!legal) assert(outcome.kind !== "moved", `${event.kind} in ${status}`);
      }
    }
  });

  it("moves in every pair of statuses that its tables have", () => {
    const seen = new Set<string>();
    for (
      const steps of [
        [{ id: "a", ...retry(2), when: { source: "true" } }],
        [{ id: "a", matrix: [{ n: 1 }] }],
        [{ id: "a", action: { kind: "prompt" as const, prompt: { text: "do" } } }],
        [{ id: "a" }, { id: "b" }],
      ]
    ) {
      const rules = rulesOf(definitionOf({ steps }));
      explore(rules, { run: beginRun(rules, { at: 1 }).run, seen, depth: 8, visited: new Map() });
    }
    for (const [kind, statuses] of Object.entries(STEP_LEGAL)) {
      for (const status of statuses) assert(seen.has(`${kind} ${status}`), `${kind} in ${status}`);
    }
    for (const [kind, statuses] of Object.entries(RUN_LEGAL)) {
      for (const status of statuses) assert(seen.has(`run ${kind} ${status}`), `${kind} in ${status} run`);
    }
  });
});

/** Goes every way a few events deep. */
function explore(
  rules: RunRules,
  { run, seen, depth, visited }: {
    run: RunState;
    seen: Set<string>;
    depth: number;
    visited: Map<string, number>;
  },
): void {
  const name = JSON.stringify(run);
  if (depth === 0 || (visited.get(name) ?? 0) >= depth) return;
  visited.set(name, depth);
  for (const step of ["a", "a[0]"]) {
    for (const event of sampleEvents(step)) {
      const record = run.steps.chunks[0]![step === "a" ? 0 : 1];
      const current = "attempt" in event ? { ...event, attempt: record?.attempt ?? 0 } : event;
      const outcome = transition(rules, { run, event: current });
      if (outcome.kind !== "moved") continue;
      seen.add(`run ${event.kind} ${run.status}`);
      if ("step" in event) seen.add(`${event.kind} ${record?.status}`);
      explore(rules, { run: outcome.run, seen, depth: depth - 1, visited });
    }
  }
}

describe("a run", () => {
  it("begins what needs nothing, and what needs it once that has succeeded", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a" }, { id: "b", needs: ["a"] }] }));
    assertEquals(play.due(), ["launch a"]);
    play.start("a");
    assertEquals(play.status("a"), "running");
    assertEquals(play.succeed("a"), ["conclude a", "launch b"]);
    play.start("b");
    assertEquals(play.succeed("b"), ["conclude b", "close"]);
    assertEquals(play.run().status, "succeeded");
  });

  it("cancels what needs a failed step, lets the rest run, and fails", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a" }, { id: "b", needs: ["a"] }, { id: "c", needs: ["b"] }, { id: "d" }],
    }));
    play.start("a");
    play.fail("a");
    assertEquals(["a", "b", "c", "d"].map(play.status), ["failed", "cancelled", "cancelled", "ready"]);
    assertEquals(play.record("c").reason, { kind: "needs", text: '"b" was cancelled' });
    assertEquals(play.run().status, "running");
    play.start("d");
    play.succeed("d");
    assertEquals(play.run().status, "failed");
    assertEquals(play.run().reason, { kind: "exit", text: '"a" failed: exit code 1' });
  });

  it("goes on after a failure that is allowed", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a", allowFailure: true }, { id: "b", needs: ["a"] }],
    }));
    play.start("a");
    play.fail("a");
    play.start("b");
    play.succeed("b");
    assertEquals(play.status("a"), "failed");
    assertEquals(play.run().status, "succeeded");
  });

  it("counts a skipped need as satisfied, except for a strict step, which is skipped with it", () => {
    const play = createPlay(definitionOf({
      steps: [
        { id: "a", when: { source: "false" } },
        { id: "b", needs: ["a"] },
        { id: "c", needs: ["a"], strict: true },
        { id: "d", needs: ["c"] },
      ],
    }));
    assertEquals(play.due(), ["decide a"]);
    play.apply({ kind: "decided", step: "a", holds: false });
    assertEquals(["a", "b", "c", "d"].map(play.status), ["skipped", "ready", "skipped", "ready"]);
  });

  it("begins after any, or enough, of what it needs", () => {
    const play = createPlay(definitionOf({
      steps: [
        { id: "a" },
        { id: "b" },
        { id: "c" },
        { id: "one", needs: { mode: "any", of: ["a", "b", "c"] } },
        { id: "two", needs: { mode: "quorum", count: 2, of: ["a", "b", "c"] } },
        { id: "all", needs: { mode: "quorum", count: 3, of: ["a", "b", "c"] } },
      ],
    }));
    for (const id of ["a", "b", "c"]) play.start(id);
    play.fail("a");
    assertEquals(["one", "two", "all"].map(play.status), ["pending", "pending", "pending"]);
    play.succeed("b");
    assertEquals(["one", "two", "all"].map(play.status), ["ready", "pending", "pending"]);
    play.succeed("c");
    assertEquals(["one", "two", "all"].map(play.status), ["ready", "ready", "cancelled"]);
  });

  it("begins an `always` step once its needs have ended, however they did", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a" }, { id: "b", needs: ["a"], always: true }] }));
    play.start("a");
    play.fail("a");
    assertEquals(play.status("b"), "ready");
  });

  it("tries again with growing pauses, only after what the step names, and each attempt has a number", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a", ...retry(3, 1_000) }] }));
    play.start("a");
    assertEquals(play.fail("a"), [`await a ${play.now() + 1_000}`]);
    assertEquals(play.status("a"), "retrying");
    play.apply({ kind: "due", step: "a" });
    play.start("a");
    assertEquals(play.record("a").attempt, 2);
    assertEquals(play.fail("a"), [`await a ${play.now() + 2_000}`]);
    play.apply({ kind: "due", step: "a" });
    play.start("a");
    play.fail("a");
    assertEquals([play.status("a"), play.record("a").attempt], ["failed", 3]);
    const other = createPlay(definitionOf({ steps: [{ id: "a", ...retry(3) }] }));
    other.start("a");
    other.fail("a", "unknown");
    assertEquals(other.status("a"), "failed");
  });

  it("waits no longer than it may before any of thousands of tries, however its pauses grow", () => {
    for (const [delay, pause] of [[0, 0], [1_000, 60_000]] as const) {
      const play = createPlay(definitionOf({ steps: [{ id: "a", ...retry(5_000, delay) }] }));
      for (let tries = 1; tries < 1_500; tries++) {
        play.start("a");
        play.fail("a");
        assert(play.record("a").notBefore! - play.now() <= pause, `after try ${tries}`);
        play.apply({ kind: "due", step: "a" });
      }
    }
  });

  it("takes back the bead of an attempt that another follows, and of no other", () => {
    const action = { kind: "prompt" as const, prompt: { text: "do" } };
    const play = createPlay(definitionOf({ steps: [{ id: "a", action, ...retry(3, 1_000) }] }));
    play.start("a");
    play.apply({ kind: "opened", step: "a", attempt: 1, bead: "x.1" });
    const until = () => play.record("a").notBefore;
    assertEquals(play.fail("a", "timeout"), ["withdraw a 1 timeout code 1 x.1", `await a ${until()}`]);
    play.apply({ kind: "due", step: "a" });
    play.start("a");
    assertEquals(play.fail("a", "timeout"), [`await a ${until()}`]);
  });

  it("repeats a step until it is told that it need not, and fails when that is too often", () => {
    const repeat = { repeat: { until: { source: "x" }, max: 2, delay: 0 } };
    const play = createPlay(definitionOf({ steps: [{ id: "a", ...repeat }, { id: "b", ...repeat }] }));
    play.start("a");
    play.succeed("a", { again: true });
    assertEquals(play.status("a"), "retrying");
    play.apply({ kind: "due", step: "a" });
    play.start("a");
    play.succeed("a", { again: false });
    assertEquals([play.status("a"), play.record("a").rounds, play.record("a").attempt], ["succeeded", 2, 2]);
    play.start("b");
    play.succeed("b", { again: true });
    play.apply({ kind: "due", step: "b" });
    play.start("b");
    play.succeed("b", { again: true });
    assertEquals([play.status("b"), play.record("b").reason?.kind], ["failed", "repeat"]);
  });

  it("spreads a fan-out, keeps to its limit, and gathers its outputs in order", () => {
    const play = createPlay(definitionOf({
      steps: [{
        id: "build",
        forEach: { source: "list" },
        maxParallel: 2,
        outputs: [{ name: "size", value: { text: "{{ stdout }}" } }],
      }, { id: "after", needs: ["build"] }],
    }));
    assertEquals(play.due(), ["spread build"]);
    play.apply({ kind: "spread", step: "build", items: ["x", "y", "z"] });
    play.start("build[0]");
    play.start("build[1]");
    assertEquals(play.try({ kind: "started", step: "build[2]" }).kind, "illegal");
    play.succeed("build[1]", { outputs: { size: 2 } });
    play.start("build[2]");
    play.succeed("build[2]", { outputs: { size: 3 } });
    play.succeed("build[0]", { outputs: { size: 1 } });
    assertEquals(play.record("build").outputs, { size: [1, 2, 3] });
    assertEquals([play.status("build"), play.status("after")], ["succeeded", "ready"]);
  });

  it("gathers what nested runs and gates give, also of none", () => {
    const molecule = { kind: "molecule", molecule: "part", with: {}, outputs: ["size"] } as const;
    const gate = { condition: { type: "human", approvers: [] }, onTimeout: "fail" } as const;
    const play = createPlay(definitionOf({
      steps: [
        { id: "all", forEach: { source: "list" }, action: molecule },
        { id: "none", forEach: { source: "[]" }, action: molecule },
        { id: "ask", forEach: { source: "list" }, action: { kind: "gate", gate } },
      ],
    }));
    play.apply({ kind: "spread", step: "all", items: ["x", "y"] });
    play.apply({ kind: "spread", step: "none", items: [] });
    play.apply({ kind: "spread", step: "ask", items: ["x"] });
    for (const step of ["all[0]", "all[1]", "ask[0]"]) play.start(step);
    play.succeed("all[1]", { outputs: { size: 2 } });
    play.succeed("all[0]", { outputs: { size: 1 } });
    play.succeed("ask[0]", { outputs: { by: "ann", comment: "" } });
    assertEquals(["all", "none", "ask"].map((step) => play.record(step).outputs), [
      { size: [1, 2] },
      { size: [] },
      { by: ["ann"], comment: [""] },
    ]);
  });

  it("makes nothing of an empty fan-out, and a failure of one that has one", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a", forEach: { source: "[]" } }, { id: "b", matrix: [{ n: 1 }, { n: 2 }] }],
    }));
    play.apply({ kind: "spread", step: "a", items: [] });
    play.apply({ kind: "spread", step: "b", items: [{ n: 1 }, { n: 2 }] });
    play.start("b[0]");
    play.fail("b[0]");
    play.start("b[1]");
    play.succeed("b[1]");
    assertEquals([play.status("a"), play.status("b")], ["succeeded", "failed"]);
    assertEquals(play.record("b").reason, { kind: "items", text: "1 of 2 failed" });
  });

  it("works out `when` for each element where it speaks of them", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a", forEach: { source: "list" }, when: { source: "item > 1" } }],
    }));
    play.apply({ kind: "spread", step: "a", items: [1, 2] });
    assertEquals(play.due(), ["decide a[0]", "decide a[1]"]);
    play.apply({ kind: "decided", step: "a[0]", holds: false });
    play.apply({ kind: "decided", step: "a[1]", holds: true });
    play.start("a[1]");
    play.succeed("a[1]");
    assertEquals([play.status("a[0]"), play.status("a")], ["skipped", "succeeded"]);
  });

  it("keeps to the limit of the molecule, gates apart", () => {
    const play = createPlay(definitionOf({
      maxParallel: 1,
      steps: [{ id: "a" }, { id: "b" }, {
        id: "g",
        action: { kind: "gate", gate: { condition: { type: "timer", for: 1 }, onTimeout: "fail" } },
      }],
    }));
    play.start("g");
    play.start("a");
    assertEquals(play.try({ kind: "started", step: "b" }).kind, "illegal");
    play.succeed("a");
    play.start("b");
  });

  it("runs on_failure after a failure only, and finally always, before it has ended", () => {
    for (const fails of [true, false]) {
      const play = createPlay(definitionOf({
        steps: [{ id: "a" }],
        onFailure: [{ id: "mend" }],
        finally: [{ id: "report" }],
      }));
      play.start("a");
      if (fails) play.fail("a");
      else play.succeed("a");
      assertEquals(play.run().outcome, fails ? "failed" : "succeeded");
      assertEquals(play.status("mend"), fails ? "ready" : "skipped");
      if (fails) {
        assertEquals(play.status("report"), "pending");
        play.start("mend");
        play.succeed("mend");
      }
      play.start("report");
      assertEquals(play.run().status, "running");
      play.succeed("report");
      assertEquals(play.run().status, fails ? "failed" : "succeeded");
    }
  });

  it("fails when finally fails", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a" }], finally: [{ id: "report" }] }));
    play.start("a");
    play.succeed("a");
    play.start("report");
    play.fail("report");
    assertEquals(play.run().status, "failed");
    assertEquals(play.run().reason?.text, '"report" failed: exit code 1');
  });

  it("is cancelled children first: what works is stopped, then finally runs", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a" }, { id: "b" }, { id: "c", needs: ["a"] }],
      finally: [{ id: "report" }],
    }));
    play.start("a");
    assertEquals(play.apply({ kind: "cancelled", by: "overseer" }), [
      "stop a 1",
      "conclude b",
      "conclude c",
    ]);
    assertEquals([play.status("a"), play.status("report")], ["running", "pending"]);
    play.apply({ kind: "stopped", step: "a", attempt: 1 });
    assertEquals([play.status("a"), play.status("report")], ["cancelled", "ready"]);
    assertEquals(play.try({ kind: "cancelled", by: "overseer" }).kind, "same");
    play.start("report");
    play.succeed("report");
    assertEquals(play.run().status, "cancelled");
  });

  it("whose finally hangs is cancelled only by force", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a" }],
      finally: [{ id: "report" }, { id: "more", needs: ["report"] }],
    }));
    play.start("a");
    play.succeed("a");
    play.start("report");
    const refused = { kind: "illegal", why: "it is ending: only `finally` is left" };
    assertEquals(play.try({ kind: "cancelled", by: "me" }), refused);
    assertEquals(play.apply({ kind: "cancelled", by: "me", force: true }), [
      "stop report 1",
      "conclude more",
    ]);
    play.apply({ kind: "stopped", step: "report", attempt: 1 });
    assertEquals([play.run().status, play.run().reason?.text], ["cancelled", "cancelled by me"]);
    assertEquals(play.try({ kind: "cancelled", by: "me", force: true }).kind, "same");
  });

  it("that is being cancelled tells what is at work again, by force", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a" }], finally: [{ id: "report" }] }));
    play.start("a");
    play.apply({ kind: "cancelled", by: "me", text: "first" });
    assertEquals(play.apply({ kind: "cancelled", by: "you", force: true }), ["stop a 1"]);
    assertEquals([play.run().forced, play.run().reason?.text], [true, "cancelled by me: first"]);
    play.apply({ kind: "stopped", step: "a", attempt: 1 });
    assertEquals([play.run().forced, play.status("report")], [undefined, "ready"]);
  });

  it("that takes too long fails, stops what works and runs on_failure and finally", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a" }],
      onFailure: [{ id: "mend" }],
      finally: [{ id: "report" }],
    }));
    play.start("a");
    play.apply({ kind: "expired", text: "longer than 1m" });
    play.fail("a");
    assertEquals([play.status("a"), play.status("mend")], ["cancelled", "ready"]);
    play.start("mend");
    play.succeed("mend");
    play.start("report");
    play.succeed("report");
    assertEquals([play.run().status, play.run().reason?.kind], ["failed", "timeout"]);
  });

  it("begins nothing while it is paused, but hears of what ends", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a" }, { id: "b", needs: ["a"] }] }));
    play.start("a");
    play.apply({ kind: "paused", by: "overseer" });
    play.succeed("a");
    assertEquals(play.try({ kind: "started", step: "b" }).kind, "illegal");
    play.apply({ kind: "resumed", by: "overseer" });
    play.start("b");
  });

  it("that failed goes on from the failed step when it is retried, with finally once more", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a" }, { id: "b", needs: ["a"] }, { id: "c", matrix: [{ n: 1 }, { n: 2 }] }],
      finally: [{ id: "report" }],
    }));
    play.apply({ kind: "spread", step: "c", items: [{ n: 1 }, { n: 2 }] });
    for (const id of ["a", "c[0]", "c[1]"]) play.start(id);
    play.fail("a");
    play.fail("c[1]");
    play.succeed("c[0]");
    play.start("report");
    play.succeed("report");
    assertEquals(play.run().status, "failed");
    play.apply({ kind: "retried", steps: [], by: "overseer" });
    assertEquals(["a", "b", "c", "c[0]", "c[1]", "report"].map(play.status), [
      "ready",
      "pending",
      "running",
      "succeeded",
      "ready",
      "pending",
    ]);
    play.start("a");
    assertEquals(play.record("a").attempt, 2);
    play.succeed("a");
    for (const id of ["b", "c[1]"]) {
      play.start(id);
      play.succeed(id);
    }
    play.start("report");
    assertEquals(play.record("report").attempt, 2);
    play.succeed("report");
    assertEquals(play.run().status, "succeeded");
  });

  it("that failed in finally only does that once more when it is retried, whichever of it is named", () => {
    for (const steps of [[], ["last"]]) {
      const play = createPlay(
        definitionOf({ steps: [{ id: "a" }], finally: [{ id: "last" }, { id: "more" }] }),
      );
      play.start("a");
      play.succeed("a");
      play.start("last");
      play.fail("last");
      play.start("more");
      play.succeed("more");
      assertEquals(play.run().status, "failed");
      play.apply({ kind: "retried", steps, by: "me" });
      assertEquals([play.status("a"), play.run().stage, play.status("last")], [
        "succeeded",
        "finally",
        "ready",
      ]);
      play.start("last");
      play.succeed("last");
      play.start("more");
      play.succeed("more");
      assertEquals(play.run().status, "succeeded");
    }
  });

  it("that is retried does again what failures led to, as far as they are tried again", () => {
    const failed = (of: string) => ({
      needs: [of],
      always: true,
      onFailureOf: of,
      when: { source: "failed" },
    });
    const play = createPlay(definitionOf({
      steps: [
        { id: "a" },
        { id: "b" },
        { id: "undo-a", ...failed("a") },
        { id: "undo-b", ...failed("b") },
        { id: "told", needs: ["undo-a"] },
        { id: "clean", needs: ["a"], always: true },
      ],
    }));
    const fail = (...ids: string[]) => {
      for (const id of ids) play.start(id);
      for (const id of ids) {
        play.fail(id);
        play.apply({ kind: "decided", step: `undo-${id}`, holds: true });
        play.start(`undo-${id}`);
      }
    };
    fail("a", "b");
    play.start("clean");
    for (const id of ["undo-b", "undo-a", "clean"]) play.succeed(id);
    play.start("told");
    play.succeed("told");
    assertEquals(play.run().status, "failed");
    const statuses = () => ["undo-a", "told", "undo-b", "clean"].map(play.status);
    play.apply({ kind: "retried", steps: ["a"], by: "me" });
    assertEquals(statuses(), ["pending", "pending", "succeeded", "succeeded"]);
    fail("a");
    assertEquals(play.record("undo-a").attempt, 2);
    assertEquals(play.try({ kind: "retried", steps: ["a"], by: "me" }), {
      kind: "illegal",
      why: '"undo-a", which comes after, is at work',
    });
    play.succeed("undo-a");
    play.start("told");
    play.succeed("told");
    play.apply({ kind: "retried", steps: ["a"], by: "me" });
    play.start("a");
    play.succeed("a");
    play.apply({ kind: "decided", step: "undo-a", holds: false });
    assertEquals(play.status("undo-a"), "skipped");
  });

  it("that is retried spreads a fan-out anew that has to wait for what is tried again", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a" }, { id: "b", needs: ["a"], always: true, matrix: [{ n: 1 }, { n: 2 }] }],
    }));
    play.start("a");
    play.fail("a");
    play.apply({ kind: "spread", step: "b", items: [{ n: 1 }, { n: 2 }] });
    for (const id of ["b[0]", "b[1]"]) play.start(id);
    play.succeed("b[0]");
    play.fail("b[1]");
    play.apply({ kind: "retried", steps: ["b[1]", "a"], by: "me" });
    assertEquals(["a", "b"].map(play.status), ["ready", "pending"]);
    play.start("a");
    assertEquals(play.succeed("a"), ["conclude a", "spread b"]);
  });

  it("that is retried goes on with the nested runs that it has, where that is meant", () => {
    const action = { kind: "molecule" as const, molecule: "m", with: {} };
    const play = createPlay(definitionOf({
      steps: [{ id: "a", action }, { id: "b", action, matrix: [{ n: 1 }] }, { id: "c" }],
    }));
    play.apply({ kind: "spread", step: "b", items: [{ n: 1 }] });
    const all = ["a", "b[0]", "c"];
    const fail = () => {
      for (const id of all) {
        play.start(id);
        const { attempt } = play.record(id);
        play.apply({ kind: "opened", step: id, attempt, bead: `${id}-${attempt}` });
        play.fail(id);
      }
    };
    const known = () => all.map((id) => [play.record(id).bead, play.record(id).nested]);
    fail();
    play.apply({ kind: "retried", steps: [], by: "me" });
    assertEquals(known(), [[undefined, undefined], [undefined, undefined], [undefined, undefined]]);
    fail();
    play.apply({ kind: "retried", steps: [], by: "me", goOn: true });
    assertEquals(known(), [[undefined, "a-2"], [undefined, "b[0]-2"], [undefined, undefined]]);
    fail();
    assertEquals(known(), [["a-3", undefined], ["b[0]-3", undefined], ["c-3", undefined]]);
  });

  it("takes an event about an attempt that is over for what it is", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a", ...retry(2) }] }));
    play.start("a");
    play.fail("a");
    play.apply({ kind: "due", step: "a" });
    play.start("a");
    assertEquals(play.try({ kind: "succeeded", step: "a", attempt: 1 }).kind, "illegal");
    play.succeed("a");
    assertEquals(play.try({ kind: "succeeded", step: "a", attempt: 2 }).kind, "illegal");
  });
});
