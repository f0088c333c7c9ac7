import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { DatabaseSync } from "node:sqlite";
import { examine } from "../../../src/town/doctor.ts";
import { installTown } from "../../../src/town/install.ts";
import { ledgerIndex } from "../../../src/town/ledger_index_part.ts";
import { inFolder } from "./town_fixture.ts";

describe("the doctor's look at the ledger", () => {
  it("finds an index that says something else than the logs, and makes it anew", () =>
    inFolder(async (folder, ports) => {
      const { town } = await installTown(ports, { path: `${folder}/t` });
      town.ledger.write("test", (change) => change.create("hq-a", { title: "Three" }));
      const index = new DatabaseSync(`${town.paths.beads}/index.db`);
      index.exec("UPDATE docs SET doc = replace(doc, 'Three', 'Four')");
      index.close();
      const run = (fix: boolean) => examine(town, { parts: [ledgerIndex], fix });
      assertEquals((await run(false))[0]?.detail, "1 bead differs from the logs");
      assertEquals((await run(true))[0]?.fixed, true);
      assertEquals((await run(true))[0]?.fixed, false);
      assertEquals(town.ledger.view.beadById("hq-a")?.title, "Three");
      town.close();
    }));
});
