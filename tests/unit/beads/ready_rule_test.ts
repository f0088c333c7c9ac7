import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { closeBead } from "../../../src/beads/close.ts";
import { blockedBeads, explainReady, readyBeads } from "../../../src/beads/ready.ts";
import type { Bead, View } from "../../../src/ledger/ledger.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { add, change, makeLedger } from "../ledger/fixture.ts";

const NOW = Date.parse("2026-06-01T00:00:00Z");
const FAILED = /failed|rejected|wontfix|won't fix|cancell?ed|abandoned|blocked|error|timeout|aborted/i;

/** The rules of being ready as they are written down, worked out from nothing for one bead. */
function expectReady(beads: readonly Bead[], bead: Bead): boolean {
  const byKey = new Map(beads.map((one) => [one.key as string, one]));
  const byId = new Map(beads.map((one) => [one.id, one]));
  const find = (target: string) => byKey.get(target) ?? byId.get(target);
  const parents = (one: Bead) =>
    one.dependencies.filter((edge) => edge.type === "parent-child").flatMap((edge) =>
      find(edge.target) ?? []
    );
  const line: Bead[] = [bead];
  for (let at = 0; at < line.length; at++) {
    for (const parent of parents(line[at]!)) if (!line.includes(parent)) line.push(parent);
  }
  const childrenOf = (key: string) =>
    beads.filter((one) =>
      one.dependencies.some((edge) => edge.type === "parent-child" && find(edge.target)?.key === key)
    );
  const provided = (target: string) => {
    const [, project, capability] = target.split(":");
    return beads.some((one) =>
      one.status === "closed" &&
      (one.labels.includes(`provides:${project}:${capability}`) ||
        (one.labels.includes(`provides:${capability}`) && one.id.startsWith(`${project}-`)))
    );
  };
  const holds = (edge: Bead["dependencies"][number]): boolean => {
    if (!["blocks", "conditional-blocks", "waits-for"].includes(edge.type)) return false;
    if (edge.target.startsWith("external:")) return !provided(edge.target);
    const target = find(edge.target);
    if (edge.type === "waits-for") {
      const { gate, spawner_id } = (edge.metadata ?? {}) as { gate?: string; spawner_id?: string };
      const spawner = (spawner_id && find(spawner_id)) || target;
      if (!spawner) return false;
      const statuses = childrenOf(spawner.key).map((one) => one.status);
      const done = statuses.filter((status) => status === "closed" || status === "tombstone").length;
      return gate === "any-children" ? statuses.length > 0 && done === 0 : done < statuses.length;
    }
    if (!target || target.status === "tombstone") return false;
    if (edge.type === "blocks") return !["closed", "pinned"].includes(target.status);
    return !(target.status === "closed" && FAILED.test(target.close_reason ?? ""));
  };
  if (bead.status !== "open" || line.some((one) => one.dependencies.some(holds))) return false;
  return !line.some((one) =>
    one.status === "deferred" ||
    (one.status !== "closed" && one.status !== "tombstone" && Date.parse(one.defer_until ?? "") > NOW)
  );
}

function readyIds(view: View): string[] {
  return readyBeads(view, { now: NOW }).map((bead) => bead.id).sort();
}

describe("what is ready", () => {
  it("waits for something outside until a closed bead of that project provides it", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", { dependencies: [{ target: "external:api:login", type: "blocks" }] });
    add(test.ledger, "cs-a.1", { dependencies: [{ target: "cs-a", type: "parent-child" }] });
    add(test.ledger, "web-1", { labels: ["provides:login"] });
    add(test.ledger, "api-1", { labels: ["provides:login"] });
    const { view } = test.ledger;
    const close = (id: string) => change(test.ledger, id, (tx, key) => closeBead(tx, { key }));
    assertEquals(readyIds(view), ["api-1", "web-1"]);
    assertEquals(blockedBeads(view).map((one) => [one.bead.id, one.outside]), [
      ["cs-a", ["external:api:login"]],
      ["cs-a.1", ["external:api:login"]],
    ]);
    assertEquals(explainReady(view, { bead: view.beadById("cs-a")!, now: NOW }), [
      "it waits for external:api:login",
    ]);
    close("web-1");
    assertEquals(readyIds(view), ["api-1"]);
    close("api-1");
    assertEquals(readyIds(view), ["cs-a", "cs-a.1"]);
    change(test.ledger, "api-1", (tx, key) => tx.removeLabel(key, "provides:login"));
    assertEquals(readyIds(view), []);
    change(test.ledger, "web-1", (tx, key) => tx.addLabel(key, "provides:api:login"));
    assertEquals(readyIds(view), ["cs-a", "cs-a.1"]);
    change(test.ledger, "web-1", (tx, key) => tx.remove(key, ""));
    assertEquals(readyIds(view), []);
  });

  it("waits for the children of the bead that spawns them, also of one that comes later", () => {
    using test = makeLedger();
    const metadata = JSON.stringify({ gate: "all-children", spawner_id: "cs-spawner" });
    add(test.ledger, "cs-step");
    add(test.ledger, "cs-join", { dependencies: [{ target: "cs-step", type: "waits-for", metadata }] });
    add(test.ledger, "cs-spawner");
    assertEquals(readyIds(test.ledger.view), ["cs-join", "cs-spawner", "cs-step"]);
    add(test.ledger, "cs-spawner.1", { dependencies: [{ target: "cs-spawner", type: "parent-child" }] });
    assertEquals(readyIds(test.ledger.view), ["cs-spawner", "cs-spawner.1", "cs-step"]);
    change(test.ledger, "cs-spawner.1", (tx, key) => closeBead(tx, { key }));
    assertEquals(readyIds(test.ledger.view), ["cs-join", "cs-spawner", "cs-step"]);
  });

  it("is not what lies under a deferred ancestor, however far above", () => {
    using test = makeLedger();
    add(test.ledger, "cs-a", { defer_until: "2027-01-01T00:00:00Z" });
    for (let depth = 1, id = "cs-a"; depth <= 5; depth++, id += ".1") {
      add(test.ledger, `${id}.1`, { dependencies: [{ target: id, type: "parent-child" }] });
    }
    assertEquals(readyIds(test.ledger.view), []);
    assertEquals(readyBeads(test.ledger.view, { now: Date.parse("2027-02-01T00:00:00Z") }).length, 6);
  });

  it("is what the written rules say, for any graph and any history of it", () => {
    using test = makeLedger();
    const ids = ["cs-1", "cs-2", "cs-3", "cs-4", "api-1", "api-2", "cs-7", "cs-8"];
    for (const id of ids) add(test.ledger, id);
    const step = fc.record({
      what: fc.constantFrom("edge", "edge", "unedge", "status", "label", "unlabel", "defer", "remove"),
      id: fc.constantFrom(...ids),
      other: fc.constantFrom(...ids, "external:api:x", "external:cs:x"),
      type: fc.constantFrom("blocks", "parent-child", "conditional-blocks", "waits-for", "related"),
      status: fc.constantFrom("open", "closed", "in_progress", "pinned", "deferred", "hooked"),
      reason: fc.constantFrom("Done", "rejected"),
      label: fc.constantFrom("provides:x", "provides:api:x"),
      spawner: fc.constantFrom(undefined, "cs-2", "cs-later"),
    });
    const check = (steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) => {
      for (const { what, id, other, type, status, reason, label, spawner } of steps) {
        try {
          change(test.ledger, id, (tx, key) => {
            if (tx.beadByKey(key)!.deleted) return;
            const target = tx.beadById(other)?.key ?? other;
            const metadata = {
              gate: reason === "Done" ? "all-children" : "any-children",
              ...(spawner ? { spawner_id: spawner } : {}),
            };
            if (what === "edge") tx.importDependency(key, { target, type, metadata });
            if (what === "unedge") tx.removeDependency(key, other);
            if (what === "status") tx.set(key, { status, close_reason: reason });
            if (what === "label") tx.addLabel(key, label);
            if (what === "unlabel") tx.removeLabel(key, label);
            if (what === "defer") tx.set(key, { defer_until: reason === "Done" ? "2027-01-01" : null });
            if (what === "remove" && reason === "Done" && id === "cs-8") tx.remove(key, "");
          });
        } catch (error) {
          if (!(error instanceof CommandError)) throw error;
        }
        const beads = test.ledger.view.beads("1 ORDER BY id");
        const expected = beads.filter((bead) => bead.status !== "pinned" && expectReady(beads, bead));
        assertEquals(readyIds(test.ledger.view), expected.map((bead) => bead.id).sort());
      }
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 15 }), check), { numRuns: 50 });
  });
});
