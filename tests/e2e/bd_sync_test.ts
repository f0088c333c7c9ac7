import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { benchAt, inFolders } from "./bd_fixture.ts";

describe("bd sync", () => {
  it("commits to a ref of its own and leaves the worktree clean, without a remote too", () =>
    inFolders(async (root) => {
      const bench = benchAt(root, "alone");
      await bench.git(["init", "-q"]);
      await bench.bd(["init", "-p", "cs"]);
      await bench.bd(["create", "One", "--id", "cs-one"]);
      assertStringIncludes((await bench.bd(["sync", "--status"])).stdout, "2 to commit: bd sync");
      const { code, stdout } = await bench.bd(["sync"]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "there is no remote");
      assertEquals(await bench.git(["status", "--porcelain"]), "");
      assertStringIncludes(await bench.git(["for-each-ref", "refs/beads"]), "refs/beads/");
      assertStringIncludes(
        (await bench.bd(["sync", "--status"])).stdout,
        "pending      none\nremote       none",
      );
      const status = await bench.json(["sync", "--status"]);
      assertEquals([status.operations > 0, status.conflicts, status.projection.stale], [true, 0, false]);
    }));

  it("was not needed for what git clean takes away", () =>
    inFolders(async (root) => {
      const bench = benchAt(root, "alone");
      await bench.git(["init", "-q"]);
      await bench.bd(["init", "-p", "cs"]);
      await bench.bd(["create", "One", "--id", "cs-one"]);
      await bench.git(["clean", "-fdxq"]);
      assertStringIncludes((await bench.bd(["show", "cs-one"])).stdout, "One");
      await bench.git(["clean", "-fdxq"]);
      // As a checkout brings it back, where a branch carries it.
      Deno.mkdirSync(join(bench.folder, ".beads"));
      Deno.writeTextFileSync(join(bench.folder, ".beads", "issues.jsonl"), "");
      assertStringIncludes((await bench.bd(["show", "cs-one"])).stdout, "One");
    }));

  it("brings what each clone did to the others, and shows where they met", () =>
    inFolders(async (root) => {
      const remote = benchAt(root, "remote.git");
      await remote.git(["init", "-q", "--bare"]);
      const [one, two] = [benchAt(root, "one"), benchAt(root, "two")];
      for (const bench of [one, two]) {
        await bench.git(["init", "-q"]);
        await bench.git(["remote", "add", "origin", "../remote.git"]);
      }
      await one.bd(["init", "-p", "cs"]);
      await one.bd(["create", "Shared", "--id", "cs-shared"]);
      assertEquals((await one.json(["sync"])).pushed, true);

      const fresh = await two.bd(["list", "--json"]);
      assertEquals([fresh.code, JSON.parse(fresh.stdout)[0].id], [0, "cs-shared"]);
      assertStringIncludes(fresh.stderr, "taking in the beads");
      assertEquals((await two.json(["config", "get", "prefix"])).value, "cs");

      await one.bd(["update", "cs-shared", "--title", "Of one", "--add-label", "one"]);
      await two.bd(["update", "cs-shared", "--title", "Of two", "--add-label", "two"]);
      for (const bench of [one, two, one]) await bench.json(["sync"]);
      const shown = await Promise.all(
        [one, two].map(async (bench) => (await bench.json(["show", "cs-shared"]))[0]),
      );
      assertEquals(shown[0], shown[1]);
      assertEquals(shown[0].labels, ["one", "two"]);
      const [conflict] = await one.json(["conflicts"]);
      assertEquals([conflict.id, conflict.register, conflict.kept, conflict.lost], [
        "cs-shared",
        "title",
        "Of two",
        "Of one",
      ]);
      assertEquals((await one.json(["resolve", "cs-shared", "title", "--take"])).title, "Of one");
      assertEquals(await one.json(["conflicts"]), []);

      await Deno.rename(remote.folder, `${remote.folder}.away`);
      const { code, stderr } = await one.bd(["sync"]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "run bd sync again");
      assertEquals((await one.json(["sync", "--status"])).pending > 0, true);
    }));

  it("lets old ids of other clones lead to what was renamed", () =>
    inFolders(async (root) => {
      const remote = benchAt(root, "remote.git");
      await remote.git(["init", "-q", "--bare"]);
      const [one, two] = [benchAt(root, "one"), benchAt(root, "two")];
      for (const bench of [one, two]) {
        await bench.git(["init", "-q"]);
        await bench.git(["remote", "add", "origin", "../remote.git"]);
      }
      await one.bd(["init", "-p", "cs"]);
      await one.bd(["create", "Form", "--id", "cs-4f"]);
      await one.bd(["sync"]);
      await two.bd(["sync"]);
      await one.bd(["rename", "cs-4f", "cs-form"]);
      await two.bd(["create", "Child", "--parent", "cs-4f"]);
      await two.bd(["create", "Waits", "--id", "cs-w", "--deps", "cs-4f"]);
      await one.bd(["rename-prefix", "cs", "web"]);
      for (const bench of [one, two, one]) await bench.json(["sync"]);
      for (const bench of [one, two]) {
        assertEquals((await bench.json(["show", "cs-4f"]))[0].id, "web-form");
        assertEquals((await bench.json(["show", "cs-form"]))[0].id, "web-form");
        assertEquals((await bench.json(["blocked"]))[0].blocked_by, ["web-form"]);
        assertEquals((await bench.json(["show", "cs-4f.1"]))[0].parent, "web-form");
        assertEquals((await bench.json(["config", "get", "prefix"])).value, "web");
        assertEquals((await bench.json(["doctor"])).ok, true);
      }
    }));
});
