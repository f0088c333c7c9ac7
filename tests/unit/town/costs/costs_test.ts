import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { BeadKey } from "../../../../src/ledger/ledger.ts";
import { type KnownUsage, sumCosts, totalCosts } from "../../../../src/town/costs/costs.ts";
import { priceOf, usdOf } from "../../../../src/town/costs/prices.ts";
import { noTokens, type UsageRow } from "../../../../src/town/costs/usage.ts";

const million = 1_000_000;

function row(change: Partial<UsageRow> = {}): UsageRow {
  return { day: "2026-11-23", model: "claude-opus-4-8", turns: 1, messages: 2, ...noTokens(), ...change };
}

function usage(bead: string, ...rows: UsageRow[]): KnownUsage {
  return {
    session: `of ${bead}`,
    actor: "worker-1",
    bead: bead as BeadKey,
    beadId: bead,
    n: 2,
    since: 0,
    rows,
  };
}

describe("the price of tokens", () => {
  const cases: [model: string, day: string, input: number | undefined][] = [
    ["claude-opus-4-8", "2026-11-23", 5],
    ["claude-opus-4-20250514", "2026-11-23", 15],
    ["claude-opus-5-5", "2026-11-23", 4],
    ["claude-opus-5", "2026-11-23", 5],
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "2026-11-23", 1],
    ["claude-opus-4-6-fast", "2026-11-23", 30],
    ["claude-opus-4-8-fast", "2026-11-23", undefined],
    ["gpt-9", "2026-11-23", undefined],
  ];
  for (const [model, day, input] of cases) {
    it(`of ${model} is ${input === undefined ? "not known" : `$${input}`}`, () =>
      assertEquals(priceOf([], { model, day })?.input, input));
  }

  it("is the one that held on the day", () => {
    assertEquals(priceOf([], { model: "claude-sonnet-5-5", day: "2026-10-06" })?.cache_read, undefined);
    assertEquals(priceOf([], { model: "claude-sonnet-5-5", day: "2026-10-07" })?.cache_read, 0.1);
  });

  it("is the town's own before the list price", () => {
    const own = [{ model: "claude-", input: 1, output: 2 }, { model: "gpt-", input: 3, output: 4 }];
    assertEquals(priceOf(own, { model: "claude-opus-4-8", day: "2026-11-23" })?.input, 1);
    assertEquals(priceOf(own, { model: "gpt-9", day: "2026-11-23" })?.output, 4);
  });

  it("is of each kind of tokens its own", () => {
    const all = { input: million, output: million, cache_read: million, cache_write: million };
    assertEquals(usdOf([], row({ ...all, cache_write_1h: million })), 5 + 25 + 0.5 + 6.25 + 10);
  });

  it("is another for long requests where the model's is", () => {
    const haiku = { model: "claude-haiku-5-5", input: million };
    assertEquals([usdOf([], row(haiku)), usdOf([], row({ ...haiku, long: true }))], [0.1, 0.5]);
    assertEquals(usdOf([], row({ input: million, long: true })), 5);
  });
});

describe("the sum of costs", () => {
  const known = [
    usage("a", row({ input: million }), row({ day: "2026-11-22", input: million, step: "a.1" })),
    usage("b", row({ output: million, model: "claude-haiku-4-5" })),
    { ...usage("c", row({ input: 7, model: "odd" })), actor: "worker-2", rig: "app" },
  ];
  const sums = (by: Parameters<typeof sumCosts>[1]["by"], more = {}) =>
    sumCosts(known, { by, prices: [], ...more }).map(({ key, usd }) => [key, usd]);

  it("is by bead, attempt, step, worker, rig, model and day", () => {
    assertEquals(sums("bead"), [["a", 10], ["b", 5], ["c", 0]]);
    assertEquals(sums("attempt")[0], ["a #2", 10]);
    assertEquals(sums("step"), [["b", 5], ["a", 5], ["a.1", 5], ["c", 0]]);
    assertEquals(sums("worker"), [["worker-1", 15], ["worker-2", 0]]);
    assertEquals(sums("rig"), [["-", 15], ["app", 0]]);
    assertEquals(sums("model"), [["claude-opus-4-8", 10], ["claude-haiku-4-5", 5], ["odd", 0]]);
    assertEquals(sums("day"), [["2026-11-22", 5], ["2026-11-23", 10]]);
  });

  it("counts a bead of two convoys in both, and what is in none apart", () => {
    const convoys = new Map([["a", ["one", "two"]]]);
    assertEquals(sums("convoy", { convoys }), [["one", 10], ["two", 10], ["-", 5]]);
  });

  it("says which models have no price", () => {
    const { usd, unpriced, turns } = totalCosts(known, { prices: [] });
    assertEquals([usd, unpriced, turns], [15, ["odd"], 4]);
  });
});
