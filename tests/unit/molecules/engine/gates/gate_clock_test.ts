import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { GateCondition } from "../../../../../src/molecules/definition.ts";
import { performGate } from "../../../../../src/molecules/engine/gates/gate_step.ts";
import { languageFor } from "../../../../../src/molecules/engine/steps/language.ts";
import type { LoggedEvent } from "../../../../../src/molecules/engine/journal/run_log.ts";
import { createTestClock } from "../../../../../src/ports/clock.ts";
import { definitionOf } from "../../machine/definitions.ts";

/** What a gate that was reached at `began` says, and when; `now` is when a driver looks at it. */
async function opened(
  condition: GateCondition,
  { began, now = began, timeout }: { began: string; now?: string; timeout?: number },
): Promise<{ at: string; kind: string }> {
  const clock = createTestClock(Date.parse(now));
  const definition = definitionOf({
    steps: [{
      id: "g",
      action: { kind: "gate", gate: { condition, onTimeout: "fail" } },
      ...(timeout === undefined ? {} : { timeout }),
    }],
  });
  const event = await new Promise<LoggedEvent>((tell, fail) => {
    const step = {
      id: "g",
      attempt: 1,
      definition: definition.steps[0]!,
      record: { startedAt: Date.parse(began) },
    };
    languageFor(definition).then((language) =>
      performGate({ ports: { clock }, language } as never, { step, scope: {}, tell } as never)
    ).catch(fail);
  });
  return { at: new Date(clock.now()).toISOString().replace(".000Z", "Z"), kind: event.kind };
}

const cron = (schedule: string, timezone?: string): GateCondition => ({
  type: "cron",
  schedule,
  ...(timezone === undefined ? {} : { timezone }),
});

describe("a gate that opens at its time, by the clock of whoever drives the run", () => {
  it("opens at the next moment of a cron line after it was reached, however far that is", async () => {
    const began = "2026-03-27T10:20:30Z";
    assertEquals(await opened(cron("*/15 * * * *"), { began }), {
      at: "2026-03-27T10:30:00Z",
      kind: "succeeded",
    });
    // The clocks go forward on the 29th.
    assertEquals(await opened(cron("0 9 * * 1", "Europe/Berlin"), { began }), {
      at: "2026-03-30T07:00:00Z",
      kind: "succeeded",
    });
    assertEquals(await opened(cron("0 0 29 2 *"), { began }), {
      at: "2028-02-29T00:00:00Z",
      kind: "succeeded",
    });
  });

  it("opens at once where that moment has passed while nobody drove the run", async () => {
    const times = { began: "2026-03-27T10:20:30Z", now: "2026-03-27T10:47:00Z" };
    assertEquals(await opened(cron("*/15 * * * *"), times), { at: times.now, kind: "succeeded" });
  });

  it("opens where it was due before its time was over, and nobody drove the run at either moment", async () => {
    const times = { began: "2026-03-27T10:20:30Z", now: "2026-03-27T10:47:00Z" };
    const late = { at: times.now, kind: "failed" };
    const due = { at: times.now, kind: "succeeded" };
    const conditions: GateCondition[] = [
      { type: "timer", for: 570_000 },
      { type: "timer", until: { text: "2026-03-27T10:30:00Z" } },
      cron("*/15 * * * *"),
    ];
    for (const condition of conditions) {
      assertEquals(await opened(condition, { ...times, timeout: 570_000 }), due);
      assertEquals(await opened(condition, { ...times, timeout: 569_000 }), late);
    }
  });

  it("opens once its time has passed, also one of many weeks", async () => {
    const began = "2026-03-27T10:20:30Z";
    assertEquals(await opened({ type: "timer", for: 40 * 86_400_000 }, { began }), {
      at: "2026-05-06T10:20:30Z",
      kind: "succeeded",
    });
  });
});
