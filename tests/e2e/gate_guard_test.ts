import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Answer, inRepository, type Repository } from "./repository_fixture.ts";

const STEPS = "  - { id: ok, gate: { type: human, message: Ship it? } }\n" +
  "  - { id: ship, needs: [ok], run: touch shipped }\n";

/** Begins a run that waits at a gate, and ends its driver; returns the gate. */
async function waiting({ molecule, run, gt, until }: Repository): Promise<Answer> {
  await molecule("ship", STEPS);
  const running = run("ship");
  const gate = await until("a gate waits", async () => {
    const { code, stdout } = await gt(["gate", "list", "--json"]);
    return code === 0 && JSON.parse(stdout)[0];
  });
  running.kill();
  await running.ended;
  return gate;
}

describe("a gate at which a run waits", () => {
  it("is ended by a decision only, whoever tries what, and told how", () =>
    inRepository(async (repository) => {
      const { gt, json, path } = repository;
      const { id, run } = await waiting(repository);
      const bd = (words: readonly string[], env = {}) => gt(["--as", "bd", ...words], env);
      await bd(["create", "Other", "--id", "x-1"]);
      const ways = [
        ["close", id, "--force"],
        ["update", id, "--status", "closed"],
        ["update", id, "--status", "closed", "--force"],
        ["update", id, "--type", "task"],
        ["delete", id, "--force"],
        ["delete", run, "--cascade", "--force"],
        ["duplicate", id, "--of", "x-1"],
        ["supersede", id, "--with", "x-1"],
      ];
      for (const env of [{ GT_ROLE: "worker", BD_ACTOR: "worker-1" }, {}]) {
        for (const words of ways) {
          const { code, stderr } = await bd(words, env);
          assertEquals([code, words], [1, words]);
          assertStringIncludes(stderr, `Cannot ${words[0]} "${id}": a workflow waits there for a decision`);
          assertStringIncludes(stderr, `gt gate approve ${id}`);
          assertStringIncludes(stderr, `gt gate reject ${id} --reason WHY`);
        }
      }
      const lines = ways.slice(1).map((words) => words.join(" ")).join("\n");
      await Deno.writeTextFile(path("lines"), lines);
      const batch = await bd(["batch", "lines"], { GT_ROLE: "worker" });
      assertEquals(batch.stderr.match(/waits there for a decision/g)?.length, ways.length - 1, batch.stderr);
      // Its title, and who sees to it, are anybody's to change.
      assertEquals((await bd(["update", id, "--title", "Ship?", "--assignee", "ann"])).code, 0);
      const [gate] = await json(["gate", "list"]);
      assertEquals([gate.id, gate.title, gate.status], [id, "Ship?", "open"]);
      assertEquals((await gt(["gate", "approve", id])).code, 0);
      assertEquals((await gt(["mol", "resume", run])).code, 0);
      await Deno.stat(path("shipped"));
    }));

  it("may be opened again until its run has heard of the decision, and not after that", () =>
    inRepository(async (repository) => {
      const { gt, json } = repository;
      const { id, run } = await waiting(repository);
      const reopen = ["--as", "bd", "reopen", id];
      assertEquals((await gt(["gate", "approve", id])).code, 0);
      assertEquals((await gt(reopen)).code, 0);
      assertEquals((await json(["gate", "list"]))[0].status, "open");
      assertEquals((await gt(["gate", "reject", id, "--reason", "no notes"])).code, 0);
      assertEquals((await gt(["mol", "resume", run])).code, 1);
      for (const words of [reopen, ["--as", "bd", "update", id, "--status", "open"]]) {
        const { code, stderr } = await gt(words);
        assertEquals(code, 1);
        assertStringIncludes(stderr, `Cannot reopen "${id}": nobody waits there any more`);
        assertStringIncludes(stderr, `gt mol status ${id}`);
      }
      assertEquals((await gt(["mol", "status", id])).code, 0);
      assertEquals(await json(["gate", "list"]), []);
      assertEquals((await gt(["--as", "bd", "delete", id, "--force"])).code, 0);
    }));
});

describe("the bead of a run", () => {
  it("is as its run is: until that has ended it is cancelled, not closed", () =>
    inRepository(async (repository) => {
      const { gt, json, path } = repository;
      const { run } = await waiting(repository);
      const bd = (...words: readonly string[]) => gt(["--as", "bd", ...words]);
      await bd("create", "Other", "--id", "x-1");
      const ways = [
        ["close", run],
        ["close", run, "--force"],
        ["update", run, "--status", "closed"],
        ["update", run, "--status", "open", "--force"],
        ["update", run, "--type", "task"],
        ["defer", run],
        ["delete", run, "--force"],
        ["duplicate", run, "--of", "x-1"],
        ["supersede", run, "--with", "x-1"],
      ];
      for (const words of ways) {
        const { code, stderr } = await bd(...words);
        assertEquals([code, words], [1, words]);
        assertStringIncludes(stderr, `Cannot ${words[0]} run "${run}": it is running`);
        assertStringIncludes(stderr, `End it first: gt mol cancel ${run}`);
      }
      await Deno.writeTextFile(path("lines"), ways.slice(1).map((words) => words.join(" ")).join("\n"));
      const batch = await bd("batch", "lines");
      assertEquals(batch.stderr.match(/it is running/g)?.length, ways.length - 1, batch.stderr);
      assertEquals(
        (await bd("update", run, "--title", "Ship", "--priority", "1", "--status", "in_progress")).code,
        0,
      );
      const [{ id, status }] = await json(["mol", "status"]);
      assertEquals([id, status], [run, "running"]);
      assertEquals((await gt(["mol", "cancel", run])).code, 0);
      assertEquals((await bd("update", run, "--status", "closed")).code, 0);
      assertEquals((await bd("delete", run, "--force")).code, 0);
    }));

  it("is opened again by trying its run again, and by nothing else", () =>
    inRepository(async (repository) => {
      const { gt, json, molecule } = repository;
      await molecule("once", "  - { id: only, run: test -e there }\n");
      assertEquals((await gt(["mol", "run", "once"])).code, 1);
      const { id } = await json(["mol", "status", "once"]);
      for (const words of [["reopen", id], ["update", id, "--status", "open"]]) {
        const { code, stderr } = await gt(["--as", "bd", ...words]);
        assertEquals(code, 1);
        assertStringIncludes(stderr, `Cannot reopen run "${id}": it has failed`);
        assertStringIncludes(stderr, `gt mol retry ${id}`);
        assertStringIncludes(stderr, "gt mol run once");
      }
      assertEquals((await gt(["mol", "run", "once"])).code, 1);
      assertEquals((await json(["mol", "status", "--all"])).length, 2);
    }));
});
