import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { importJsonl } from "../../../src/ledger/import.ts";
import { projectionText, writeProjection } from "../../../src/ledger/projection.ts";
import { projectionPath } from "../../../src/ledger/projection_due.ts";
import { projectionState } from "../../../src/ledger/projection_due.ts";
import type { CommandError } from "../../../src/lib/errors.ts";
import { add, change, makeLedger } from "./fixture.ts";

const one = {
  id: "bd-1",
  title: "A <title> & more",
  status: "closed",
  priority: 0,
  issue_type: "bug",
  created_at: "2025-11-02T21:58:07.295058-08:00",
  updated_at: "2025-11-03T20:56:22.700641-08:00",
  closed_at: "2025-11-03T20:56:22.700641-08:00",
  labels: ["a", "b"],
  dependencies: [{
    issue_id: "bd-1",
    depends_on_id: "bd-2",
    type: "blocks",
    created_at: "2025-11-02T22:23:49.475356-08:00",
    created_by: "s",
  }],
  comments: [{ id: 7, issue_id: "bd-1", author: "s", text: "hm", created_at: "2025-11-03T00:00:00Z" }],
  quality_of_the_future: { deep: [1, null, "x"] },
};
const two = {
  id: "bd-2",
  title: "Two",
  status: "open",
  priority: 2,
  issue_type: "task",
  created_at: "2025-01-01T00:00:00Z",
};

function lines(...records: unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

describe("importing issues.jsonl", () => {
  it("keeps every field of every record, known or not, and writes it as established tools do", () => {
    using test = makeLedger();
    const summary = importJsonl(test.ledger, { text: lines(two, one), actor: "me" });
    assertEquals([summary.created, summary.refused], [["bd-2", "bd-1"], []]);
    const text = projectionText(test.ledger.view);
    const [first, second] = text.trim().split("\n");
    assertEquals(JSON.parse(first!), one);
    assertEquals(JSON.parse(second!), { ...two, updated_at: "2025-01-01T00:00:00.000Z" });
    assert(first!.startsWith('{"id":"bd-1","title":"A \\u003ctitle\\u003e \\u0026 more","status":'));
    assertEquals(test.ledger.view.beadById("bd-1")!.blocked, true);
  });

  it("changes nothing the second time, in this clone", () => {
    using test = makeLedger();
    importJsonl(test.ledger, { text: lines(one, two), actor: "me" });
    const text = projectionText(test.ledger.view);
    const again = importJsonl(test.ledger, { text: lines(one, two), actor: "me" });
    assertEquals([again.created, again.changed, again.unchanged], [[], [], 2]);
    assertEquals(importJsonl(test.ledger, { text, actor: "me" }).unchanged, 2);
    assertEquals(projectionText(test.ledger.view), text);
  });

  it("names the same beads in every clone", () => {
    using here = makeLedger();
    using there = makeLedger();
    for (const { ledger } of [here, there]) importJsonl(ledger, { text: lines(one, two), actor: "me" });
    assertEquals(
      here.ledger.view.beadById("bd-1")!.key,
      there.ledger.view.beadById("bd-1")!.key,
    );
  });

  it("takes a newer record's changes and leaves a newer bead alone", () => {
    using test = makeLedger();
    importJsonl(test.ledger, { text: lines(two), actor: "me" });
    const newer = { ...two, title: "Newer", labels: ["l"], updated_at: "2025-02-01T00:00:00Z" };
    assertEquals(importJsonl(test.ledger, { text: lines(newer), actor: "me" }).changed, ["bd-2"]);
    assertEquals(test.ledger.view.beadById("bd-2")!.title, "Newer");
    change(test.ledger, "bd-2", (tx, key) => tx.set(key, { title: "Mine" }));
    assertEquals(
      importJsonl(test.ledger, { text: lines({ ...newer, title: "Old" }), actor: "me" }).changed,
      [],
    );
    assertEquals(test.ledger.view.beadById("bd-2")!.title, "Mine");
  });

  it("deletes nothing that a file lacks, and brings nothing back that was removed", () => {
    using test = makeLedger();
    importJsonl(test.ledger, { text: lines(one, two), actor: "me" });
    importJsonl(test.ledger, { text: lines(one), actor: "me" });
    assertEquals(test.ledger.view.beadById("bd-2")!.status, "open");
    change(test.ledger, "bd-2", (tx, key) => tx.remove(key, "gone"));
    importJsonl(test.ledger, { text: lines(one, two), actor: "me" });
    assertEquals(test.ledger.view.beadById("bd-2")!.status, "tombstone");
  });

  it("keeps both issues that bear one id, under a name each", () => {
    using test = makeLedger();
    add(test.ledger, "bd-2");
    importJsonl(test.ledger, { text: lines(two), actor: "me" });
    const ids = test.ledger.view.beads("1 ORDER BY id").map((bead) => [bead.id, bead.title]);
    assertEquals(ids, [["bd-2", "Two"], [`bd-2-${test.ledger.replica}`, "bd-2"]]);
  });

  it("refuses broken lines by number and takes in the rest", () => {
    using test = makeLedger();
    const text = [
      "<<<<<<< HEAD",
      JSON.stringify({ ...two, id: "bd-9" }),
      "=======",
      JSON.stringify({ ...two, id: "bd-9", title: "Other" }),
      ">>>>>>> theirs",
      '{"id":"bd-3","title":',
      JSON.stringify({ ...two, id: "../etc/passwd" }),
      JSON.stringify({ ...two, id: "bd-4", priority: 9 }),
      JSON.stringify({ ...two, id: "bd-5", created_at: "yesterday" }),
      JSON.stringify(one),
    ].join("\n");
    const summary = importJsonl(test.ledger, { text, actor: "me" });
    assertEquals(summary.created, ["bd-1"]);
    assertEquals(summary.refused.map((bad) => bad.line), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assertEquals(summary.refused[1]!.reason, 'id "bd-9" stands in lines 2, 4');
    assertEquals(summary.refused[7]!.reason, "its priority is not 0 to 4");
  });

  it("only says what it would do when that is asked", () => {
    using test = makeLedger();
    const summary = importJsonl(test.ledger, { text: lines(one, two), actor: "me", dryRun: true });
    assertEquals(summary.created.length, 2);
    assertEquals(test.ledger.view.beads("1"), []);
  });
});

describe("the projection", () => {
  it("is written as a whole and known to be stale after a change", () => {
    using test = makeLedger();
    add(test.ledger, "cs-b");
    add(test.ledger, "cs-a", { dependencies: [{ target: "cs-b", type: "blocks" }] });
    assertEquals(projectionState(test.ledger).stale, true);
    writeProjection(test.ledger, test.ports);
    assertEquals(projectionState(test.ledger).stale, false);
    const text = Deno.readTextFileSync(projectionPath(test.folder));
    const records = text.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(records.map((record) => record.id), ["cs-a", "cs-b"]);
    assertEquals(records[0].dependencies[0].depends_on_id, "cs-b");
    assert(!text.includes("null"));
    add(test.ledger, "cs-c");
    assertEquals(projectionState(test.ledger).stale, true);
  });

  it("takes another tool's edits in before it replaces them", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    writeProjection(test.ledger, test.ports);
    const path = projectionPath(test.folder);
    const record = JSON.parse(Deno.readTextFileSync(path));
    const later = new Date(Date.now() + 5_000).toISOString();
    Deno.writeTextFileSync(path, lines({ ...record, title: "Edited", updated_at: later }));
    assertEquals(writeProjection(test.ledger, test.ports)?.changed, ["cs-a"]);
    assertEquals(test.ledger.view.beadById("cs-a")!.title, "Edited");
  });

  it("never replaces a file with lines it cannot read", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    const path = projectionPath(test.folder);
    Deno.writeTextFileSync(path, "<<<<<<< HEAD\n" + lines(two));
    const error = assertThrows(() => writeProjection(test.ledger, test.ports)) as CommandError;
    assertEquals(error.code, "projection_damaged");
    assert(Deno.readTextFileSync(path).startsWith("<<<<<<<"));
    assertEquals(test.ledger.view.beadById("bd-2")!.title, "Two");
  });
});
