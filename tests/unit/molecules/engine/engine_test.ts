import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { beginRun, driveHere } from "../../../../src/molecules/engine/engine.ts";
import { definitionOf } from "../machine/definitions.ts";
import { makeLedger } from "../../ledger/fixture.ts";

describe("driving a run", () => {
  it("begins no step once it was told to end, and leaves the run to whoever comes next", async () => {
    using made = makeLedger();
    const { ports, ledger } = made;
    const deps = { ports, ledger, library: { ports, folder: made.place } };
    const definition = definitionOf({ steps: [{ id: "a" }, { id: "b" }] });
    const { key } = beginRun(deps, { definition, values: {}, given: {}, folder: "", root: "/", by: "me" });
    const driven = await driveHere(deps, { key, by: "me", jobs: 1, signal: AbortSignal.abort() });
    assertEquals(driven.kind, "interrupted");
    const events = ledger.view.journal(key, 0).flatMap(({ value }) =>
      (value.events as { kind: string }[] | undefined ?? []).map(({ kind }) => kind)
    );
    assertEquals(events, ["driven", "left"]);
  });

  it("reads the journal of a run from its beginning as often with many nested runs as with few", async () => {
    const [few, many] = [await readsOf(2), await readsOf(12)];
    assertEquals(few, many);
  });

  /** How often that is done with so many nested runs. */
  async function readsOf(count: number): Promise<number> {
    using made = makeLedger();
    const { ports } = made;
    const read: string[] = [];
    const journal = (name: string, after: number) => {
      if (after === 0) read.push(name);
      return made.ledger.view.journal(name, after);
    };
    const ledger = { ...made.ledger, view: { ...made.ledger.view, journal } };
    const deps = { ports, ledger, library: { ports, folder: made.place } };
    const file = join(made.place, "inner.yaml");
    Deno.writeTextFileSync(file, "molecule: inner\nsteps: [{ id: a, gate: { type: timer, for: 1ms } }]\n");
    const steps = Array.from({ length: count }, (_, n) => ({
      id: `s${n}`,
      action: { kind: "molecule" as const, molecule: file, with: {} },
    }));
    const options = { values: {}, given: {}, folder: "", root: "/", by: "me" };
    const { key } = beginRun(deps, { definition: definitionOf({ steps }), ...options });
    const { signal } = new AbortController();
    assertEquals((await driveHere(deps, { key, by: "me", jobs: 1, signal })).kind, "ended");
    return read.filter((name) => name === key).length;
  }
});
