import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";
import { begin, ended, molecule } from "./town_run_fixture.ts";

describe("a run in the background that fails", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
  });
  afterEach(() => town.end());

  const subjects = async (who: string): Promise<string[]> =>
    (await town.json(["mail", "inbox", who])).map(({ subject }: Answer) => subject);

  it("is told to whoever began it and to the overseer, once for each failure, until it goes on", async () => {
    await molecule(town, "inner", `steps:\n  - { id: no, run: test -f okay }\n`);
    await molecule(town, "night", `steps:\n  - { id: part, molecule: inner }\n`);
    await molecule(town, "given-up", `steps:\n  - { id: wait, gate: { type: timer, for: 1h } }\n`);
    const own = { BD_ACTOR: "coordinator" };
    const id = JSON.parse((await town.must(["mol", "start", "night", "--json"], own)).stdout).id;
    const stopped = await begin(town, "given-up");
    await town.must(["mol", "cancel", stopped]);
    await town.must(["start"]);
    await Promise.all([ended(town, id), ended(town, stopped)]);
    const told = [`RUN_FAILED ${id}: night`];
    assertEquals([await subjects("coordinator"), await subjects("overseer")], [told, told]);
    const [{ id: first, body }] = await town.json(["mail", "inbox"]);
    assertMatch(body, /^"part" failed: .* failed: "no" failed: exit code 1\n/);
    assertStringIncludes(body, `\ngt mol retry ${id}`);
    const { needs } = await town.json(["status"]);
    assertEquals(needs.map(({ kind }: Answer) => kind), ["mail"]);

    await town.must(["mol", "retry", id]);
    await town.until("it fails again", async () => {
      const [again] = await town.json(["mail", "inbox"]);
      return again !== undefined && again.id !== first;
    });
    assertEquals([await subjects("coordinator"), await subjects("overseer")], [told, told]);

    await Deno.writeTextFile(`${town.folder}/okay`, "");
    await town.must(["mol", "retry", id]);
    assertEquals([await subjects("coordinator"), await subjects("overseer")], [[], []]);
    assertEquals((await ended(town, id)).close_reason, "succeeded");
    assertEquals([await subjects("coordinator"), await subjects("overseer")], [[], []]);
  });
});
