import { join } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createTestTown, lostOrDoubled } from "./town_fixture.ts";

describe("the work of a bead that was taken off its hook and has another id now", () => {
  it("goes on on its branch, and lands with what was committed before", async () => {
    const town = await createTestTown();
    try {
      await town.must(["start"]);
      await town.plan([{
        id: "app-old",
        script: "- edit: { path: first.txt, content: x }\n- commit: first\n- hang\n",
      }]);
      await town.must(["sling", "app-old", "app"]);
      const repository = join(town.folder, "rigs", "app", "repo.git");
      await town.until("the first worker commits", async () => {
        const found = await town.git(repository, "for-each-ref", "--format=%(subject)", "refs/heads/gt");
        return found.split("\n").includes("first");
      });
      await town.must(["unsling", "app-old"]);
      await town.must(["--as", "bd", "rename", "app-old", "app-new"]);
      await Deno.writeTextFile(
        join(town.folder, "scripts", "app-new.yaml"),
        "- run: ls > second.txt\n- commit: second\n- done\n",
      );
      await town.must(["sling", "app-new", "app"]);
      await town.landed();
      assertMatch(await town.git(town.remote, "show", "main:second.txt"), /^first\.txt$/m);
      assertEquals(await lostOrDoubled(town, ["app-new"]), []);
      assertEquals((await town.attempt("app-new")).n, 2);
      await town.until("nothing of the branch is left", async () => {
        const left = await town.git(repository, "for-each-ref", "--format=%(refname)", "refs/heads/gt");
        return left === "";
      });
    } finally {
      await town.end();
    }
  });
});
