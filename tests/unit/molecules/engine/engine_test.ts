import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { beginRun, driveHere } from "../../../../src/molecules/engine/engine.ts";
import { definitionOf } from "../machine/definitions.ts";
import { makeLedger } from "../../ledger/fixture.ts";

describe("driving a run", () => {
  it("begins no step once it was told to end, and leaves the run to whoever comes next", async () => {
    using made = makeLedger();
    const { ports, ledger } = made;
    const deps = { ports, ledger, library: { ports, folder: made.place } };
    const definition = definitionOf({ steps: [{ id: "a" }, { id: "b" }] });
    const { key } = beginRun(deps, { definition, values: {}, given: {}, folder: "", by: "me" });
    const driven = await driveHere(deps, { key, by: "me", jobs: 1, signal: AbortSignal.abort() });
    assertEquals(driven.kind, "interrupted");
    const events = ledger.view.journal(key, 0).flatMap(({ value }) =>
      (value.events as { kind: string }[] | undefined ?? []).map(({ kind }) => kind)
    );
    assertEquals(events, ["driven", "left"]);
  });
});
