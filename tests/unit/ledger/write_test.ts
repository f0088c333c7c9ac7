import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { CommandError } from "../../../src/lib/errors.ts";
import type { Transaction } from "../../../src/ledger/ledger.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { add, change, logFiles, makeLedger, testPorts } from "./fixture.ts";

describe("a change of the ledger", () => {
  it("leaves nothing behind when it throws", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    const [log] = logFiles(test.folder);
    const before = Deno.readTextFileSync(log!);
    assertThrows(() =>
      test.ledger.write("me", (tx) => {
        tx.create("cs-b", { title: "b" });
        tx.comment(tx.beadById("cs-a")!.key, "text");
        throw new Error("no");
      })
    );
    assertEquals(Deno.readTextFileSync(log!), before);
    assertEquals(test.ledger.view.beadById("cs-b"), undefined);
    assertEquals(test.ledger.view.beadById("cs-a")!.comments, []);
  });

  it("leaves nothing behind when it throws after a part of it went into the log", () => {
    using test = makeLedger();
    add(test.ledger, "cs-1");
    const [log] = logFiles(test.folder);
    const before = Deno.readFileSync(log!);
    assertThrows(() =>
      change(test.ledger, "cs-1", (tx, key) => {
        for (const part of "abcd") tx.comment(key, part.repeat(700_000));
        assert(Deno.statSync(log!).size > before.length + 1_000_000);
        throw new Error("no");
      })
    );
    assertEquals(Deno.readFileSync(log!), before);
    assertEquals(test.ledger.view.beadById("cs-1")!.comments, []);
    change(test.ledger, "cs-1", (tx, key) => {
      for (const part of "abcd") tx.comment(key, part.repeat(700_000));
    });
    Deno.removeSync(join(test.folder, "index.db"));
    assertEquals(test.again().view.beadById("cs-1")!.comments.map(({ text }) => text[0]).join(""), "abcd");
  });

  it("writes nothing when nothing is different", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", { labels: ["x"], priority: 1 });
    const [log] = logFiles(test.folder);
    const before = Deno.readTextFileSync(log!);
    change(test.ledger, "cs-a", (tx, key) => {
      tx.set(key, { priority: 1, title: "cs-a", "metadata.absent": null });
      tx.addLabel(key, "x");
      tx.removeLabel(key, "y");
    });
    assertEquals(Deno.readTextFileSync(log!), before);
  });

  it("is seen by others as a whole, and counted by version", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    const other = test.again();
    const version = other.version();
    assertEquals(other.version(), version);
    change(test.ledger, "cs-a", (tx, key) => tx.set(key, { title: "new" }));
    assert(other.version() !== version);
    assertEquals(other.view.beadById("cs-a")!.title, "new");
    const after = other.version();
    test.ledger.ephemeral.put("session", "s", { pid: 1 });
    assertEquals(other.version(), after);
  });

  it("gives arrivals in order, each once", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    change(test.ledger, "cs-a", (tx, key) => tx.comment(key, "text"));
    const all = test.ledger.view.arrivedAfter(0, 10);
    assertEquals(all.map((one) => [one.id, one.operation.k]), [["", "set"], ["cs-a", "create"], [
      "cs-a",
      "comment",
    ]]);
    assertEquals(test.ledger.view.arrivedAfter(all[1]!.arrival, 10).length, 1);
  });

  it("numbers children on from the highest number there ever was", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    for (const expected of ["cs-a.1", "cs-a.2"]) {
      const id = change(test.ledger, "cs-a", (tx, key) => tx.create(tx.childId(key), { title: "child" }).id);
      assertEquals(id, expected);
    }
    change(test.ledger, "cs-a.2", (tx, key) => tx.remove(key, "gone"));
    assertEquals(change(test.ledger, "cs-a", (tx, key) => tx.childId(key)), "cs-a.3");
  });

  it("refuses an id that is taken, also by a former name", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    change(test.ledger, "cs-a", (tx, key) => tx.rename(key, "cs-new"));
    assertEquals(test.ledger.view.beadById("cs-a")!.id, "cs-new");
    for (const id of ["cs-a", "cs-new"]) {
      const error = assertThrows(() => add(test.ledger, id), CommandError) as CommandError;
      assertEquals(error.code, "id_taken");
    }
  });

  it("refuses to change a bead that was removed, and shows it as a tombstone", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", { issue_type: "bug" });
    change(test.ledger, "cs-a", (tx, key) => tx.remove(key, "a double"));
    const bead = test.ledger.view.beadById("cs-a")!;
    assertEquals([bead.status, bead.deleted, bead.fields.delete_reason], ["tombstone", true, "a double"]);
    const error = assertThrows(() => change(test.ledger, "cs-a", (tx, key) => tx.set(key, { title: "x" })));
    assertEquals((error as CommandError).code, "bead_deleted");
  });

  it("warns of a clock that is far ahead, keeps to its own, and still comes after the bead it changes", () => {
    const ports = testPorts();
    const day = 24 * 3600 * 1000;
    using test = makeLedger({ ports: { ...ports, clock: { ...ports.clock, now: () => Date.now() + day } } });
    add(test.ledger, "cs-a");
    const honest = makeAgain(test.folder);
    try {
      change(honest, "cs-a", (tx, key) => tx.set(key, { title: "later" }));
      assertEquals(honest.view.beadById("cs-a")!.title, "later");
      assertEquals(honest.warnings().length, 1);
      const fresh = add(honest, "cs-b");
      assert(Math.abs(Date.parse(fresh.created_at) - Date.now()) < 60_000);
    } finally {
      honest.close();
    }
  });

  it("says when it is on disk, before others see it; never where there is nothing to write, or it fails", () => {
    using test = makeLedger();
    const { key } = add(test.ledger, "cs-a");
    const other = test.again();
    const [log] = logFiles(test.folder);
    const told: string[] = [];
    const write = (text: string, change: (tx: Transaction) => void) =>
      test.ledger.write("me", (tx) => {
        tx.whenDurable(() => {
          assert(Deno.readTextFileSync(log!).includes(`"${text}"`));
          assertEquals(other.view.beadByKey(key)!.title, "cs-a");
          told.push(text);
        });
        change(tx);
      });
    write("nothing", (tx) => tx.set(key, { title: "cs-a" }));
    assertThrows(() => write("failed", () => assert(false)));
    assertEquals(told, []);
    write("later", (tx) => tx.set(key, { title: "later" }));
    assertEquals(told, ["later"]);
    assertEquals(other.view.beadByKey(key)!.title, "later");
  });

  it("stands once it was said to be on disk, even where the index cannot take it", () => {
    using test = makeLedger();
    const { key } = add(test.ledger, "cs-a");
    assertThrows(
      () =>
        test.ledger.write("me", (tx) => {
          tx.whenDurable(() => {
            throw new Error("the disk is full");
          });
          tx.set(key, { title: "later" });
        }),
      Error,
      "the disk is full",
    );
    change(test.ledger, "cs-a", (tx) => tx.comment(key, "and on"));
    const { title, comments } = test.again().view.beadByKey(key)!;
    assertEquals({ title, comments: comments.length }, { title: "later", comments: 1 });
  });

  it("takes no nested change and nothing asynchronous", () => {
    using test = makeLedger();
    assertThrows(
      () => test.ledger.write("me", () => test.ledger.write("me", () => 1)),
      Error,
      "within another",
    );
    assertThrows(() => test.ledger.write("me", () => Promise.resolve(1)), Error, "must not wait");
  });
});

describe("ephemeral values", () => {
  it("are swapped only from what is expected", () => {
    using test = makeLedger();
    const { ephemeral } = test.ledger;
    assertEquals(ephemeral.swap("lease", "a", undefined, { n: 1 }), true);
    assertEquals(ephemeral.swap("lease", "a", undefined, { n: 2 }), false);
    assertEquals(test.again().ephemeral.swap("lease", "a", { n: 1 }, { n: 3 }), true);
    assertEquals(ephemeral.list("lease"), [{ key: "a", value: { n: 3 } }]);
    assertEquals(ephemeral.swap("lease", "a", { n: 1 }, undefined), false);
    assertEquals(ephemeral.swap("lease", "a", { n: 3 }, undefined), true);
    assertEquals(ephemeral.get("lease", "a"), undefined);
    ephemeral.put("lease", "a", 1);
    ephemeral.remove("lease", "a");
    assertEquals(ephemeral.get("lease", "a"), undefined);
  });
});

function makeAgain(folder: string) {
  return openLedger(testPorts(), { folder });
}
