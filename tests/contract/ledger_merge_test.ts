import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { closeBead, reopenBead } from "../../src/beads/close.ts";
import type { BeadKey, Ledger, Transaction } from "../../src/ledger/ledger.ts";
import { projectionText } from "../../src/ledger/projection.ts";
import { syncLedger } from "../../src/ledger/sync.ts";
import type { Ports } from "../../src/ports/ports.ts";
import { add, change, testPorts } from "../unit/ledger/fixture.ts";
import { assertSame, type Clones, makeClones, syncAll } from "./clones_fixture.ts";

type Edit = (transaction: Transaction, key: BeadKey) => void;

/** One bead, changed here and there before either saw the other, and then synced; the second change is the later. */
async function meet(clones: Clones, { bead, here, there }: { bead: string; here: Edit; there: Edit }) {
  const [one, two] = clones.ledgers as [Ledger, Ledger];
  change(one, bead, here);
  change(two, bead, there);
  await syncAll(clones.ledgers);
  assertSame(clones.ledgers);
  const found = one.view.beadById(bead)!;
  const conflicts = one.view.conflicts(found.key);
  assertEquals(two.view.conflicts(found.key), conflicts);
  return { bead: found, conflicts: conflicts.map(({ register, kept, lost }) => [register, kept, lost]) };
}

/** Ports whose clock is off by some ms. */
function portsOff(ms: number): Ports {
  const ports = testPorts();
  return { ...ports, clock: { ...ports.clock, now: () => ports.clock.now() + ms } };
}

const DAY = 24 * 3600 * 1000;
const close: Edit = (tx, key) => closeBead(tx, { key, force: true });

describe("two clones that change one bead at a time", () => {
  it("both keep what they wrote in different fields, comments, labels and dependencies", async () => {
    using clones = await makeClones(2);
    for (const id of ["cs-1", "cs-a", "cs-b"]) add(clones.ledgers[0]!, id, { labels: ["old"] });
    await syncAll(clones.ledgers);
    const edit = (name: string, other: string): Edit => (tx, key) => {
      tx.set(key, name === "here" ? { title: name } : { description: name, "metadata.k": name });
      tx.addLabel(key, name);
      tx.comment(key, `comment ${name}`);
      tx.appendNotes(key, `note ${name}`);
      tx.addDependency(key, other, "blocks");
      if (name === "here") tx.removeLabel(key, "old");
    };
    const { bead, conflicts } = await meet(clones, {
      bead: "cs-1",
      here: edit("here", "cs-a"),
      there: edit("there", "cs-b"),
    });
    assertEquals([bead.title, bead.description, bead.metadata], ["here", "there", { k: "there" }]);
    assertEquals(bead.labels, ["here", "there"]);
    assertEquals(bead.comments.map((one) => one.text).sort(), ["comment here", "comment there"]);
    assertEquals(bead.notes?.split("\n").sort(), ["note here", "note there"]);
    assertEquals(bead.dependencies.length, 2);
    assertEquals(conflicts, []);
  });

  it("settle the same field for the later, and show what lost", async () => {
    using clones = await makeClones(2);
    add(clones.ledgers[0]!, "cs-1");
    await syncAll(clones.ledgers);
    const set = (title: string): Edit => (tx, key) => void tx.set(key, { title });
    const { bead, conflicts } = await meet(clones, { bead: "cs-1", here: set("x"), there: set("y") });
    assertEquals([bead.title, conflicts], ["y", [["title", "y", "x"]]]);
    const same = await meet(clones, { bead: "cs-1", here: set("z"), there: set("z") });
    assertEquals(same.bead.title, "z");
    assertEquals(same.conflicts.length, 1);
  });

  it("let a label added again outlive its removal, and a removal nobody met stand", async () => {
    using clones = await makeClones(2);
    add(clones.ledgers[0]!, "cs-1", { labels: ["kept", "gone"] });
    await syncAll(clones.ledgers);
    const { bead } = await meet(clones, {
      bead: "cs-1",
      here: (tx, key) => {
        tx.removeLabel(key, "kept");
        tx.removeLabel(key, "gone");
      },
      there: (tx, key) => {
        tx.removeLabel(key, "kept");
        tx.addLabel(key, "kept");
      },
    });
    assertEquals(bead.labels, ["kept"]);
  });

  it("close a bead that the other edits, and keep the edit", async () => {
    using clones = await makeClones(2);
    add(clones.ledgers[0]!, "cs-1");
    await syncAll(clones.ledgers);
    const { bead, conflicts } = await meet(clones, {
      bead: "cs-1",
      here: close,
      there: (tx, key) => void tx.set(key, { status: "in_progress", title: "edited" }),
    });
    assertEquals([bead.status, bead.title], ["closed", "edited"]);
    assertEquals(conflicts, [["status", "closed", "in_progress"]]);
  });

  it("reopen for good what they saw closed, and not what the other closes at that moment", async () => {
    using clones = await makeClones(2);
    add(clones.ledgers[0]!, "cs-1");
    change(clones.ledgers[0]!, "cs-1", close);
    await syncAll(clones.ledgers);
    const reopened = await meet(clones, {
      bead: "cs-1",
      here: (tx, key) => void reopenBead(tx, { key }),
      there: (tx, key) => void tx.set(key, { title: "edited" }),
    });
    assertEquals([reopened.bead.status, reopened.conflicts], ["open", []]);
    change(clones.ledgers[0]!, "cs-1", close);
    await syncAll(clones.ledgers);
    const reopen: Edit = (tx, key) => void reopenBead(tx, { key });
    const closedAgain = await meet(clones, {
      bead: "cs-1",
      here: (tx, key) => {
        reopen(tx, key);
        close(tx, key);
      },
      there: reopen,
    });
    assertEquals([closedAgain.bead.status, closedAgain.conflicts], ["closed", [[
      "status",
      "closed",
      "open",
    ]]]);
  });

  it("keep a bead closed that one of them closes while the other closes and reopens it, in any order", async () => {
    for (const offset of [0, 60_000, -60_000]) {
      using clones = await makeClones(2, { portsOf: (at) => portsOff(at === 1 ? offset : 0) });
      const [one, two] = clones.ledgers as [Ledger, Ledger];
      add(one, "cs-1");
      await syncAll(clones.ledgers);
      const { bead } = await meet(clones, {
        bead: "cs-1",
        here: close,
        there: (tx, key) => {
          close(tx, key);
          reopenBead(tx, { key });
        },
      });
      assertEquals([offset, bead.status], [offset, "closed"]);
      // Who has seen both closes opens it for good.
      change(two, "cs-1", (tx, key) => reopenBead(tx, { key }));
      await syncAll(clones.ledgers);
      assertSame(clones.ledgers);
      assertEquals(one.view.beadById("cs-1")!.status, "open");
    }
  });

  it("reopen for good what both of them had closed", async () => {
    using clones = await makeClones(2);
    add(clones.ledgers[0]!, "cs-1");
    await syncAll(clones.ledgers);
    const { bead } = await meet(clones, { bead: "cs-1", here: close, there: close });
    assertEquals(bead.status, "closed");
    change(clones.ledgers[0]!, "cs-1", (tx, key) => reopenBead(tx, { key }));
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
    assertEquals(clones.ledgers[1]!.view.beadById("cs-1")!.status, "open");
  });

  it("keep a bead that one deletes while the other edits, and say so", async () => {
    using clones = await makeClones(2);
    for (const id of ["cs-1", "cs-2"]) add(clones.ledgers[0]!, id);
    await syncAll(clones.ledgers);
    const { bead, conflicts } = await meet(clones, {
      bead: "cs-1",
      here: (tx, key) => tx.remove(key, "unused"),
      there: (tx, key) => void tx.comment(key, "used"),
    });
    assertEquals([bead.status, bead.comments.length, conflicts], ["open", 1, [["deleted", false, "unused"]]]);
    const agreed = await meet(clones, {
      bead: "cs-2",
      here: (tx, key) => tx.remove(key, "unused"),
      there: (tx, key) => tx.remove(key, "unused"),
    });
    assertEquals([agreed.bead.deleted, agreed.conflicts], [true, []]);
  });
});

describe("several clones", () => {
  it("meet in the same bytes, all five, when some ids and child numbers were taken five times", async () => {
    using clones = await makeClones(5);
    add(clones.ledgers[0]!, "cs-p");
    await syncAll(clones.ledgers);
    for (const [at, ledger] of clones.ledgers.entries()) {
      add(ledger, "cs-same", { title: `${at}` });
      add(ledger, "cs-p.1", {
        title: `${at}`,
        dependencies: [{ target: "cs-p", type: "parent-child" }, { target: "cs-same", type: "blocks" }],
      });
    }
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
    const [first] = clones.ledgers as [Ledger];
    const beads = first.view.beads("1 ORDER BY id");
    assertEquals(beads.length, 11);
    assertEquals([first.view.beadById("cs-same")!.title, first.view.beadById("cs-p.1")!.title], ["0", "0"]);
    for (const child of beads.filter((bead) => bead.id.startsWith("cs-p.1"))) {
      const target = child.dependencies.find((edge) => edge.type === "blocks")!.target as BeadKey;
      assertEquals(first.view.beadByKey(target)!.title, child.title);
    }
  });

  it("take back one that was away for long", async () => {
    using clones = await makeClones(3);
    const [away, ...others] = clones.ledgers as [Ledger, ...Ledger[]];
    for (const id of ["cs-1", "cs-2"]) add(away, id);
    await syncAll(clones.ledgers);
    for (let round = 0; round < 30; round++) {
      const ledger = others[round % 2]!;
      change(ledger, "cs-1", (tx, key) => tx.comment(key, `round ${round}`));
      if (round % 15 === 0) await syncAll(others);
    }
    change(others[0]!, "cs-2", close);
    await syncAll(others);
    for (let edit = 0; edit < 10; edit++) change(away, "cs-1", (tx, key) => tx.comment(key, `away ${edit}`));
    change(away, "cs-2", (tx, key) => tx.set(key, { title: "still open here" }));
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
    assertEquals(away.view.beadById("cs-1")!.comments.length, 40);
    const bead = away.view.beadById("cs-2")!;
    assertEquals([bead.status, bead.title], ["closed", "still open here"]);
  });

  it("agree although the clock of one is a day ahead and of another a day behind", async () => {
    const off = [0, DAY, -DAY];
    using clones = await makeClones(3, { portsOf: (at) => portsOff(off[at]!) });
    const [right, ahead, behind] = clones.ledgers as [Ledger, Ledger, Ledger];
    add(right, "cs-1");
    await syncAll(clones.ledgers);
    const set = (ledger: Ledger, title: string) =>
      change(ledger, "cs-1", (tx, key) => tx.set(key, { title }));
    set(ahead, "of tomorrow");
    await syncAll(clones.ledgers);
    set(right, "of today");
    await syncAll(clones.ledgers);
    assertEquals(behind.view.beadById("cs-1")!.title, "of today");
    set(behind, "of yesterday");
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
    assertEquals(ahead.view.beadById("cs-1")!.title, "of yesterday");
    assertEquals(ahead.view.conflicts(), []);
    assert(right.warnings().some((text) => text.includes("ahead of this machine's clock")));
    // What the clock that is ahead has written does not draw the others' times along.
    add(right, "cs-2");
    const made = Date.parse(right.view.beadById("cs-2")!.created_at);
    assert(Math.abs(made - Date.now()) < 3_600_000, `${made}`);
  });

  it("merge the same thing any number of times without a further change", async () => {
    using clones = await makeClones(2);
    const [here, there] = clones.ledgers as [Ledger, Ledger];
    add(here, "cs-1");
    await syncAll(clones.ledgers);
    const text = projectionText(there.view);
    const version = there.version();
    const again = await syncLedger(there, testPorts());
    assertEquals([again.received, again.pushed], [0, true]);
    there.ephemeral.remove("sync-applied", here.replica);
    assertEquals((await syncLedger(there, testPorts())).received, 0);
    assertEquals(projectionText(there.view), text);
    assertEquals(there.version() > version, true);
    assertNotEquals(text, "");
  });
});
