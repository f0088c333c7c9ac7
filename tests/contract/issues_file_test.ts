import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readyBeads } from "../../src/beads/ready.ts";
import { searchBeads } from "../../src/beads/search.ts";
import { checkLedger } from "../../src/ledger/check.ts";
import { importJsonl } from "../../src/ledger/import.ts";
import { projectionText } from "../../src/ledger/projection.ts";
import { makeLedger, root } from "../unit/ledger/fixture.ts";

const fixture = join(root, "tests", "fixtures", "issues-3003.jsonl.gz");

function realFile(): string {
  return new TextDecoder().decode(gunzipSync(Deno.readFileSync(fixture)));
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

describe("an issue file of 3 003 records", () => {
  it("comes in and goes out again with every field of every record, and the same bytes from then on", () => {
    using test = makeLedger();
    const text = realFile();
    const records = text.trim().split("\n").map((line) => JSON.parse(line));
    const summary = importJsonl(test.ledger, { text, actor: "me" });
    assertEquals([summary.created.length, summary.refused], [3003, []]);
    const { view } = test.ledger;
    const beads = view.beads("1");
    assertEquals(countBy(beads.map((bead) => bead.status)), {
      closed: 2318,
      tombstone: 346,
      open: 311,
      hooked: 28,
    });
    const edges = countBy(beads.flatMap((bead) => bead.dependencies.map((edge) => edge.type)));
    assertEquals([edges["parent-child"], edges.blocks], [655, 644]);
    const out = projectionText(view);
    const byId = new Map(out.trim().split("\n").map((line) => JSON.parse(line)).map((one) => [one.id, one]));
    assertEquals(byId.size, 3003);
    for (const record of records) assertEquals(byId.get(record.id), record);
    using other = makeLedger();
    importJsonl(other.ledger, { text: out, actor: "me" });
    assertEquals(projectionText(other.ledger.view), out);
    assertEquals(importJsonl(test.ledger, { text, actor: "me" }).unchanged, 3003);
    assertEquals(projectionText(view), out);
    const { wrongBeads, wrongBlocked, damage } = checkLedger(test);
    assertEquals([wrongBeads, wrongBlocked, damage], [[], [], []]);
    assert(readyBeads(view, { now: Date.now() }).length > 50);
    assert(searchBeads(view, { text: "daemon lock" }).length > 10);
  });
});
