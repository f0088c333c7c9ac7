import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  AGING_MS,
  inOrder,
  nextAct,
  type Queue,
  type QueueEntry,
  readyAt,
} from "../../../src/refinery/queue_machine.ts";

const now = 1_000_000_000;

function entry(bead: string, change: Partial<QueueEntry> = {}): QueueEntry {
  return {
    bead,
    n: 1,
    state: "queued",
    priority: 2,
    slungAt: now - 1_000,
    since: now - 500,
    notBefore: 0,
    tries: 0,
    ...change,
  };
}

function queue(entries: QueueEntry[], change: Partial<Queue> = {}): Queue {
  return { entries, now, paused: false, heldUntil: 0, wokenAt: 0, ...change };
}

const merging = entry("cs-m", { state: "merging" });
const ready = entry("cs-r");
const later = entry("cs-l", { notBefore: now + 60_000, tries: 1 });

describe("the next act of the merge queue", () => {
  const compositions: [string, QueueEntry[]][] = [
    ["nothing", []],
    ["one ready", [ready]],
    ["one for later", [later]],
    ["one half merged", [merging]],
    ["ready and later", [later, ready]],
    ["ready and half merged", [ready, merging]],
    ["all", [later, ready, merging]],
  ];
  const conditions: [string, Partial<Queue>][] = [
    ["running", {}],
    ["paused", { paused: true }],
    ["held", { heldUntil: now + 5 }],
    ["paused and held", { paused: true, heldUntil: now + 5 }],
  ];
  const expected: Record<string, string[]> = {
    "nothing": ["idle", "idle", "idle", "idle"],
    "one ready": ["start cs-r", "idle", "wait 5", "idle"],
    "one for later": ["wait 60000", "idle", "wait 5", "idle"],
    "one half merged": ["finish cs-m", "finish cs-m", "wait 5", "wait 5"],
    "ready and later": ["start cs-r", "idle", "wait 5", "idle"],
    "ready and half merged": ["finish cs-m", "finish cs-m", "wait 5", "wait 5"],
    "all": ["finish cs-m", "finish cs-m", "wait 5", "wait 5"],
  };
  for (const [what, entries] of compositions) {
    for (const [at, [how, change]] of conditions.entries()) {
      it(`with ${what}, ${how}: ${expected[what]![at]}`, () => {
        const act = nextAct(queue(entries, change));
        const said = act.kind === "wait"
          ? `wait ${act.until - now}`
          : act.kind === "idle"
          ? "idle"
          : `${act.kind} ${act.batch.map((one) => one.bead).join(",")}`;
        assertEquals(said, expected[what]![at]);
      });
    }
  }

  it("forgets a pause that is older than the last wake, and keeps a newer one", () => {
    assertEquals(nextAct(queue([later], { wokenAt: now })).kind, "start");
    assertEquals(nextAct(queue([{ ...later, since: now }], { wokenAt: now })).kind, "wait");
  });

  it("ends a hold at its very end", () => {
    assertEquals(nextAct(queue([ready], { heldUntil: now })).kind, "start");
  });
});

describe("the order of the merge queue", () => {
  const names = (entries: QueueEntry[]) => inOrder(entries, now).map((one) => one.bead);

  it("is by priority, then by the time in the queue, then by the time of the sling, then by name", () => {
    const urgent = entry("cs-0", { priority: 0, since: now });
    const older = entry("cs-z", { since: now - 900 });
    const slungFirst = entry("cs-y", { slungAt: now - 5_000 });
    assertEquals(names([entry("cs-b"), entry("cs-a"), slungFirst, older, urgent]), [
      "cs-0",
      "cs-z",
      "cs-y",
      "cs-a",
      "cs-b",
    ]);
  });

  it("lets the least important one pass fresh critical ones when it has waited long enough", () => {
    const old = entry("cs-old", { priority: 4, since: now - 5 * AGING_MS });
    assertEquals(names([entry("cs-new", { priority: 0, since: now }), old]), ["cs-old", "cs-new"]);
  });
});

const anyEntry = fc.record({
  bead: fc.integer({ min: 0, max: 30 }).map((id) => `cs-${id}`),
  n: fc.integer({ min: 1, max: 3 }),
  state: fc.constantFrom("queued" as const, "queued" as const, "merging" as const),
  priority: fc.integer({ min: 0, max: 4 }),
  slungAt: fc.integer({ min: 0, max: now }),
  since: fc.integer({ min: 0, max: now }),
  notBefore: fc.constantFrom(0, now - 1, now, now + 1, now + 1_000),
  tries: fc.integer({ min: 0, max: 4 }),
});

const anyQueue = fc.record({
  entries: fc.uniqueArray(anyEntry, { selector: (one) => one.bead, maxLength: 12 }),
  now: fc.constant(now),
  paused: fc.boolean(),
  heldUntil: fc.constantFrom(0, now, now + 7),
  wokenAt: fc.constantFrom(0, now / 2, now),
});

describe("any merge queue", () => {
  it("starts only what is ready, and nothing while one is half merged, paused or held", () => {
    fc.assert(fc.property(anyQueue, (any) => {
      const act = nextAct(any);
      if (act.kind !== "start") return;
      assert(!any.paused && any.heldUntil <= now);
      assert(any.entries.every((one) => one.state === "queued"));
      for (const one of act.batch) assert(readyAt(any, one) <= now);
    }));
  });

  it("waits only for a time to come, and idles only when time alone changes nothing", () => {
    fc.assert(fc.property(anyQueue, (any) => {
      const act = nextAct(any);
      if (act.kind === "wait") assert(act.until > now);
      if (act.kind === "idle") {
        assert(
          any.entries.length === 0 || (any.paused && any.entries.every((one) => one.state === "queued")),
        );
      }
    }));
  });

  it("does not depend on the order of the entries", () => {
    fc.assert(fc.property(anyQueue, (any) => {
      assertEquals(nextAct({ ...any, entries: [...any.entries].reverse() }), nextAct(any));
    }));
  });

  it("starves nobody, however many critical ones keep coming", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4 }), (priority) => {
      let entries = [entry("cs-old", { priority, since: now })];
      let at = now;
      for (let round = 0; round < 40; round++) {
        entries = [...entries, entry(`cs-${round}`, { priority: 0, since: at, slungAt: at })];
        const act = nextAct(queue(entries, { now: at }));
        if (act.kind !== "start") throw new Error(`it came to ${act.kind}`);
        const started = act.batch[0].bead;
        if (started === "cs-old") return;
        entries = entries.filter((one) => one.bead !== started);
        at += AGING_MS / 4;
      }
      throw new Error("it was never started");
    }));
  });
});
