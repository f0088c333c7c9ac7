import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { closeBead } from "../../../src/beads/close.ts";
import type { ImportSummary } from "../../../src/ledger/import.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import {
  exportProjection,
  projectionText,
  refusedLines,
  writeProjection,
} from "../../../src/ledger/projection.ts";
import { isProjectionDue, projectionPath, projectionState } from "../../../src/ledger/projection_due.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { add, change, makeLedger, type TestLedger, testPorts } from "./fixture.ts";

// deno-lint-ignore no-explicit-any
type Issue = Record<string, any>;

/** What another tool does to the file: reads every line, changes some of them, writes it. */
function editFile(test: TestLedger, edit: (issues: Issue[]) => Issue[]): void {
  const path = projectionPath(test.folder);
  const issues = Deno.readTextFileSync(path).trim().split("\n").map((line) => JSON.parse(line));
  Deno.writeTextFileSync(path, edit(issues).map((issue) => `${JSON.stringify(issue)}\n`).join(""));
}

/** Changes one issue of the file as a tool does that notes when it did. */
function editIssue(test: TestLedger, id: string, changes: Issue): void {
  const updated_at = new Date(Date.now() + 1_000).toISOString();
  editFile(
    test,
    (issues) => issues.map((issue) => issue.id === id ? { ...issue, updated_at, ...changes } : issue),
  );
}

function write(test: TestLedger): ImportSummary | undefined {
  return writeProjection(test.ledger, test.ports);
}

function bead(test: TestLedger, id: string) {
  return test.ledger.view.beadById(id)!;
}

describe("an edit of issues.jsonl by another tool", () => {
  it("changes only the fields that the tool changed, whatever the ledger has got since", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", { title: "old", description: "old", labels: ["one", "two"], priority: 2 });
    add(test.ledger, "cs-b");
    write(test);
    change(test.ledger, "cs-a", (tx, key) => {
      tx.set(key, { description: "of the ledger", assignee: "me" });
      tx.addLabel(key, "three");
      tx.comment(key, "of the ledger");
      tx.appendNotes(key, "a note");
    });
    editIssue(test, "cs-a", {
      title: "of the tool",
      labels: ["one", "four"],
      dependencies: [{ issue_id: "cs-a", depends_on_id: "cs-b", type: "blocks" }],
      comments: [{
        id: 1,
        issue_id: "cs-a",
        author: "tool",
        text: "of the tool",
        created_at: "2026-01-01T00:00:00Z",
      }],
    });
    assertEquals(write(test)?.changed, ["cs-a"]);
    const found = bead(test, "cs-a");
    assertEquals([found.title, found.description, found.assignee], ["of the tool", "of the ledger", "me"]);
    assertEquals(found.labels, ["four", "one", "three"]);
    assertEquals(found.comments.map((one) => one.text), ["of the ledger", "of the tool"]);
    assertEquals([found.dependencies[0]!.target, found.blocked], [bead(test, "cs-b").key, true]);
    assertEquals(found.notes, "a note");
    assertEquals(test.ledger.view.conflicts(), []);
    assertEquals(found.dependencies[0]!.created_by, "import:issues.jsonl");
    const last = test.ledger.view.history(found.key).at(-1)!;
    assertEquals(last.a, "import:issues.jsonl");
    assertEquals(write(test), undefined);
  });

  it("of a field that the ledger has changed too is a conflict, not a silent loss", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    write(test);
    change(test.ledger, "cs-a", (tx, key) => tx.set(key, { title: "of the ledger" }));
    editIssue(test, "cs-a", { title: "of the tool" });
    write(test);
    assertEquals(bead(test, "cs-a").title, "of the tool");
    assertEquals(test.ledger.view.conflicts().map((one) => one.lost), ["of the ledger"]);
  });

  it("takes away what it emptied, and nothing that it did not know", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", {
      assignee: "me",
      description: "long",
      future_field: { deep: 1 },
      metadata: { k: 1 },
    });
    write(test);
    editFile(
      test,
      (issues) =>
        issues.map(({ assignee: _gone, future_field: _unknown, metadata: _dropped, ...issue }) => ({
          ...issue,
          updated_at: new Date(Date.now() + 1_000).toISOString(),
        })),
    );
    write(test);
    const { assignee, description, fields, metadata } = bead(test, "cs-a");
    assertEquals([assignee, description, metadata], [undefined, "long", { k: 1 }]);
    assertEquals(fields.future_field, { deep: 1 });
  });

  it("is due to be taken in by whatever command comes next, and so is a file that is gone", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    write(test);
    const later = Date.now() + 60_000;
    assertEquals([projectionState(test.ledger).stale, isProjectionDue(test.ledger, later)], [false, false]);
    editIssue(test, "cs-a", { title: "of the tool" });
    assertEquals([projectionState(test.ledger).stale, isProjectionDue(test.ledger, later)], [true, true]);
    write(test);
    assertEquals(projectionState(test.ledger).stale, false);
    Deno.removeSync(projectionPath(test.folder));
    assertEquals(projectionState(test.ledger).stale, true);
  });

  it("is none where a line of the same id stands there as it was written, however the other is written", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", { title: "one" });
    write(test);
    const path = projectionPath(test.folder);
    const line = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, line + line.replace('{"id":', '{ "id": ').replace("one", "two"));
    const error = assertThrows(() => write(test), CommandError, "stands in lines 1, 2") as CommandError;
    assertEquals(error.code, "projection_damaged");
    assertEquals(bead(test, "cs-a").title, "one");
  });

  it("names every line that cannot be taken in", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    write(test);
    assertEquals(refusedLines(test.ledger), []);
    const path = projectionPath(test.folder);
    Deno.writeTextFileSync(path, `${"[]\n".repeat(7)}${Deno.readTextFileSync(path)}`);
    assertEquals(refusedLines(test.ledger).map((one) => one.line), [1, 2, 3, 4, 5, 6, 7]);
    const error = assertThrows(() => write(test), CommandError) as CommandError;
    assertEquals(error.hints.filter((hint) => hint.startsWith("line")).length, 4);
    assert(error.hints.some((hint) => hint.startsWith("and 2 more")));
  });

  it("closes an issue without saying when: that is then, whatever comes to it later", () => {
    const ports = testPorts();
    let now = Date.now();
    using test = makeLedger({ ports: { ...ports, clock: { ...ports.clock, now: () => now } } });
    add(test.ledger, "cs-a");
    write(test);
    editIssue(test, "cs-a", { status: "closed" });
    write(test);
    const closed = bead(test, "cs-a").closed_at;
    now += 5_000;
    change(test.ledger, "cs-a", (tx, key) => tx.comment(key, "later"));
    assertEquals(bead(test, "cs-a").closed_at, closed);
    assert(closed !== bead(test, "cs-a").updated_at);
  });

  it("makes and closes issues, and writes times its own way", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    write(test);
    editFile(test, (issues) => [
      ...issues.map((issue) => ({
        ...issue,
        created_at: issue.created_at.replace("Z", "+00:00"),
        status: "closed",
        closed_at: "2026-01-01T00:00:00+00:00",
        updated_at: new Date(Date.now() + 1_000).toISOString(),
      })),
      {
        id: "cs-new",
        title: "New",
        status: "open",
        priority: 1,
        issue_type: "task",
        created_at: "2026-01-01T00:00:00Z",
      },
    ]);
    const taken = write(test)!;
    assertEquals([taken.created, taken.changed], [["cs-new"], ["cs-a"]]);
    assertEquals([bead(test, "cs-a").status, bead(test, "cs-new").title], ["closed", "New"]);
  });

  it("deletes nothing by leaving lines out, all of them included", () => {
    using test = makeLedger();
    for (const id of ["cs-a", "cs-b"]) add(test.ledger, id);
    write(test);
    const text = projectionText(test.ledger.view);
    for (const left of [(issues: Issue[]) => issues.slice(1), () => []]) {
      editFile(test, left);
      write(test);
      assertEquals(Deno.readTextFileSync(projectionPath(test.folder)), text);
    }
    Deno.removeSync(projectionPath(test.folder));
    write(test);
    assertEquals(Deno.readTextFileSync(projectionPath(test.folder)), text);
  });

  it("is not one when a checkout brings an older version of the file back", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", { title: "first", labels: ["l"] });
    write(test);
    const older = Deno.readTextFileSync(projectionPath(test.folder));
    change(test.ledger, "cs-a", (tx, key) => {
      tx.set(key, { title: "second" });
      tx.removeLabel(key, "l");
      closeBead(tx, { key });
    });
    add(test.ledger, "cs-b");
    write(test);
    const newer = projectionText(test.ledger.view);
    Deno.writeTextFileSync(projectionPath(test.folder), older);
    assertEquals(write(test)?.changed, []);
    assertEquals(projectionText(test.ledger.view), newer);
    assertEquals(Deno.readTextFileSync(projectionPath(test.folder)), newer);
  });

  it("with conflict markers, ids that stand twice and broken lines is refused there by number, and taken in elsewhere", () => {
    using test = makeLedger();
    for (const id of ["cs-a", "cs-b", "cs-c"]) add(test.ledger, id);
    write(test);
    editIssue(test, "cs-c", { title: "edited" });
    const path = projectionPath(test.folder);
    const [a, b, c] = Deno.readTextFileSync(path).trim().split("\n") as [string, string, string];
    const other = JSON.stringify({ ...JSON.parse(b), title: "other" });
    const broken = [a, "<<<<<<< HEAD", b, "=======", other, ">>>>>>> x", a.slice(0, 40), c].join("\n");
    Deno.writeTextFileSync(path, broken);
    const error = assertThrows(() => write(test), CommandError) as CommandError;
    assert(error.message.includes("line 2"), error.message);
    assertEquals(error.hints.filter((hint) => hint.startsWith("line")).map((hint) => hint.slice(0, 6)), [
      "line 3",
      "line 4",
      "line 5",
      "line 6",
    ]);
    assertEquals(["cs-a", "cs-b", "cs-c"].map((id) => bead(test, id).title), ["cs-a", "cs-b", "edited"]);
    assertEquals(Deno.readTextFileSync(path), broken);
    Deno.writeTextFileSync(path, [a, b, c].join("\n"));
    write(test);
    assertEquals(Deno.readTextFileSync(path), projectionText(test.ledger.view));
  });

  it("is taken in also when it is made while the file is written", () => {
    using test = makeLedger();
    for (const id of ["cs-a", "cs-b"]) add(test.ledger, id);
    write(test);
    change(test.ledger, "cs-b", (tx, key) => tx.set(key, { title: "of the ledger" }));
    let edits = 0;
    const { view } = test.ledger;
    const beads: typeof view.beads = (...asked) => {
      if (edits++ === 0) editIssue(test, "cs-a", { title: "of the tool" });
      return view.beads(...asked);
    };
    assertEquals(writeProjection({ ...test.ledger, view: { ...view, beads } }, test.ports)?.changed, [
      "cs-a",
    ]);
    assertEquals(["cs-a", "cs-b"].map((id) => bead(test, id).title), ["of the tool", "of the ledger"]);
    assertEquals(Deno.readTextFileSync(projectionPath(test.folder)), projectionText(view));
  });

  it("is taken in after the index and all that this machine remembered are gone", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-b");
    write(test);
    editIssue(test, "cs-a", { title: "of the tool" });
    change(test.ledger, "cs-b", (tx, key) => tx.set(key, { title: "of the ledger" }));
    test.ledger.close();
    for (const name of ["index.db", "local"]) Deno.removeSync(join(test.folder, name), { recursive: true });
    const ledger = openLedger(test.ports, { folder: test.folder });
    try {
      writeProjection(ledger, test.ports);
      const titles = ledger.view.beads("1 ORDER BY id").map((one) => one.title);
      assertEquals(titles, ["of the tool", "of the ledger"]);
    } finally {
      ledger.close();
    }
  });
});

describe("an export", () => {
  it("replaces a file, follows a link, and writes into a pipe without taking its place", async () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    const { view } = test.ledger;
    const text = projectionText(view);
    const [file, link, pipe] = ["file", "link", "pipe"].map((name) => join(test.place, name)) as [
      string,
      string,
      string,
    ];
    Deno.writeTextFileSync(file, "old");
    Deno.symlinkSync("file", link);
    assertEquals(exportProjection(view, link), 1);
    assertEquals([Deno.readTextFileSync(file), Deno.readLinkSync(link)], [text, "file"]);
    assert((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
    for (const write of [() => exportProjection(view, pipe), () => test.ports.files.writeText(pipe, text)]) {
      const reader = new Deno.Command("cat", { args: [pipe], stdout: "piped" }).spawn();
      write();
      assertEquals(new TextDecoder().decode((await reader.output()).stdout), text);
      assertEquals(Deno.statSync(pipe).isFifo, true);
    }
  });
});
