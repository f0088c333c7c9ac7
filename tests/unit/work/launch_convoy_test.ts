import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createConvoy } from "../../../src/town/convoys/convoy_changes.ts";
import { attemptOf } from "../../../src/work/attempt_store.ts";
import { launchConvoy } from "../../../src/work/launch_convoy.ts";
import { inTown } from "../agents/agent_fixture.ts";

describe("launching convoys that share a bead", () => {
  it("slings it once, whichever is quicker, and refuses neither", () =>
    inTown(async (at) => {
      const { ledger, paths } = at.town;
      Deno.writeTextFileSync(
        paths.config,
        "town: test\nagent: mine\nagents: { mine: { preset: shell, command: sh } }\n" +
          "rigs:\n  app: { url: ./app.git, prefix: app }\n",
      );
      const keys = ledger.write("overseer", (transaction) => {
        for (const id of ["app-one", "app-two", "app-both"]) {
          transaction.create(id, { title: id, status: "open", issue_type: "task" });
        }
        return ["app-one", "app-two"].map((id) =>
          createConvoy(transaction, { name: id, beads: [id, "app-both"], owner: "overseer" }).key
        );
      });
      const slung = await Promise.all(keys.map((convoy) => launchConvoy(at, { convoy, by: "overseer" })));
      assertEquals(slung.flat().sort(), ["app-both", "app-one", "app-two"]);
      assertEquals(attemptOf(ledger.view.beadById("app-both")!)!.n, 1);
    }));
});
