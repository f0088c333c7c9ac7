import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
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

  it("of several beads that claim one are each their own, whatever other beads claim, in any order of arrival", () => {
    const claims = [
      ["evil1", "cs-x@evil1", "cs-x"],
      ["evil1", "cs-x@evil1.2", "cs-x"],
      ["evil2", "cs-x-evil1@evil2", "cs-x-evil1"],
      ["evil2", "cs-x@evil2", "cs-x"],
      ["evil3", "cs-x-evil1-2@evil3", "cs-x-evil1-2"],
      ["evil3", "cs-x-evil1@evil3", "cs-x-evil1"],
    ] as const;
    const seen = [[0, 1, 2], [1, 2, 0], [2, 1, 0]].map((order) => {
      using test = makeLedger();
      for (const replica of order.map((at) => `evil${at + 1}`)) {
        const folder = join(test.folder, "ops", replica);
        Deno.mkdirSync(folder);
        const lines = claims.filter(([owner]) => owner === replica).map(([owner, key, id], at) => {
          const t = [1_000 + claims.findIndex((one) => one[1] === key), 0];
          const f = { id, set: { title: key, status: "open" } };
          return `${JSON.stringify({ o: `${owner}.${at + 1}`, t, a: "me", b: key, k: "create", f })}\n`;
        });
        Deno.writeTextFileSync(join(folder, "000001.jsonl"), lines.join(""));
        test.again();
      }
      return projectionText(test.again().view);
    });
    assertEquals(seen[1], seen[0]);
    assertEquals(seen[2], seen[0]);
    const ids = seen[0]!.trimEnd().split("\n").map((line) => JSON.parse(line).id);
    assertEquals(ids.length, claims.length);
    assertEquals(new Set(ids).size, ids.length);
  });

  it("of a bead that gave way come back when they are free", () => {
    using test = makeLedger();
    const other = join(test.folder, "ops", "other");
    Deno.mkdirSync(other);
    const create = (n: number, id: string) =>
      JSON.stringify({
        o: `other.${n}`,
        t: [n, 0],
        a: "me",
        b: `${id}@other${n > 1 ? `.${n}` : ""}`,
        k: "create",
        f: { id, set: { title: `${n}` } },
      });
    Deno.writeTextFileSync(
      join(other, "000001.jsonl"),
      `${create(1, "cs-x")}\n${create(2, "cs-x")}\n${create(3, "cs-x-other")}\n`,
    );
    const ledger = test.again();
    const ids = () => ledger.view.beads("1").map((bead) => `${bead.title} ${bead.id}`).sort();
    assertEquals(ids(), ["1 cs-x", "2 cs-x-other-2", "3 cs-x-other"]);
    change(ledger, "cs-x-other", (tx, key) => tx.rename(key, "cs-z"));
    assertEquals(ids(), ["1 cs-x", "2 cs-x-other", "3 cs-z"]);
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
