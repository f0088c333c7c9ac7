import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { initLedger } from "../../../src/ledger/init.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { createTestClock } from "../../../src/ports/clock.ts";
import { createPorts } from "../../../src/ports/ports.ts";

function place() {
  const folder = join(Deno.makeTempDirSync(), ".beads");
  const ports = { ...createPorts([], "bd"), clock: createTestClock() };
  return { folder, ports, ledger: initLedger(ports, { folder, prefix: "cs" }) };
}

const values = (ledger: Ledger, after = 0) => ledger.view.journal("run", after).map(({ value }) => value.n);

describe("a journal of the ledger", () => {
  it("keeps its entries in order, beside the beads", () => {
    const { ledger } = place();
    ledger.write("me", (transaction) => {
      transaction.create("cs-run", { title: "a run" });
      transaction.append("run", { n: 1 });
      transaction.append("run", { n: 2 });
      transaction.append("other", { n: 9 });
    });
    ledger.write("me", (transaction) => transaction.append("run", { n: 3 }));
    assertEquals(values(ledger), [1, 2, 3]);
    const [, second] = ledger.view.journal("run", 0);
    assertEquals(values(ledger, second!.arrival), [3]);
    const twice = (after: number) =>
      ledger.view.journal("run", after, ({ n }) => ({ n: Number(n) * 2 })).map(({ value }) => value.n);
    assertEquals([twice(0), twice(second!.arrival)], [[2, 4, 6], [6]]);
    assertEquals(ledger.view.beads("1 = 1").map(({ id }) => id), ["cs-run"]);
    ledger.close();
  });

  it("is named with its last entry among those that have new ones, beside which no bead is", () => {
    const { ledger } = place();
    const after = ledger.write("me", (transaction) => transaction.append("run", { n: 1 }).arrival);
    assertEquals(ledger.view.journalsAfter(after), []);
    const arrivals = ledger.write("me", (transaction) => {
      transaction.create("cs-run", { title: "a run" });
      const added = ["run", "other", "run"].map((name) => transaction.append(name, { n: 2 }).arrival);
      assertEquals(transaction.journalsAfter(after).length, 2);
      return added;
    });
    const found = ledger.view.journalsAfter(after).toSorted((one, other) => one.arrival - other.arrival);
    assertEquals(found, [{ name: "other", arrival: arrivals[1] }, { name: "run", arrival: arrivals[2] }]);
    ledger.close();
  });

  it("has them after the index was made anew", () => {
    const { folder, ports, ledger } = place();
    for (let n = 0; n < 300; n++) ledger.write("me", (transaction) => transaction.append("run", { n }));
    ledger.close();
    Deno.removeSync(join(folder, "index.db"));
    const again = openLedger(ports, { folder });
    assertEquals(values(again), Array.from({ length: 300 }, (_, n) => n));
    again.write("me", (transaction) => transaction.append("run", { n: 300 }));
    assertEquals(values(again).at(-1), 300);
    again.close();
  });

  it("puts an entry after the latest that its writer has seen, whatever the clock says", () => {
    const { ledger, ports } = place();
    const ahead = ports.clock.now() + 3_600_000;
    ledger.write("me", (transaction) => transaction.append("run", { n: 1 }, [ahead, 4]));
    const [first] = ledger.view.journal("run", 0);
    assertEquals(first!.stamp, [ahead, 5]);
    ledger.write("me", (transaction) => transaction.append("run", { n: 2 }, first!.stamp));
    assertEquals(values(ledger), [1, 2]);
    ledger.close();
  });
});
