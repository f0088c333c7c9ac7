import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import * as fc from "fast-check";
import { recomputeBlocked } from "../../../src/ledger/blocked_graph.ts";
import { openDatabase } from "../../../src/ledger/database.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { add, change, makeLedger, type TestLedger } from "./fixture.ts";

function isBlocked({ ledger }: TestLedger, id: string): boolean {
  return ledger.view.beadById(id)!.blocked;
}

function close(test: TestLedger, id: string, reason = "Closed"): void {
  change(test.ledger, id, (tx, key) => tx.set(key, { status: "closed", close_reason: reason }));
}

/** What a full recomputation finds wrong. */
function mistakes({ folder }: TestLedger): string[] {
  const database = openDatabase(join(folder, "index.db"));
  try {
    return recomputeBlocked(database);
  } finally {
    database.close();
  }
}

describe("a bead is blocked", () => {
  it("by `blocks` until the other closes, and again when it is reopened", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-b", { dependencies: [{ target: "cs-a", type: "blocks" }] });
    assertEquals(isBlocked(test, "cs-b"), true);
    close(test, "cs-a");
    assertEquals(isBlocked(test, "cs-b"), false);
    change(test.ledger, "cs-a", (tx, key) => tx.set(key, { status: "open" }));
    assertEquals(isBlocked(test, "cs-b"), true);
  });

  it("by what blocks its ancestors, but never by its parent or children", () => {
    using test = makeLedger();
    add(test.ledger, "cs-x");
    add(test.ledger, "cs-p");
    add(test.ledger, "cs-p.1", { dependencies: [{ target: "cs-p", type: "parent-child" }] });
    add(test.ledger, "cs-p.1.1", { dependencies: [{ target: "cs-p.1", type: "parent-child" }] });
    assertEquals(["cs-p", "cs-p.1", "cs-p.1.1"].map((id) => isBlocked(test, id)), [false, false, false]);
    change(test.ledger, "cs-p", (tx, key) => tx.addDependency(key, "cs-x", "blocks"));
    assertEquals(["cs-p", "cs-p.1", "cs-p.1.1"].map((id) => isBlocked(test, id)), [true, true, true]);
    change(test.ledger, "cs-p.1", (tx, key) => tx.removeDependency(key, "cs-p"));
    assertEquals(["cs-p", "cs-p.1", "cs-p.1.1"].map((id) => isBlocked(test, id)), [true, false, false]);
  });

  it("by `conditional-blocks` until the other fails", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-b", { dependencies: [{ target: "cs-a", type: "conditional-blocks" }] });
    close(test, "cs-a", "Done");
    assertEquals(isBlocked(test, "cs-b"), true);
    change(test.ledger, "cs-a", (tx, key) => tx.set(key, { close_reason: "rejected by review" }));
    assertEquals(isBlocked(test, "cs-b"), false);
  });

  it("by `conditional-blocks` of a group until any of it fails", () => {
    using test = makeLedger();
    const edge = (target: string, gate: string) => ({
      target,
      type: "conditional-blocks",
      metadata: { gate },
    });
    for (const id of ["cs-a", "cs-b", "cs-c"]) add(test.ledger, id);
    add(test.ledger, "cs-any", {
      dependencies: [edge("cs-a", "any-failed:1"), edge("cs-b", "any-failed:1")],
    });
    add(test.ledger, "cs-both", {
      dependencies: [
        edge("cs-a", "any-failed:1"),
        edge("cs-b", "any-failed:1,2"),
        edge("cs-c", "any-failed:2"),
      ],
    });
    const blocked = () => [isBlocked(test, "cs-any"), isBlocked(test, "cs-both")];
    close(test, "cs-a", "Done");
    assertEquals(blocked(), [true, true]);
    close(test, "cs-c", "failed");
    assertEquals(blocked(), [true, true]);
    close(test, "cs-b", "failed");
    assertEquals(blocked(), [false, false]);
    change(test.ledger, "cs-b", (tx, key) => tx.set(key, { close_reason: "Done" }));
    change(test.ledger, "cs-a", (tx, key) => tx.set(key, { close_reason: "failed" }));
    assertEquals(blocked(), [false, false]);
    change(test.ledger, "cs-c", (tx, key) => tx.set(key, { close_reason: "Done" }));
    assertEquals(blocked(), [false, true]);
    assertEquals(mistakes(test), []);
  });

  it("by `waits-for` until all children of the other closed, or any when asked", () => {
    using test = makeLedger();
    const child = { dependencies: [{ target: "cs-a", type: "parent-child" }] };
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-all", { dependencies: [{ target: "cs-a", type: "waits-for" }] });
    add(test.ledger, "cs-any", {
      dependencies: [{ target: "cs-a", type: "waits-for", metadata: { gate: "any-children" } }],
    });
    assertEquals([isBlocked(test, "cs-all"), isBlocked(test, "cs-any")], [false, false]);
    add(test.ledger, "cs-a.1", child);
    add(test.ledger, "cs-a.2", child);
    assertEquals([isBlocked(test, "cs-all"), isBlocked(test, "cs-any")], [true, true]);
    close(test, "cs-a.1");
    assertEquals([isBlocked(test, "cs-all"), isBlocked(test, "cs-any")], [true, false]);
    close(test, "cs-a.2");
    assertEquals([isBlocked(test, "cs-all"), isBlocked(test, "cs-any")], [false, false]);
  });

  it("not by other edges, nor by what the ledger does not hold until it does", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-b", {
      dependencies: [{ target: "cs-a", type: "related" }, { target: "cs-later", type: "blocks" }],
    });
    assertEquals(isBlocked(test, "cs-b"), false);
    add(test.ledger, "cs-later");
    assertEquals(isBlocked(test, "cs-b"), true);
  });

  it("never by itself: an edge that closes a ring is refused, with the way round", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a");
    add(test.ledger, "cs-b", { dependencies: [{ target: "cs-a", type: "blocks" }] });
    add(test.ledger, "cs-b.1", { dependencies: [{ target: "cs-b", type: "parent-child" }] });
    const error = assertThrows(
      () => change(test.ledger, "cs-a", (tx, key) => tx.addDependency(key, "cs-b.1", "blocks")),
      CommandError,
      "cycle cs-a → cs-b.1 → cs-b → cs-a",
    );
    assertEquals((error as CommandError).code, "dependency_cycle");
    assertThrows(
      () => change(test.ledger, "cs-a", (tx, key) => tx.addDependency(key, "cs-a", "blocks")),
      CommandError,
      "cannot wait for itself",
    );
  });

  it("exactly as a full recomputation says, whatever happens to a graph", () => {
    using test = makeLedger();
    const ids = Array.from({ length: 9 }, (_, at) => `cs-${at}`);
    for (const id of ids) add(test.ledger, id);
    const types = ["blocks", "parent-child", "conditional-blocks", "waits-for", "related"];
    const step = fc.tuple(
      fc.constantFrom("edge", "import", "unedge", "status", "remove", "provide", "rename"),
      fc.constantFrom(...ids),
      fc.constantFrom(...ids, "external:cs:x", "external:ab:x"),
      fc.constantFrom(...types),
      fc.constantFrom("open", "closed", "in_progress", "pinned"),
      fc.constantFrom("Done", "failed"),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        for (const [what, id, other, type, status, reason] of steps) {
          try {
            change(test.ledger, id, (tx, key) => {
              const metadata = {
                gate: type === "conditional-blocks"
                  ? { Done: "any-failed:1", failed: "any-failed:1,2" }[reason]!
                  : reason === "failed"
                  ? "any-children"
                  : "all-children",
                ...(status === "pinned" ? { spawner_id: other } : {}),
              };
              const target = tx.beadById(other)?.key ?? other;
              if (what === "provide") tx.addLabel(key, "provides:x");
              if (what === "rename") tx.rename(key, id.replace("cs", status === "open" ? "ab" : "cs"));
              if (what === "edge") tx.addDependency(key, target, type, metadata);
              if (what === "import") tx.importDependency(key, { target, type, metadata });
              if (what === "unedge") tx.removeDependency(key, target);
              if (what === "status") tx.set(key, { status, close_reason: reason });
              if (what === "remove" && reason === "failed") tx.set(key, { status: "tombstone" });
            });
          } catch (error) {
            if (!(error instanceof CommandError)) throw error;
          }
        }
        assertEquals(mistakes(test), []);
      }),
      { numRuns: 60 },
    );
  });
});
