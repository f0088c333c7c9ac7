import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { BeadKey, Ledger } from "../../../../../src/ledger/ledger.ts";
import { createLookout, type Lookout } from "../../../../../src/molecules/engine/driver/lookout.ts";
import { createTestClock } from "../../../../../src/ports/clock.ts";
import { makeLedger } from "../../../ledger/fixture.ts";

/** A ledger that two processes have open, and a lookout of the first; `asked` says what it was asked for. */
function place() {
  const made = makeLedger();
  const clock = createTestClock();
  const asked: string[] = [];
  const view = {
    ...made.ledger.view,
    journal: (name: string, after: number) => (asked.push(name), made.ledger.view.journal(name, after)),
    journalsAfter: (after: number) => (asked.push("all"), made.ledger.view.journalsAfter(after)),
  };
  const ledger: Ledger = { ...made.ledger, view };
  const news = () => () => {};
  const lookout = createLookout({ ...made.ports, clock }, { ledger, arrival: 0, news });
  const other = made.again();
  return {
    asked,
    clock,
    lookout,
    add: (name: string, by = other) =>
      by.write("me", (transaction) => transaction.append(name, { n: 1 }).arrival),
    change: (by = other) => void by.write("me", (transaction) => transaction.setSetting("x", Math.random())),
    own: made.ledger,
    [Symbol.dispose]: () => made[Symbol.dispose](),
  };
}

/** A run that is followed, and how often its driver was rung. */
function follow(lookout: Lookout, name: string, { heedsAll = false, asksAgain = false } = {}) {
  const run = { arrival: 0, rung: 0, heedsAll, asksAgain };
  const sight = lookout.follow({
    key: name as BeadKey,
    arrival: () => run.arrival,
    heedsAll: () => run.heedsAll,
    asksAgain: () => run.asksAgain,
    ring: () => void run.rung++,
  });
  // Whoever follows looks into the journal itself at first.
  assertEquals(sight.look(), true);
  return { run, sight };
}

describe("what looks for news of a run and of those nested in it", () => {
  it("asks once for all of them, and tells those in whose journals something has arrived", () => {
    using made = place();
    const first = follow(made.lookout, "first");
    const nested = Array.from({ length: 50 }, (_, n) => follow(made.lookout, `nested${n}`));
    made.asked.length = 0;
    made.add("nested7");
    made.add("elsewhere");
    assertEquals(first.sight.look(), false);
    assertEquals(nested.map(({ run: { rung } }) => rung), nested.map((_, n) => n === 7 ? 1 : 0));
    assertEquals(nested.map(({ sight }) => sight.look()), nested.map((_, n) => n === 7));
    assertEquals(nested.map(({ sight }) => sight.look()), nested.map(() => false));
    assertEquals(made.asked, ["all"]);
  });

  it("tells them at once, whichever driver looks", () => {
    using made = place();
    const [first, one, other] = ["first", "one", "other"].map((name) => follow(made.lookout, name));
    made.add("first");
    made.add("other");
    assertEquals(one!.sight.look(), false);
    assertEquals([first!.run.rung > 0, one!.run.rung, other!.run.rung], [true, 0, 1]);
    assertEquals([first!.sight.look(), other!.sight.look()], [true, true]);
  });

  it("holds nothing for news that a driver has read already, as what it wrote itself", () => {
    using made = place();
    const [first, one] = ["first", "one"].map((name) => follow(made.lookout, name));
    one!.run.arrival = made.add("one", made.own);
    one!.sight.wrote();
    assertEquals([one!.sight.look(), first!.sight.look(), one!.run.rung], [false, false, 0]);
  });

  it("asks for nothing after a write of the only driver, unless others have written as well", () => {
    using made = place();
    const { run, sight } = follow(made.lookout, "first");
    made.asked.length = 0;
    run.arrival = made.add("first", made.own);
    sight.wrote();
    assertEquals([sight.look(), sight.isBehind(), made.asked], [false, false, []]);
    run.arrival = made.add("first", made.own);
    made.add("first");
    sight.wrote();
    assertEquals([sight.look(), made.asked], [true, ["all"]]);
  });

  it("misses nothing that comes into a journal with the write of another driver", () => {
    using made = place();
    const [, one, other] = ["first", "one", "other"].map((name) => follow(made.lookout, name));
    made.own.write("me", (transaction) => {
      transaction.append("other", { n: 1 });
      one!.run.arrival = transaction.append("one", { n: 1 }).arrival;
    });
    one!.sight.wrote();
    assertEquals([one!.sight.look(), other!.sight.look()], [false, true]);
  });

  it("tells those that heed more than their journals of any change, ten times a second at most", () => {
    using made = place();
    const first = follow(made.lookout, "first");
    const heeding = follow(made.lookout, "heeding", { heedsAll: true });
    const plain = follow(made.lookout, "plain");
    made.clock.advance(100);
    first.sight.look();
    heeding.run.rung = 0;
    for (let n = 0; n < 3; n++) {
      made.change();
      first.sight.look();
      assertEquals(heeding.run.rung, 0);
      made.clock.advance(100);
      first.sight.look();
      assertEquals([heeding.run.rung, heeding.sight.look(), heeding.sight.look()], [1, true, false]);
      heeding.run.rung = 0;
    }
    made.clock.advance(100);
    first.sight.look();
    assertEquals([heeding.run.rung, plain.run.rung, plain.sight.look()], [0, 0, false]);
  });

  it("lets each look for itself every few seconds, should arrivals be counted anew", () => {
    using made = place();
    const { run, sight } = follow(made.lookout, "first");
    run.arrival = 1_000;
    made.add("first");
    assertEquals(sight.look(), false);
    made.clock.advance(5_000);
    assertEquals([sight.look(), sight.look()], [true, false]);
    made.clock.advance(5_000);
    assertEquals(sight.look(), false);
  });

  it("rings those that may not begin steps although nothing changes", () => {
    using made = place();
    const first = follow(made.lookout, "first");
    const { run } = follow(made.lookout, "held up", { asksAgain: true });
    run.rung = 0;
    for (let n = 1; n <= 3; n++) {
      made.clock.advance(100);
      first.sight.look();
      assertEquals(run.rung, n);
    }
  });

  it("lets the driver of a nested run rest; that of the first looks often while something happens to any of them", () => {
    using made = place();
    const first = follow(made.lookout, "first");
    const { sight } = follow(made.lookout, "nested");
    made.clock.advance(2_000);
    assertEquals([first.sight.longest(), sight.longest()], [5_000, 5_000]);
    first.run.rung = 0;
    sight.stirred();
    assertEquals([first.run.rung, first.sight.longest(), sight.longest()], [1, 100, 5_000]);
  });
});
