import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { DatabaseSync } from "node:sqlite";
import { claimBead } from "../../../src/beads/claim.ts";
import { closeBead, deleteBead, reopenBead } from "../../../src/beads/close.ts";
import { createBead, type CreateOptions, parsePriority } from "../../../src/beads/create.ts";
import {
  addDependency,
  childrenOf,
  dependencyCycles,
  dependencyTree,
  dependentsOf,
  removeDependency,
} from "../../../src/beads/dependencies.ts";
import { issueShape, rowShapes, showShape } from "../../../src/beads/export_shape.ts";
import { hashLength, newId, prefixOf, resolveBead, validId } from "../../../src/beads/ids.ts";
import { countBeads, ledgerTotals, listBeads, staleBeads } from "../../../src/beads/list.ts";
import { blockedBeads, explainReady, readyBeads } from "../../../src/beads/ready.ts";
import { searchBeads } from "../../../src/beads/search.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import type { Bead } from "../../../src/ledger/ledger.ts";
import { createTestRandom } from "../../../src/ports/random.ts";
import { change, makeLedger, type TestLedger } from "../ledger/fixture.ts";

const random = createTestRandom(7);

function create({ ledger }: TestLedger, title: string, options: Partial<CreateOptions> = {}): Bead {
  return ledger.write("me", (tx) => createBead(tx, { title, random, ...options }));
}

function codeOf(work: () => unknown): string {
  return (assertThrows(work, CommandError) as CommandError).code;
}

function idsOf(beads: readonly Bead[]): string[] {
  return beads.map((bead) => bead.id);
}

describe("ids", () => {
  it("resolve by name, by former name and by a beginning that only one has", () => {
    using test = makeLedger();
    create(test, "a", { id: "cs-login" });
    create(test, "b", { id: "cs-logout" });
    const { view } = test.ledger;
    assertEquals(resolveBead(view, "cs-login").id, "cs-login");
    assertEquals(resolveBead(view, "logi").id, "cs-login");
    assertEquals(resolveBead(view, "CS-LOGIN").id, "cs-login");
    change(test.ledger, "cs-login", (tx, key) => tx.rename(key, "cs-signin"));
    assertEquals(resolveBead(view, "cs-login").id, "cs-signin");
  });

  it("that are ambiguous or unknown are refused with candidates", () => {
    using test = makeLedger();
    create(test, "a", { id: "cs-login" });
    create(test, "b", { id: "cs-logout" });
    const ambiguous = assertThrows(
      () => resolveBead(test.ledger.view, "cs-log"),
      CommandError,
    ) as CommandError;
    assertEquals([ambiguous.code, ambiguous.hints[0]], ["bead_ambiguous", "Candidates: cs-login, cs-logout"]);
    const unknown = assertThrows(
      () => resolveBead(test.ledger.view, "cs-logim"),
      CommandError,
    ) as CommandError;
    assertEquals([unknown.code, unknown.hints[0]], ["bead_not_found", "Did you mean cs-login?"]);
    assertEquals(codeOf(() => resolveBead(test.ledger.view, " ")), "bead_not_found");
  });

  it("grow with the number of beads", () => {
    assertEquals([0, 100, 1_000, 10_000, 100_000].map(hashLength), [3, 3, 5, 6, 7]);
    using test = makeLedger();
    assertMatch(newId(test.ledger.view, { prefix: "cs", random }), /^cs-[0-9a-z]{3}$/);
  });

  it("are valid or refused, and have a prefix", () => {
    for (const id of ["cs-login", "cs-4f.2", "web-ui-4f2a", "cs-a.b-c"]) assertEquals(validId(id), id);
    for (const id of ["login", "cs-", "-x", "cs-a b", "cs-../x", "cs-a\u001b[2J", ""]) {
      assertEquals(codeOf(() => validId(id)), "bad_id");
    }
    assertEquals(["cs-login", "cs-ui-4f2a", "cs-4f.2", "cs-12"].map(prefixOf), ["cs", "cs-ui", "cs", "cs"]);
  });
});

describe("creating", () => {
  it("fills in what is not said, and numbers children", () => {
    using test = makeLedger();
    const epic = create(test, " Epic ", { id: "cs-e", issueType: "epic", labels: ["b", "a", "b"] });
    assertEquals([epic.title, epic.status, epic.priority, epic.labels], ["Epic", "open", 2, ["a", "b"]]);
    const child = create(test, "child", { parent: "cs-e", priority: 0, issueType: "feat" });
    assertEquals([child.id, child.issue_type, child.created_by], ["cs-e.1", "feature", "me"]);
    assertEquals(idsOf(childrenOf(test.ledger.view, epic.key)), ["cs-e.1"]);
  });

  it("refuses what is malformed, taken or unknown, and makes nothing", () => {
    using test = makeLedger();
    create(test, "a", { id: "cs-a" });
    assertEquals(codeOf(() => create(test, " ")), "bad_title");
    assertEquals(codeOf(() => create(test, "x".repeat(501))), "bad_title");
    assertEquals(codeOf(() => create(test, "a", { id: "cs-a" })), "id_taken");
    assertEquals(codeOf(() => create(test, "a", { priority: 5 })), "bad_priority");
    assertEquals(codeOf(() => create(test, "a", { parent: "cs-none" })), "bead_not_found");
    assertEquals(
      codeOf(() => create(test, "a", { dependencies: [{ id: "cs-none", type: "blocks" }] })),
      "bead_not_found",
    );
    assertEquals(idsOf(listBeads(test.ledger.view, {})), ["cs-a"]);
    assertEquals([parsePriority("p3"), parsePriority("0")], [3, 0]);
    assertEquals(codeOf(() => parsePriority("P7")), "bad_priority");
  });
});

describe("claiming and closing", () => {
  it("gives a bead to the first who claims it, and again to the same", () => {
    using test = makeLedger();
    const { key } = create(test, "a", { id: "cs-a" });
    const claim = (actor: string) => test.ledger.write(actor, (tx) => claimBead(tx, { key, actor }));
    assertEquals([claim("ada").status, claim("ada").assignee], ["in_progress", "ada"]);
    assertEquals(codeOf(() => claim("bob")), "already_claimed");
    change(test.ledger, "cs-a", (tx) => closeBead(tx, { key }));
    assertEquals(codeOf(() => claim("ada")), "not_open");
  });

  it("refuses to close what waits for others, unless forced", () => {
    using test = makeLedger();
    create(test, "a", { id: "cs-a" });
    const { key } = create(test, "b", { id: "cs-b", dependencies: [{ id: "cs-a", type: "blocks" }] });
    const close = (force: boolean) => test.ledger.write("me", (tx) => closeBead(tx, { key, force }));
    const error = assertThrows(() => close(false), CommandError) as CommandError;
    assertEquals(error.message, 'Cannot close bead "cs-b": 1 open dependency');
    assertEquals(error.hints, ["Waiting for cs-a", "bd close cs-b --force"]);
    const closed = close(true);
    assertEquals([closed.status, closed.close_reason], ["closed", "Closed"]);
    assert(closed.closed_at !== undefined);
    const reopened = test.ledger.write("me", (tx) => reopenBead(tx, { key, reason: "not done" }));
    assertEquals([reopened.status, reopened.closed_at, reopened.comments[0]!.text], [
      "open",
      undefined,
      "Reopened: not done",
    ]);
    assertEquals(codeOf(() => test.ledger.write("me", (tx) => reopenBead(tx, { key }))), "not_closed");
  });

  it("refuses to delete what others need, unless forced", () => {
    using test = makeLedger();
    const { key } = create(test, "a", { id: "cs-a" });
    create(test, "b", { id: "cs-b", dependencies: [{ id: "cs-a", type: "blocks" }] });
    const remove = (force: boolean) =>
      test.ledger.write("me", (tx) => deleteBead(tx, { key, reason: "r", force }));
    assertEquals(codeOf(() => remove(false)), "has_dependents");
    remove(true);
    assertEquals(idsOf(listBeads(test.ledger.view, { all: true })), ["cs-b"]);
    assertEquals(resolveBead(test.ledger.view, "cs-b").blocked, false);
  });
});

describe("ready and blocked", () => {
  const now = Date.now();

  it("are ordered by urgency, then age, without what is internal, deferred, pinned or held back", () => {
    using test = makeLedger();
    create(test, "old", { id: "cs-old" });
    create(test, "urgent", { id: "cs-urgent", priority: 0 });
    create(test, "waits", { id: "cs-waits", dependencies: [{ id: "cs-old", type: "blocks" }] });
    create(test, "mail", { id: "cs-mail", issueType: "message" });
    create(test, "pinned", { id: "cs-pin", fields: { pinned: true } });
    create(test, "wisp", { id: "cs-wisp", fields: { ephemeral: true } });
    create(test, "later", { id: "cs-later", fields: { defer_until: new Date(now + 60_000).toISOString() } });
    create(test, "below", { parent: "cs-later" });
    create(test, "put off", { id: "cs-off", status: "deferred" });
    create(test, "below that", { parent: "cs-off" });
    const { view } = test.ledger;
    assertEquals(idsOf(readyBeads(view, { now })), ["cs-urgent", "cs-old"]);
    assertEquals(idsOf(readyBeads(view, { now: now + 120_000 })), [
      "cs-urgent",
      "cs-old",
      "cs-later",
      "cs-later.1",
    ]);
    assertEquals(idsOf(readyBeads(view, { now, limit: 1 })), ["cs-urgent"]);
    assertEquals(idsOf(readyBeads(view, { now, issueType: "message" })), ["cs-mail"]);
    assertEquals(idsOf(readyBeads(view, { now, order: "oldest" })), ["cs-old", "cs-urgent"]);
    const [blocked] = blockedBeads(view);
    assertEquals([blocked!.bead.id, idsOf(blocked!.blockers.map((one) => one.bead))], ["cs-waits", [
      "cs-old",
    ]]);
    const why = (id: string) => explainReady(view, { bead: resolveBead(view, id), now })[0];
    assertEquals(why("cs-waits"), "it waits for cs-old (open)");
    assertMatch(why("cs-later.1")!, /its ancestor cs-later is deferred until/);
    assertEquals(why("cs-old"), "it is open and nothing holds it back");
  });

  it("are found through an index", () => {
    using test = makeLedger();
    const database = new DatabaseSync(`${test.folder}/index.db`);
    const [step] = database.prepare(
      "EXPLAIN QUERY PLAN SELECT n FROM beads WHERE free = 1 AND pinned = 0 ORDER BY priority, created, id",
    ).all() as { detail: string }[];
    database.close();
    assertMatch(step!.detail, /USING INDEX beads_free/);
  });
});

describe("dependencies", () => {
  it("are added and removed by any name, and seen from both ends", () => {
    using test = makeLedger();
    const a = create(test, "a", { id: "cs-a" });
    const b = create(test, "b", { id: "cs-b" });
    const { view } = test.ledger;
    test.ledger.write("me", (tx) => addDependency(tx, { key: b.key, target: "cs-a", type: "blocks" }));
    test.ledger.write("me", (tx) =>
      addDependency(tx, { key: b.key, target: "external:x:y", type: "blocks" }));
    assertEquals(dependentsOf(view, { key: a.key }).map((edge) => [edge.bead!.id, edge.type]), [[
      "cs-b",
      "blocks",
    ]]);
    assertEquals(dependencyTree(view, { key: b.key }).map((row) => [row.depth, row.bead.id]), [[0, "cs-b"], [
      1,
      "cs-a",
    ]]);
    assertEquals(
      codeOf(() =>
        test.ledger.write("me", (tx) => addDependency(tx, { key: a.key, target: "cs-b", type: "blocks" }))
      ),
      "dependency_cycle",
    );
    test.ledger.write("me", (tx) => tx.importDependency(a.key, { target: b.key, type: "blocks" }));
    assertEquals(dependencyCycles(view).map(idsOf), [["cs-a", "cs-b"]]);
    const remove = () =>
      test.ledger.write("me", (tx) => removeDependency(tx, { key: b.key, target: "cs-a" }));
    assertEquals(remove().dependencies.map((edge) => edge.target), ["external:x:y"]);
    assertEquals(codeOf(remove), "dependency_not_found");
  });
});

describe("lists", () => {
  it("choose by every field at once, and count the same", () => {
    using test = makeLedger();
    create(test, "Alpha", {
      id: "cs-a",
      labels: ["x", "y"],
      priority: 1,
      assignee: "ada",
      description: "50% done",
    });
    create(test, "Beta", { id: "cs-b", labels: ["x"], issueType: "bug" });
    create(test, "Gamma", { id: "cs-c", parent: "cs-a" });
    change(test.ledger, "cs-b", (tx, key) => closeBead(tx, { key }));
    const { view } = test.ledger;
    const list = (filter: Parameters<typeof listBeads>[1]) =>
      idsOf(listBeads(view, { sort: "id", ...filter }));
    assertEquals(list({}), ["cs-a", "cs-c"]);
    assertEquals(list({ all: true }), ["cs-a", "cs-b", "cs-c"]);
    assertEquals(list({ all: true, labels: ["x"], issueTypes: ["bug"] }), ["cs-b"]);
    assertEquals(list({ all: true, labels: ["x", "y"] }), ["cs-a"]);
    assertEquals(list({ all: true, anyLabels: ["y", "z"] }), ["cs-a"]);
    assertEquals(list({ noLabels: true }), ["cs-c"]);
    assertEquals(list({ assignee: "ada", priorityMax: 1 }), ["cs-a"]);
    assertEquals(list({ unassigned: true, noParent: true }), []);
    assertEquals(list({ descriptionContains: "50%" }), ["cs-a"]);
    assertEquals(list({ descriptionContains: "5%0" }), []);
    assertEquals(list({ statuses: ["closed"] }), ["cs-b"]);
    assertEquals(list({ all: true, reverse: true, limit: 1 }), ["cs-c"]);
    assertEquals(list({ createdAfter: Date.now() + 1_000 }), []);
    assertEquals(countBeads(view, { all: true, by: "label" }), {
      total: 3,
      groups: [{ group: "x", count: 2 }, { group: "y", count: 1 }],
    });
    const totals = ledgerTotals(view, { now: Date.now() });
    assertEquals([totals.total_issues, totals.closed_issues, totals.ready_issues], [3, 1, 2]);
    assertEquals(idsOf([...staleBeads(view, { now: Date.now() + 864e5 * 9, days: 8 })]), ["cs-a", "cs-c"]);
  });

  it("search all words, wherever people wrote them, best first", () => {
    using test = makeLedger();
    create(test, "Fix the parser", { id: "cs-a" });
    create(test, "Other", { id: "cs-b", description: 'the parser says "no"' });
    create(test, "Third", { id: "cs-c" });
    change(test.ledger, "cs-c", (tx, key) => tx.comment(key, "a parser too"));
    const search = (text: string) => idsOf(searchBeads(test.ledger.view, { text })).sort();
    assertEquals(idsOf(searchBeads(test.ledger.view, { text: "PARSER" }))[0], "cs-a");
    assertEquals(search("parser"), ["cs-a", "cs-b", "cs-c"]);
    assertEquals(search('parser "no"'), ["cs-b"]);
    assertEquals(search("writers"), []);
    assertEquals(search(""), []);
  });
});

describe("the JSON of an issue", () => {
  it("has the established fields in order, counts in rows, and whole issues in show", () => {
    using test = makeLedger();
    create(test, "a", { id: "cs-a", labels: ["l"], description: "d", metadata: { k: 1 } });
    const child = create(test, "b", { parent: "cs-a", dependencies: [{ id: "cs-a", type: "related" }] });
    const { view } = test.ledger;
    assertEquals(Object.keys(issueShape(view, resolveBead(view, "cs-a"))), [
      "id",
      "title",
      "description",
      "status",
      "priority",
      "issue_type",
      "created_at",
      "created_by",
      "updated_at",
      "metadata",
      "labels",
    ]);
    const [row] = rowShapes(view, [child]);
    assertEquals([row!.parent, row!.dependency_count, row!.dependent_count, row!.comment_count], [
      "cs-a",
      2,
      0,
      0,
    ]);
    const show = showShape(view, resolveBead(view, "cs-a"));
    const dependents = show.dependents as { id: string; dependency_type: string }[];
    assertEquals(dependents.map((one) => [one.id, one.dependency_type]), [
      ["cs-a.1", "parent-child"],
      ["cs-a.1", "related"],
    ]);
  });
});
