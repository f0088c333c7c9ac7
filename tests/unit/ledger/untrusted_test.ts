import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { resolveBead } from "../../../src/beads/ids.ts";
import { listBeads } from "../../../src/beads/list.ts";
import { searchBeads } from "../../../src/beads/search.ts";
import { importJsonl } from "../../../src/ledger/import.ts";
import { keysChangedSince } from "../../../src/ledger/past.ts";
import { projectionText } from "../../../src/ledger/projection.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { change, makeLedger } from "./fixture.ts";

const HOSTILE = [
  "../../etc/passwd",
  "cs-1/../../x",
  "/tmp/x",
  "cs-\u001b[2J",
  "cs-1\nrm -rf",
  "$(touch x)",
  "`touch x`",
  "__proto__",
  "--force",
  "cs\u202e-1",
  "",
  "x".repeat(5_000),
];

describe("what comes from elsewhere", () => {
  it("gets an id that is one, whatever its log says, and reaches no prototype", () => {
    using test = makeLedger();
    const folder = join(test.folder, "ops", "hostile1");
    Deno.mkdirSync(folder, { recursive: true });
    const lines = HOSTILE.map((id, at) =>
      JSON.stringify({
        o: `hostile1.${at + 1}`,
        t: [1_700_000_000_000 + at, 0],
        a: "\u001b]0;title\u0007",
        b: `${id}@hostile1`,
        k: "create",
        f: JSON.parse(
          `{"id":${
            JSON.stringify(id)
          },"set":{"title":"\\u001b[31mred","__proto__":{"polluted":1},"constructor":1},` +
            `"labels":["__proto__","\\u001b[2J"],"deps":[{"target":"../../x","type":"blocks"}]}`,
        ),
      })
    );
    Deno.writeTextFileSync(join(folder, "000001.jsonl"), lines.join("\n") + "\n");
    const { view } = test.again();
    const beads = view.beads("1");
    assertEquals(beads.length, HOSTILE.length);
    for (const bead of beads) {
      assert(/^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,220}$/u.test(bead.id), JSON.stringify(bead.id));
      assertEquals(bead.labels, ["\u001b[2J", "__proto__"]);
      assertEquals(bead.fields, { constructor: 1 });
    }
    assertEquals(({} as Record<string, unknown>).polluted, undefined);
    assertEquals(new Set(beads.map((bead) => bead.id)).size, HOSTILE.length);
    assertEquals(projectionText(view).split("\n").length, HOSTILE.length + 1);
    assertEquals([...Deno.readDirSync(test.place)].map((entry) => entry.name), [".beads"]);
  });

  it("is kept when it is called like what every object has, here and in every index made anew", () => {
    using test = makeLedger();
    const names = ["constructor", "toString", "valueOf"];
    test.ledger.write("w", (transaction) => {
      const { key } = transaction.create("cs-1", { title: "x", labels: names });
      transaction.addLabel(key, "hasOwnProperty");
      transaction.set(key, Object.fromEntries(names.map((name) => [name, 1])));
      transaction.set(key, { "metadata.__proto__": 2, toString: 2 });
    });
    const record = { id: "cs-2", title: "y", labels: names, valueOf: { a: 1 }, metadata: { toString: 1 } };
    const { created, refused } = importJsonl(test.ledger, {
      actor: "w",
      text: `${JSON.stringify(record)}\n{"id":"cs-3","title":"z","__proto__":{"status":"closed"}}\n`,
    });
    assertEquals([created, refused.map((one) => one.reason)], [["cs-2"], [
      'it has a field named "__proto__"',
    ]]);
    const before = projectionText(test.ledger.view);
    assertEquals(before.match(/"toString"/g)?.length, 4);
    assert(before.includes('"metadata":{"__proto__":2}'), before);
    assertEquals(test.ledger.view.rows("SELECT label FROM labels").length, 7);
    Deno.removeSync(join(test.folder, "index.db"));
    assertEquals(projectionText(test.again().view), before);
  });

  it("is refused when it is nested deeper than every reader can take, and nothing else is lost", () => {
    using test = makeLedger();
    const deep = (levels: number) => JSON.parse(`${"[".repeat(levels)}"]\\\"["${"]".repeat(levels)}`);
    const lines = [100, 480, 600, 5_000].map((levels) =>
      JSON.stringify({ id: `cs-${levels}`, title: "x", notes: "[".repeat(2_000), deep: deep(levels) })
    );
    const { created, refused } = importJsonl(test.ledger, { actor: "w", text: lines.join("\n") });
    assertEquals([created, refused.map((one) => one.id ?? one.line)], [["cs-100", "cs-480"], [3, 4]]);
    const error = assertThrows(
      () => change(test.ledger, "cs-100", (tx, key) => tx.set(key, { title: "y", deep: deep(600) })),
      CommandError,
    ) as CommandError;
    assertEquals(error.code, "nested_too_deep");
    assertEquals(test.ledger.view.beadById("cs-100")!.title, "x");
    const { view } = test.again();
    assertEquals(keysChangedSince(view, 0).length, 2);
    assertEquals(listBeads(view, { descriptionContains: "x", metadata: [{ key: "k" }] }), []);
  });

  it("is refused in a file when its id is none, and nothing else is lost", () => {
    using test = makeLedger();
    const records = HOSTILE.map((id) => ({
      id,
      title: "x",
      priority: 1,
      created_at: "2026-01-01T00:00:00Z",
    }));
    const text = [...records, { ...records[0], id: "cs-good" }].map((one) => JSON.stringify(one)).join("\n");
    const { created, refused } = importJsonl(test.ledger, { text, actor: "me" });
    assertEquals(created.includes("cs-good"), true);
    assertEquals(refused.length + created.length, HOSTILE.length + 1);
    for (const id of created) assert(/^[\p{L}\p{N}_]/u.test(id));
    assertEquals([...Deno.readDirSync(test.place)].map((entry) => entry.name), [".beads"]);
  });

  it("is only looked for as text, however it resembles a query", () => {
    using test = makeLedger();
    test.ledger.write("me", (tx) =>
      tx.create("cs-1", { title: 'a "quoted" (word) AND more', status: "open" }));
    const { view } = test.ledger;
    for (
      const text of [
        '"',
        "(",
        "*",
        "a AND",
        "NEAR(",
        "title:a",
        "'; DROP TABLE beads; --",
        "a\u0000b",
        "^a",
        "-",
      ]
    ) {
      searchBeads(view, { text });
    }
    assertEquals(searchBeads(view, { text: '"quoted" (word' }).length, 1);
    assertEquals(searchBeads(view, { text: "AND" }).length, 1);
    assertEquals(resolveBead(view, "cs-1").id, "cs-1");
  });
});
