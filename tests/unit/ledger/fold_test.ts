import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { type BeadState, parseState } from "../../../src/ledger/bead_state.ts";
import { applyOperation, foldOperations, isNewest } from "../../../src/ledger/fold.ts";
import {
  compareOperations,
  formatLine,
  type ParsedOperation,
  parseLine,
} from "../../../src/ledger/operation.ts";
import type { JsonObject } from "../../../src/lib/json.ts";
import { beadOf } from "../../../src/ledger/shown_bead.ts";

const KEY = "cs-1@aaaa";

function op(o: string, ms: number, k: string, f: JsonObject): ParsedOperation {
  const [replica, sequence] = o.split(".");
  return {
    o,
    t: [ms, 0],
    a: `actor-${replica}`,
    b: KEY,
    k,
    f,
    replica: replica!,
    sequence: Number(sequence),
  };
}

const made = op("aaaa.1", 1, "create", { id: "cs-1", set: { title: "one", status: "open" }, labels: ["x"] });

function fold(...operations: ParsedOperation[]): BeadState {
  return foldOperations(KEY, operations);
}

function bead(state: BeadState) {
  return beadOf(state, { id: "cs-1", blocked: false });
}

describe("the fold of a bead", () => {
  it("keeps edits of different fields", () => {
    const state = fold(
      made,
      op("aaaa.2", 5, "set", { set: { title: "two" }, was: { title: ["aaaa.1", "one"] } }),
      op("bbbb.1", 4, "set", { set: { priority: 0 } }),
    );
    assertEquals([bead(state).title, bead(state).priority, state.clashes], ["two", 0, []]);
  });

  it("lets the later of two blind writes win and keeps the value that lost", () => {
    const state = fold(
      made,
      op("aaaa.2", 5, "set", { set: { title: "A" }, was: { title: ["aaaa.1", "one"] } }),
      op("bbbb.1", 6, "set", { set: { title: "B" }, was: { title: ["aaaa.1", "one"] } }),
    );
    assertEquals(bead(state).title, "B");
    assertEquals(
      state.clashes.map((clash) => [clash.register, clash.kept, clash.lost, clash.lostOperation]),
      [
        ["title", "B", "A", "aaaa.2"],
      ],
    );
  });

  it("knows no clash where the later writer saw the earlier value", () => {
    const state = fold(
      made,
      op("aaaa.2", 5, "set", { set: { title: "A" }, was: { title: ["aaaa.1", "one"] } }),
      op("bbbb.1", 6, "set", { set: { title: "B" }, was: { title: ["aaaa.2", "A"] } }),
    );
    assertEquals([bead(state).title, state.clashes], ["B", []]);
  });

  it("lets closed win against in_progress that did not see it, in both orders", () => {
    const was = { status: ["aaaa.1", "open"] };
    for (const [closing, working] of [[5, 6], [6, 5]] as const) {
      const state = fold(
        made,
        op("aaaa.2", closing, "set", { set: { status: "closed", closed_at: "2026-01-01T00:00:00Z" }, was }),
        op("bbbb.1", working, "set", { set: { status: "in_progress" }, was }),
      );
      assertEquals(bead(state).status, "closed");
      assertEquals(state.clashes.map((clash) => clash.lost), ["in_progress"]);
    }
  });

  it("lets a reopening win that saw the closing", () => {
    const state = fold(
      made,
      op("aaaa.2", 5, "set", { set: { status: "closed" }, was: { status: ["aaaa.1", "open"] } }),
      op("bbbb.1", 6, "set", { set: { status: "in_progress" }, was: { status: ["aaaa.1", "open"] } }),
      op("bbbb.2", 7, "set", { set: { status: "open" }, was: { status: ["aaaa.2", "closed"] } }),
    );
    assertEquals(bead(state).status, "open");
  });

  it("keeps a label that was added while somebody removed it", () => {
    const gone = op("bbbb.1", 6, "rm", { label: "x", saw: ["aaaa.1"] });
    assertEquals(bead(fold(made, gone)).labels, []);
    assertEquals(bead(fold(made, op("cccc.1", 5, "add", { label: "x" }), gone)).labels, ["x"]);
  });

  it("keeps an edge that was added while somebody removed it", () => {
    const dep = { target: "cs-2@bbbb", type: "blocks" };
    const gone = op("bbbb.1", 9, "rm", { dep, saw: ["aaaa.2"] });
    const first = op("aaaa.2", 5, "add", { dep });
    assertEquals(bead(fold(made, first, gone)).dependencies, []);
    const kept = bead(fold(made, first, op("cccc.1", 6, "add", { dep }), gone));
    assertEquals(kept.dependencies.map((edge) => edge.target), ["cs-2@bbbb"]);
  });

  it("removes a bead whose every edit was seen, and keeps one that was edited meanwhile, flagged", () => {
    const gone = op("aaaa.2", 9, "delete", { reason: "why", saw: { aaaa: 1 } });
    assertEquals(bead(fold(made, gone)).status, "tombstone");
    for (const at of [8, 10]) {
      const state = fold(made, gone, op("bbbb.1", at, "comment", { text: "still needed" }));
      assertEquals([bead(state).status, bead(state).deleted], ["open", undefined]);
      assertEquals(state.deletions.length, 1);
    }
  });

  it("never loses a paragraph that was added to the notes while somebody rewrote them", () => {
    const state = fold(
      made,
      op("aaaa.2", 3, "note", { text: "seen" }),
      op("bbbb.1", 4, "note", { text: "unseen" }),
      op("aaaa.3", 5, "set", { set: { notes: "rewritten" }, saw: { aaaa: 2 } }),
    );
    assertEquals(bead(state).notes, "rewritten\nunseen");
  });

  it("keeps registers it does not know", () => {
    const state = fold(made, op("aaaa.2", 2, "set", { set: { from_the_future: { deep: [1] } } }));
    assertEquals(bead(state).fields, { from_the_future: { deep: [1] } });
  });

  it("makes the same bead of one record imported twice, and lets an edit stand against the second import", () => {
    const key = "cs-1@i0123456789ab";
    const imported = (o: string) => ({
      ...op(o, 10, "create", { id: "cs-1", set: { title: "old", status: "open" }, labels: ["x"] }),
      b: key,
    });
    const edited = {
      ...op("aaaa.2", 50, "set", { set: { title: "new" }, was: { title: ["i.10", "old"] } }),
      b: key,
    };
    const unlabelled = { ...op("aaaa.3", 51, "rm", { label: "x", saw: ["i"] }), b: key };
    const state = foldOperations(key, [imported("aaaa.1"), edited, unlabelled, imported("bbbb.1")]);
    assertEquals([bead(state).title, bead(state).labels, state.clashes], ["new", [], []]);
  });

  it("is not led astray by names that objects have of their own", () => {
    const hostile = JSON.parse('{"set":{"__proto__":{"x":1},"constructor":"y"},"saw":{"__proto__":3}}');
    const state = fold(made, op("aaaa.2", 2, "set", hostile), op("aaaa.3", 3, "add", { label: "__proto__" }));
    assertEquals(bead(state).fields, { constructor: "y" });
    assertEquals(bead(state).labels, ["__proto__", "x"]);
  });

  it("keeps labels, fields and replicas that are called like what every object has", () => {
    const names = ["constructor", "toString", "valueOf", "hasOwnProperty"];
    const state = fold(
      made,
      ...names.map((label, at) => op(`constructor.${at + 1}`, at + 2, "add", { label })),
      op("aaaa.2", 20, "set", { set: Object.fromEntries(names.map((name) => [name, 1])) }),
      op("aaaa.3", 21, "rm", { label: "valueOf", saw: ["constructor.3"] }),
      op("aaaa.4", 22, "delete", { reason: "", saw: { aaaa: 3 } }),
    );
    assertEquals(bead(state).status, "open");
    assertEquals(bead(state).labels, ["constructor", "hasOwnProperty", "toString", "x"]);
    assertEquals(Object.keys(bead(state).fields), names);
    assertEquals(state.clashes, []);
    assertEquals(bead(parseState(JSON.stringify(state))), bead(state));
  });

  it("takes no bead of a replica whose name begins with an i for a record from a file", () => {
    const key = "cs-1@isecond01234";
    const own = { ...op("isecond01234.1", 10, "create", { id: "cs-1", set: { title: "x" } }), b: key };
    assertEquals(foldOperations(key, [own]).born?.by, own.a);
  });

  it("is the same in whatever order operations arrive", () => {
    fc.assert(fc.property(histories, ({ operations, order }) => {
      const shuffled = order.map((at) => operations[at]!);
      assertEquals(fold(...shuffled), fold(...operations));
    }));
  });

  it("is the same one operation at a time as all at once", () => {
    fc.assert(fc.property(histories, ({ operations }) => {
      const sorted = [...operations].sort(compareOperations);
      const [first, ...others] = sorted;
      const state = foldOperations(KEY, [first!]);
      for (const one of others) {
        assertEquals(isNewest(state, one), true);
        applyOperation(state, one);
      }
      assertEquals(state, fold(...operations));
    }));
  });
});

describe("a line of a log", () => {
  it("is read as it was written", () => {
    assertEquals(parseLine(formatLine(made, true)), { operation: made, more: true });
    assertEquals(parseLine(formatLine(made, false)), { operation: made, more: false });
  });

  it("is refused with the reason when it is none", () => {
    const line = formatLine(made, false);
    assertEquals(parseLine(line.slice(0, -3)), "it is not JSON");
    assertEquals(parseLine("[]"), "it is not an object");
    assertEquals(parseLine(line, "bbbb"), 'it belongs to replica "aaaa"');
    assertEquals(parseLine(line.replace("aaaa.1", "aaaa")), "o must be <replica>.<sequence>");
    assertEquals(parseLine(line.replace('"t":[1,0]', '"t":[-1,0]')), "t must be [ms, counter]");
  });
});

const body: fc.Arbitrary<[string, JsonObject]> = fc.oneof(
  fc.record({ status: fc.constantFrom("open", "closed", "in_progress") }).map((set) =>
    ["set", { set }] as [string, JsonObject]
  ),
  fc.record({ title: fc.string() }).map((set) => ["set", { set }] as [string, JsonObject]),
  fc.constantFrom("x", "y").map((label) => ["add", { label }] as [string, JsonObject]),
  fc.constantFrom("x", "y").map((label) => ["rm", { label, saw: ["aaaa.1"] }] as [string, JsonObject]),
  fc.string().map((text) => ["comment", { text }] as [string, JsonObject]),
  fc.string().map((text) => ["note", { text }] as [string, JsonObject]),
  fc.constant(["delete", { reason: "", saw: { aaaa: 3, bbbb: 2 } }] as [string, JsonObject]),
  fc.constantFrom("cs-2", "cs-3").map((id) => ["rename", { id }] as [string, JsonObject]),
);

const histories = fc.array(fc.tuple(fc.constantFrom("aaaa", "bbbb", "cccc"), fc.nat(6), body), {
  maxLength: 14,
})
  .chain((list) => {
    const counts: Record<string, number> = { aaaa: 1 };
    const clocks: Record<string, number> = { aaaa: 1 };
    const operations = [made];
    for (const [replica, step, [kind, fields]] of list) {
      counts[replica] = (counts[replica] ?? 0) + 1;
      clocks[replica] = (clocks[replica] ?? 1) + step;
      operations.push(op(`${replica}.${counts[replica]}`, clocks[replica]!, kind, fields));
    }
    return fc.record({
      operations: fc.constant(operations),
      order: fc.shuffledSubarray(operations.map((_, at) => at), {
        minLength: operations.length,
        maxLength: operations.length,
      }),
    });
  });
