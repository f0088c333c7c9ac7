import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createBead } from "../../../src/beads/create.ts";
import { hashLength, newId, resolveBead } from "../../../src/beads/ids.ts";
import { prefixRenamings, renameBeads, renamingsOf } from "../../../src/beads/rename.ts";
import { projectionText } from "../../../src/ledger/projection.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { createRandom } from "../../../src/ports/random.ts";
import { add, change, makeLedger } from "./fixture.ts";

const random = createRandom();

describe("ids", () => {
  it("grow with the number of beads, so that two made apart seldom meet", () => {
    assertEquals([0, 100, 200, 1_000, 10_000, 100_000].map(hashLength), [3, 3, 4, 5, 6, 7]);
    using test = makeLedger();
    test.ledger.write("me", (tx) => {
      for (let at = 0; at < 300; at++) createBead(tx, { title: `${at}`, random });
    });
    const lengths = test.ledger.view.beads("1").map((bead) => bead.id.length - "cs-".length);
    assertEquals([...new Set(lengths)].sort(), [3, 4]);
    assertEquals(newId(test.ledger.view, { prefix: "web", random }).length, "web-".length + 3);
  });

  it("count children at any depth, and resolve by what they begin with", () => {
    using test = makeLedger();
    add(test.ledger, "cs-login");
    let parent = "cs-login";
    for (let depth = 0; depth < 5; depth++) {
      parent = test.ledger.write("me", (tx) => createBead(tx, { title: "child", parent, random })).id;
    }
    assertEquals(parent, "cs-login.1.1.1.1.1");
    const second = test.ledger.write("me", (tx) =>
      createBead(tx, { title: "x", parent: "cs-login.1.1", random }));
    assertEquals(second.id, "cs-login.1.1.2");
    add(test.ledger, "cs-form");
    const { view } = test.ledger;
    assertEquals([resolveBead(view, "cs-f").id, resolveBead(view, "form").id], ["cs-form", "cs-form"]);
    const error = assertThrows(() => resolveBead(view, "cs-"), CommandError) as CommandError;
    assertEquals(error.code, "bead_ambiguous");
  });

  it("of before a rename go on to mean the same bead, with its children and edges", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-a.1", { dependencies: [{ target: "cs-a", type: "parent-child" }] });
    add(test.ledger, "cs-b", { dependencies: [{ target: "cs-a", type: "blocks" }] });
    const { view } = test.ledger;
    test.ledger.write("me", (tx) =>
      renameBeads(tx, renamingsOf(tx, { bead: tx.beadById("cs-a")!, id: "cs-z" })));
    assertEquals(resolveBead(view, "cs-a").id, "cs-z");
    assertEquals(resolveBead(view, "cs-a.1").id, "cs-z.1");
    assertEquals(view.beadById("cs-b")!.blocked, true);
    assertEquals(projectionText(view).includes('"depends_on_id":"cs-z"'), true);
    assertThrows(() => add(test.ledger, "cs-a"), CommandError, "a bead has it already");
    change(test.ledger, "cs-z", (tx, key) => tx.rename(key, "cs-y"));
    assertEquals(["cs-a", "cs-z", "cs-y"].map((id) => view.beadById(id)!.id), ["cs-y", "cs-y", "cs-y"]);
  });

  it("all change with a prefix, and back again, and both old and new ones are understood", () => {
    using test = makeLedger();
    for (let at = 0; at < 20; at++) {
      add(
        test.ledger,
        `cs-${at}`,
        at > 0 ? { dependencies: [{ target: `cs-${at - 1}`, type: "blocks" }] } : {},
      );
    }
    add(test.ledger, "other-1");
    const { view } = test.ledger;
    const rename = (from: string, to: string) =>
      test.ledger.write("me", (tx) => renameBeads(tx, prefixRenamings(tx, { from, to })));
    const before = projectionText(view).replace(/"updated_at":"[^"]*"/g, "");
    rename("cs", "web-ui");
    assertEquals(view.beads("id LIKE 'web-ui-%'").length, 20);
    assertEquals([view.beadById("cs-7")!.id, view.beadById("other-1")!.id], ["web-ui-7", "other-1"]);
    assertEquals(view.beads("blocked = 1").length, 19);
    rename("web-ui", "cs");
    assertEquals(projectionText(view).replace(/"updated_at":"[^"]*"/g, ""), before);
  });
});
