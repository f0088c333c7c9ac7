import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createTestRandom } from "../../../src/ports/random.ts";
import { applyConvoy } from "../../../src/town/convoys/convoy_apply.ts";
import { parseConvoyFile } from "../../../src/town/convoys/convoy_file.ts";
import { convoyWaves, type WaveBead } from "../../../src/work/convoy_waves.ts";
import { makeLedger } from "../ledger/fixture.ts";

const config = { rigs: { app: { prefix: "cs" } } } as never;
const apart = (waves: readonly (readonly WaveBead[])[]) => waves.map((beads) => beads.map(({ id }) => id));

describe("the waves of a convoy", () => {
  it("follow the dependencies of its open beads, also before it is applied", () => {
    using test = makeLedger();
    const { ledger } = test;
    ledger.write("ann", (transaction) => transaction.create("cs-old", { title: "Old", status: "open" }));
    const file = parseConvoyFile(
      "name: X\nbeads:\n  - {id: cs-a, title: A, deps: [cs-old]}\n  - {id: cs-b, title: B, agent: script}\n" +
        "  - {id: cs-c, title: C, deps: [cs-a, cs-b], rig: web}\n  - {id: cs-d, title: D, deps: [cs-c]}\n",
      "x.yaml",
    );
    let planned: WaveBead[][] = [];
    const order = { file, actor: "ann", random: createTestRandom() };
    applyConvoy(ledger, {
      ...order,
      dryRun: true,
      seen: (view, convoy) => planned = convoyWaves(view, { convoy, config }),
    });
    assertEquals(apart(planned), [["cs-a", "cs-b"], ["cs-c"], ["cs-d"]]);
    assertEquals(planned[0]!.map(({ rig, agent, waits_for: waits }) => [rig, agent, waits]), [
      ["app", undefined, ["cs-old"]],
      ["app", "script", []],
    ]);
    assertEquals([planned[1]![0]!.rig, planned[1]![0]!.after], ["web", ["cs-a", "cs-b"]]);
    assertEquals(ledger.view.beadById("cs-a"), undefined);
    const { convoy } = applyConvoy(ledger, order);
    assertEquals(apart(convoyWaves(ledger.view, { convoy, config })), apart(planned));
    ledger.write("ann", (transaction) => {
      for (const id of ["cs-a", "cs-b"]) transaction.set(transaction.beadById(id)!.key, { status: "closed" });
    });
    assertEquals(apart(convoyWaves(ledger.view, { convoy, config })), [["cs-c"], ["cs-d"]]);
  });
});
