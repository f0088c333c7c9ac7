import { describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import { decideRestart, type Upkeep } from "../../../src/steward/backoff.ts";

describe("restarting what has ended", () => {
  it("happens at once where it was never started", () => {
    assertEquals(decideRestart(undefined, 5), { start: true, upkeep: { startedAt: 5, failures: 0 } });
  });

  it("waits longer each time it ends within a second, up to five minutes", () => {
    let upkeep: Upkeep | undefined;
    let now = 0;
    const pauses: number[] = [];
    for (let round = 0; round < 14; round++) {
      now += 1_000;
      const found = decideRestart(upkeep, now);
      upkeep = found.upkeep;
      if (found.start) continue;
      pauses.push(upkeep.notBefore! - now);
      now = upkeep.notBefore!;
      const again = decideRestart(upkeep, now);
      assertEquals(again.start, true);
      upkeep = again.upkeep;
    }
    assertEquals(pauses.slice(0, 5), [1_000, 2_000, 4_000, 8_000, 16_000]);
    assertEquals(Math.max(...pauses), 300_000);
  });

  it("does not count a long pause as a good run", () => {
    const waiting: Upkeep = { startedAt: 0, failures: 9, notBefore: 128_000 };
    assertEquals(decideRestart(waiting, 128_000), {
      start: true,
      upkeep: { startedAt: 128_000, failures: 9 },
    });
  });

  it("forgets the failures of what ran for half a minute", () => {
    const found = decideRestart({ startedAt: 0, failures: 4 }, 30_000);
    assertEquals(found, { start: true, upkeep: { startedAt: 30_000, failures: 0 } });
  });
});
