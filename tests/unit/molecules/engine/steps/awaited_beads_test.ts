import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { BeadKey, Ledger, View } from "../../../../../src/ledger/ledger.ts";
import { createWatches } from "../../../../../src/molecules/engine/steps/performance.ts";
import { makeLedger } from "../../../ledger/fixture.ts";

/** Makes beads with these ids. */
function make(ledger: Ledger, ids: readonly string[]): BeadKey[] {
  return ledger.write(
    "ann",
    (transaction) =>
      ids.map((id) => transaction.create(`cs-${id}`, { title: id, status: "open", issue_type: "task" }).key),
  );
}

const close = (ledger: Ledger, key: BeadKey) =>
  ledger.write("ann", (transaction) => transaction.set(key, { status: "closed" }));

describe("beads that are waited for", () => {
  it("are told of once each, as soon as they are closed or deleted, also by another process", () => {
    using made = makeLedger();
    const { ledger } = made;
    const other = made.again();
    const [a, b, c, d] = make(ledger, ["a", "b", "c", "d"]) as [BeadKey, BeadKey, BeadKey, BeadKey];
    close(ledger, d);
    const told: string[] = [];
    const watches = createWatches(ledger.view);
    const stops = [a, b, c, d].map((key, at) => watches.addBead(key, () => told.push("abcd"[at]!)));
    watches.addBead(a, () => told.push("a again"));
    assertEquals(told, ["d"]);
    other.write("bob", (transaction) => transaction.remove(b, "not needed"));
    watches.look();
    assertEquals(told, ["d", "b"]);
    stops[2]!();
    for (const key of [c, a]) close(other, key);
    for (let look = 0; look < 2; look++) watches.look();
    assertEquals(told, ["d", "b", "a", "a again"]);
    assert(watches.isEmpty());
  });

  it("cost one question for each look, however many they are", () => {
    using made = makeLedger();
    const { ledger } = made;
    const keys = make(ledger, Array.from({ length: 50 }, (_, at) => `w${at}`));
    let asked = 0;
    const rows: View["rows"] = (sql, ...values) => {
      asked++;
      return ledger.view.rows(sql, ...values);
    };
    const told: number[] = [];
    const watches = createWatches({ rows });
    keys.forEach((key, at) => watches.addBead(key, () => told.push(at)));
    asked = 0;
    for (const at of [7, 30]) {
      close(ledger, keys[at]!);
      watches.look();
    }
    assertEquals([told, asked], [[7, 30], 2]);
  });

  it("are all looked at where the index was made anew, in which what has happened stands in another order", () => {
    using made = makeLedger();
    const { ledger } = made;
    const [a] = make(ledger, ["a"]) as [BeadKey];
    const told: string[] = [];
    let isAnew = false;
    const rows: View["rows"] = <Row>(sql: string, ...values: Parameters<View["rows"]>[1][]) => {
      const found = ledger.view.rows<Row>(sql, ...values);
      return isAnew && sql.includes("o.arrival >=") ? [] : found;
    };
    const watches = createWatches({ rows });
    watches.addBead(a, () => told.push("a"));
    close(ledger, a);
    isAnew = true;
    watches.look();
    assertEquals(told, ["a"]);
  });
});
