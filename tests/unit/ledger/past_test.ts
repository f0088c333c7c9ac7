import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import type { Bead, BeadKey, Ledger, Transaction } from "../../../src/ledger/ledger.ts";
import {
  keysChangedBy,
  keysChangedSince,
  pastBead,
  pastView,
  timeOfOperation,
} from "../../../src/ledger/past.ts";
import { add, change, makeLedger } from "./fixture.ts";

const changes: ((tx: Transaction, key: BeadKey) => unknown)[] = [
  (tx, key) => tx.set(key, { title: "Second", description: "text" }),
  (tx, key) => tx.set(key, { title: "Third", priority: 0 }),
  (tx, key) => tx.addLabel(key, "a"),
  (tx, key) => tx.removeLabel(key, "a"),
  (tx, key) => tx.addDependency(key, "cs-other", "blocks"),
  (tx, key) => tx.removeDependency(key, "cs-other"),
  (tx, key) => tx.comment(key, "said"),
  (tx, key) => tx.appendNotes(key, "noted"),
  (tx, key) => tx.set(key, { notes: "new" }),
  (tx, key) => tx.set(key, { status: "closed" }),
  (tx, key) => tx.set(key, { status: "open", "metadata.k": 1 }),
];

/** A bead without what depends on others. */
function plain(bead: Bead | undefined): unknown {
  return bead && { ...bead, blocked: false };
}

describe("the past of a ledger", () => {
  it("is, after each operation, what it was then", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: changes.length - 1 }), { maxLength: 12 }), (picks) => {
        using made = makeLedger();
        const { ledger } = made;
        add(ledger, "cs-other");
        const { key } = add(ledger, "cs-one");
        const snapshots = [{ count: 1, bead: ledger.view.beadByKey(key) }];
        for (const pick of picks) {
          change(ledger, "cs-one", changes[pick]!);
          snapshots.push({ count: ledger.view.history(key).length, bead: ledger.view.beadByKey(key) });
        }
        for (const { count, bead } of snapshots) {
          const names = new Set(ledger.view.history(key).slice(0, count).map(({ o }) => o));
          const past = pastBead(ledger.view, { key, counts: ({ o }) => names.has(o) });
          assertEquals(plain(past), plain(bead));
        }
      }),
      { numRuns: 8 },
    ));

  it("knows which beads changed, by time and by clone, and when an operation was made", () => {
    using made = makeLedger();
    const { ledger } = made;
    const first = add(ledger, "cs-one");
    const { view, replica } = ledger;
    const [operation] = view.history(first.key);
    const at = timeOfOperation(view, operation!.o)!;
    assertEquals(at, operation!.t[0]);
    assertEquals([timeOfOperation(view, "nobody.1"), timeOfOperation(view, "HEAD")], [undefined, undefined]);
    const second = add(ledger, "cs-two");
    assertEquals(keysChangedSince(view, at - 1).sort(), [first.key, second.key].sort());
    assertEquals(keysChangedSince(view, at + 86_400_000), []);
    const after = Number(operation!.o.split(".")[1]);
    assertEquals(keysChangedBy(view, { replica, after }), [second.key]);
    assertEquals(keysChangedBy(view, { replica: "other", after: 0 }), []);
  });

  it("holds beads under the ids they had, and those that are gone now", () => {
    using made = makeLedger();
    const { ledger } = made;
    const { key } = add(ledger, "cs-one");
    const then = operationsSeen(ledger);
    change(ledger, "cs-one", (tx, one) => tx.rename(one, "cs-new"));
    change(ledger, "cs-new", (tx, one) => tx.remove(one, "gone"));
    const view = pastView(ledger.view, ({ o }) => then.has(o));
    assertEquals([view.beadById("cs-new")?.id, view.beadByKey(key)?.deleted], ["cs-one", undefined]);
    assertEquals(pastView(ledger.view, () => false).beadByKey(key), undefined);
  });
});

function operationsSeen({ view }: Ledger): Set<string> {
  return new Set(view.arrivedAfter(0, 1_000).map(({ operation }) => operation.o));
}
