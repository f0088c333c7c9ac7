import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { timeLimit } from "../../../../src/molecules/machine/budget.ts";
import { transition } from "../../../../src/molecules/machine/machine.ts";
import { boundsAgents, lookAt } from "../../../../src/molecules/engine/steps/spending.ts";
import { definitionOf, retry } from "./definitions.ts";
import { createPlay } from "./play.ts";

const minute = 60_000;

describe("the budget of a step", () => {
  it("counts from its first attempt, and another attempt that it has no time for is not waited for", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a", ...retry(9, 40_000), budget: { minutes: 1 } }],
    }));
    play.start("a");
    const from = play.now();
    assertEquals(play.record("a").budgetFrom, { at: from, attempt: 1 });
    play.fail("a");
    assertEquals(play.status("a"), "retrying");
    play.apply({ kind: "due", step: "a" });
    play.start("a");
    assertEquals(play.record("a").budgetFrom, { at: from, attempt: 1 });
    play.fail("a");
    const { status, reason } = play.record("a");
    assertEquals([status, reason], ["failed", {
      kind: "budget",
      text: "its budget is used up: 4ms of 1m, and 1m before another attempt; the last one: exit code 1",
    }]);
  });

  it("ends a repetition that it has no time for", () => {
    const play = createPlay(definitionOf({
      steps: [{
        id: "a",
        repeat: { until: { source: "false" }, max: 9, delay: 2 * minute },
        budget: { minutes: 2 },
      }],
    }));
    play.start("a");
    play.succeed("a", { again: true });
    assertEquals([play.status("a"), play.record("a").reason?.kind], ["failed", "budget"]);
  });

  it("begins anew when the step is tried again by somebody", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a", budget: { minutes: 1 } }] }));
    play.start("a");
    play.fail("a", "budget");
    play.apply({ kind: "retried", steps: ["a"], by: "me" });
    play.start("a");
    assertEquals(play.record("a").budgetFrom, { at: play.now(), attempt: 2 });
  });

  it("is never tried again for having been used up, and leaves no trace in the record of a step without one", () => {
    const play = createPlay(definitionOf({
      steps: [{ id: "a", ...retry(3), budget: { minutes: 1 } }, { id: "b" }],
    }));
    play.start("a");
    play.fail("a", "budget");
    play.start("b");
    assertEquals([play.status("a"), play.record("b").budgetFrom], ["failed", undefined]);
  });

  it("and its timeout: whichever comes first, the budget where both come at once", () => {
    const record = { status: "running", since: 0, attempt: 2, tries: 2, open: 0, met: 0, skips: 0 } as const;
    const at = { ...record, startedAt: 50_000, budgetFrom: { at: 0, attempt: 1 } };
    const limit = (timeout: number | undefined) =>
      timeLimit({ budget: { minutes: 1.5 }, ...(timeout === undefined ? {} : { timeout }) }, {
        record: at,
        now: 50_000,
      });
    assertEquals(limit(39_999)?.reason, { kind: "timeout", text: "longer than 39s999ms" });
    for (const timeout of [40_000, undefined]) {
      assertEquals(limit(timeout), {
        at: 90_000,
        reason: { kind: "budget", text: "its budget is used up: 1m30s of 1m30s" },
      });
    }
    assertEquals(timeLimit({}, { record, now: 1 }), undefined);
  });
});

describe("the budget of a run", () => {
  it("ends it for that reason, finally apart", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a" }], finally: [{ id: "z" }] }));
    play.start("a");
    play.apply({ kind: "expired", text: "used up", of: "budget" });
    assertEquals(play.run().reason, { kind: "budget", text: "used up" });
    play.apply({ kind: "stopped", step: "a", attempt: 1 });
    const event = { kind: "expired" as const, text: "used up", of: "budget" as const, at: 2 };
    assertEquals(transition(play.rules, { run: play.run(), event }).kind, "illegal");
  });
});

describe("what agents have used", () => {
  const look = (budget: { tokens?: number; usd?: number }, spent: { tokens: number; usd: number }) =>
    lookAt(() => Promise.resolve(spent), { budget, beads: new Set() });

  it("uses a budget up from its limit on, and says how much of how much", async () => {
    assertEquals(await look({ tokens: 1_000, usd: 2.5 }, { tokens: 999, usd: 2.49 }), undefined);
    assertEquals(
      (await look({ tokens: 1_000 }, { tokens: 1_000, usd: 9 }))?.text,
      "its budget is used up: 1000 of 1000 tokens",
    );
    assertEquals(await look({ usd: 2.5 }, { tokens: 9, usd: 2.61 }), {
      kind: "budget",
      text: "its budget is used up: $2.61 of $2.50",
    });
  });

  it("that cannot be read now ends nothing", async () => {
    const failing = () => Promise.reject(new Error("no"));
    assertEquals(await lookAt(failing, { budget: { tokens: 1 }, beads: new Set() }), undefined);
  });

  it("is not asked for where only time is bounded", () => {
    assertEquals([boundsAgents(undefined), boundsAgents({ minutes: 1 }), boundsAgents({ usd: 0 })], [
      false,
      false,
      true,
    ]);
  });
});
