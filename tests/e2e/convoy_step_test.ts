import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createTestTown, type TestTown } from "./town_fixture.ts";
import { begin, ended, molecule, script } from "./town_run_fixture.ts";

describe("the convoy of a run", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
  });
  afterEach(() => town.end());

  const bead = async (id: string) => {
    await script(town, id, "hang");
    await town.must(["--as", "bd", "create", `Do ${id}`, "--id", id]);
  };
  /** By which molecule a bead is worked, once it is slung. */
  const workedBy = (id: string) =>
    town.until(`${id} is slung`, async () => (await town.attempt(id))?.molecule);

  it("is worked by the molecule that the step names, unless a bead has one of its own", async () => {
    await bead("app-step");
    await bead("app-own");
    await town.must([
      "--as",
      "bd",
      "update",
      "app-own",
      "--metadata",
      '{"sling":{"molecule":"worker-work"}}',
    ]);
    await molecule(
      town,
      "fleet",
      `vars: { by: { required: true } }
steps:
  - { id: go, convoy: { title: Again, beads: [app-step, app-own], rig: app, molecule: "{{ vars.by }}" } }
`,
    );
    const wrong = await begin(town, "fleet", "--var", "by=nope");
    await town.must(["start"]);
    const { close_reason: why } = await ended(town, wrong);
    assertStringIncludes(why, 'Cannot find molecule "nope"');
    assertEquals(await town.attempt("app-step"), undefined);
    await begin(town, "fleet", "--var", "by=tdd");
    assertEquals([await workedBy("app-step"), await workedBy("app-own")], ["tdd", "worker-work"]);
  });
});
