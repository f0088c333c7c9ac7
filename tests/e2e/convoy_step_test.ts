import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";
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
    assertStringIncludes(why, 'app-step: cannot find molecule "nope"');
    assertEquals(await town.attempt("app-step"), undefined);
    await begin(town, "fleet", "--var", "by=tdd");
    assertEquals([await workedBy("app-step"), await workedBy("app-own")], ["tdd", "worker-work"]);
  });

  it("ends with the run, and cancelling says that its beads do not, and how to take them back", async () => {
    for (const id of ["app-one", "app-two", "app-done"]) await bead(id);
    await molecule(
      town,
      "inner",
      "steps:\n  - { id: go, convoy: { title: Fleet, beads: [app-one, app-two, app-done], rig: app } }\n",
    );
    await molecule(town, "outer", "steps:\n  - { id: part, molecule: inner }\n");
    const id = await begin(town, "outer");
    await town.must(["start"]);
    for (const each of ["app-one", "app-two", "app-done"]) await workedBy(each);
    await town.must(["--as", "bd", "close", "app-done", "--force"]);
    const { stderr } = await town.must(["mol", "cancel", id]);
    const [, words] = /^The beads of hq-cv-fleet are worked on all the same; to take them back: gt (.*)$/m
      .exec(stderr)!;
    assertEquals(words, "unsling app-one app-two");
    await ended(town, id);
    assertEquals((await town.json(["convoy", "list", "--all"]))[0].status, "closed");
    assertEquals((await town.json(["bd", "show", "app-one"]))[0].status === "open", false);
    await town.must(words!.split(" "));
    assertEquals((await town.json(["bd", "show", "app-one"]))[0].status, "open");
  });

  it("fails when it is closed with open beads, and succeeds when all are closed, for whatever reason", async () => {
    const go = "steps:\n  - { id: go, convoy: { title: Fleet, beads: [app-one, app-two], rig: app } }\n";
    for (const id of ["app-one", "app-two"]) await bead(id);
    await molecule(town, "given-up", go);
    await molecule(town, "landed", go);
    const first = await begin(town, "given-up");
    await town.must(["start"]);
    for (const each of ["app-one", "app-two"]) await workedBy(each);
    await town.must(["--as", "bd", "close", "app-one", "--force", "--reason", "failed: it cannot be done"]);
    const { stdout } = await town.must(["convoy", "close", "Fleet", "--force", "--reason", "not now"]);
    const why = "the convoy was closed with 1 of 2 beads done: not now";
    assertEquals(stdout, `✓ hq-cv-fleet is closed: not now\n✗ Step "go" of ${first} has failed: ${why}\n`);
    assertEquals((await ended(town, first)).close_reason, `failed: "go" failed: ${why}`);
    const second = await begin(town, "landed");
    await town.until("another is made", async () => (await town.json(["convoy", "list"])).length === 1);
    await town.must(["--as", "bd", "close", "app-two", "--force"]);
    assertEquals((await ended(town, second)).close_reason, "succeeded");
    const closed = await town.json(["convoy", "list", "--all"]);
    assertEquals(closed.map(({ status }: Answer) => status), ["closed", "closed"]);
  });

  it("is another in each attempt and run, with a name of its own where that is taken", async () => {
    await molecule(
      town,
      "again",
      `vars: { what: { required: true } }
steps:
  - id: c
    convoy: { title: Fleet, beads: ["{{ vars.what }}"], rig: app }
    timeout: 3s
    retry: { attempts: 2, delay: 100ms }
`,
    );
    const runs: string[] = [];
    for (const each of ["app-one", "app-two"]) {
      await bead(each);
      runs.push(await begin(town, "again", "--var", `what=${each}`));
    }
    await town.must(["start"]);
    for (const run of runs) {
      assertEquals((await ended(town, run)).close_reason, 'failed: "c" failed: longer than 3s');
    }
    const convoys: Answer[] = await town.json(["bd", "list", "--all", "--type", "convoy"]);
    const keyOf = ({ metadata }: Answer) => metadata.attempt_of.key;
    const keys = runs.flatMap((run) => [`${run}/c/1`, `${run}/c/2`]);
    assertEquals(convoys.map(keyOf).sort(), keys.sort());
    for (const { close_reason: why } of convoys) assertEquals(why, "failed: longer than 3s");
    const named = (convoy: Answer) => convoy.title === `Fleet (${keyOf(convoy)})`;
    assertEquals(convoys.filter((convoy) => convoy.title !== "Fleet" && !named(convoy)), []);
    assert(convoys.some(named), "both were under way at once");
  });

  it("stays another's where a step only waits for it, however often that gives it up", async () => {
    await bead("app-one");
    await molecule(
      town,
      "both",
      `steps:
  - { id: made, convoy: { title: Fleet, beads: [app-one], rig: app } }
  - { id: named, convoy: Fleet, allow_failure: true, timeout: 300ms, retry: { attempts: 2, delay: 100ms } }
  - { id: tell, needs: [named], run: "echo {{ steps.named.status }} >told" }
`,
    );
    const id = await begin(town, "both");
    await town.must(["start"]);
    const told = await town.until(
      "the step has given up",
      () => Deno.readTextFile(join(town.folder, "told")).catch(() => undefined),
    );
    assertEquals(told, "failed\n");
    await town.must(["--as", "bd", "close", "app-one", "--force"]);
    assertEquals((await ended(town, id)).close_reason, "succeeded");
    const [convoy] = await town.json(["bd", "show", "hq-cv-fleet"]);
    assertEquals(convoy.close_reason, "Landed: all 1 beads are closed");
  });

  it("has succeeded where its beads were closed while the town was down, however late that is seen", async () => {
    await bead("app-one");
    await molecule(
      town,
      "late",
      "steps:\n  - { id: c, timeout: 6s, convoy: { title: Fleet, beads: [app-one], rig: app } }\n",
    );
    const id = await begin(town, "late");
    await town.must(["start"]);
    await workedBy("app-one");
    await town.must(["shutdown", "--now"]);
    const over = Date.now() + 6_000;
    await town.must(["--as", "bd", "close", "app-one", "--force"]);
    await town.until("its time is over", () => Promise.resolve(Date.now() > over));
    await town.must(["start"]);
    assertEquals((await ended(town, id)).close_reason, "succeeded");
    const [convoy] = await town.json(["bd", "show", "hq-cv-fleet"]);
    assertEquals(convoy.close_reason, "Landed: all 1 beads are closed");
  });

  it("that cannot be made says why of each bead that it cannot have", async () => {
    await molecule(
      town,
      "wrong",
      "steps:\n  - { id: c, convoy: { title: Fleet, beads: [app-none, app-gone], rig: app } }\n",
    );
    const id = await begin(town, "wrong");
    await town.must(["start"]);
    const { close_reason: why } = await ended(town, id);
    assertStringIncludes(
      why,
      'Cannot make convoy "Fleet": 2 beads cannot be used: Cannot find bead "app-none"',
    );
    assertStringIncludes(why, '; Cannot find bead "app-gone": no id begins with it');
  });
});
