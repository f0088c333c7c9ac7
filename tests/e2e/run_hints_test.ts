import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";
import { begin, molecule, script } from "./town_run_fixture.ts";

describe("what a run waits for", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
  });
  afterEach(() => town.end());

  it("is said with the command that fits: of gates, convoys, prompts and items, in nested runs too", async () => {
    await molecule(town, "inner", "steps:\n  - { id: sure, gate: { type: human } }\n");
    await molecule(
      town,
      "outer",
      `steps:
  - { id: look, agent: { rig: app }, prompt: Look, outputs: [verdict] }
  - { id: stuck, agent: { rig: app }, prompt: Ask }
  - { id: decide, agent: { role: coordinator }, prompt: Decide, outputs: [how] }
  - { id: item, title: Do it, outputs: [one, two] }
  - { id: fleet, convoy: { title: Fleet, beads: [app-one], rig: app } }
  - { id: part, molecule: inner }
`,
    );
    await town.must(["--as", "bd", "create", "Do it", "--id", "app-one"]);
    const id = await begin(town, "outer");
    await script(town, `${id}.1`, "hang");
    await script(town, `${id}.2`, "run: gt ask 'Which one?'", "hang");
    await script(town, "app-one", "hang");
    await town.must(["start"]);
    const gate = await town.until("the nested run waits", async () => (await town.json(["gate", "list"]))[0]);
    const [look, stuck] = await town.until("they are at work", async () => {
      const [one, two] = [await town.attempt(`${id}.1`), await town.attempt(`${id}.2`)];
      return one?.state === "working" && two?.state === "waiting" && [one, two];
    });
    const decide = await town.until("the coordinator has it", async () => {
      const beads: Answer[] = await town.json(["bd", "list", "--assignee", "coordinator"]);
      return beads.find(({ status }) => status === "hooked");
    });
    const beadOf: Record<string, string> = Object.fromEntries(
      (await town.json(["mol", "status", id])).steps.map((step: Answer) => [step.id, step.bead]),
    );
    assertEquals([beadOf.look, beadOf.stuck, beadOf.decide], [`${id}.1`, `${id}.2`, decide.id]);
    assertEquals(stuck.question, "Which one?");
    const expected = [
      `gt attach worker-${look.worker}`,
      `gt answer ${beadOf.stuck} "…"`,
      `bd close ${beadOf.decide} --output how=VALUE`,
      `bd close ${beadOf.item} --output one=VALUE --output two=VALUE`,
      `gt convoy status ${beadOf.fleet}`,
      `gt gate approve ${gate.id}`,
      `gt gate reject ${gate.id} --reason WHY`,
    ];
    const hints = (text: string) =>
      text.split("\n").map((line) => line.replace(/^\S+Z /, "").trim()).filter((line) =>
        /^(gt|bd) /.test(line)
      );
    assertEquals(hints((await town.must(["mol", "status", id])).stdout), expected);
    const logs = hints((await town.must(["mol", "logs", id])).stdout);
    assertEquals(logs.toSorted(), expected.toSorted());
    await town.must(["convoy", "status", beadOf.fleet!]);

    // What was settled has no hint any more, nor in the logs.
    await town.must(["--as", "bd", "close", beadOf.item!, "--output", "one=1", "--output", "two=2"]);
    for (const command of ["status", "logs"]) {
      const { stdout } = await town.must(["mol", command, id]);
      assertEquals(stdout.includes(`bd close ${beadOf.item}`), false);
      assertStringIncludes(stdout, `gt attach worker-${look.worker}`);
    }
  });

  it("is said of a gate that waits for mail or for a bead: what opens it, from whom, with which subject", async () => {
    await town.must(["--as", "bd", "create", "Do it", "--id", "app-one"]);
    await molecule(
      town,
      "gates",
      `steps:
  - { id: version, run: echo it is 1, outputs: { text: "{{ stdout.trim() }}" } }
  - { id: word, needs: [version], gate: { type: mail, from: coordinator, subject: "{{ steps.version.outputs.text }}" } }
  - { id: any, needs: [word], gate: { type: mail } }
  - { id: work, gate: { type: bead, bead: "{{ 'app-' + 'one' }}" } }
`,
    );
    const id = await begin(town, "gates");
    await town.must(["start"]);
    const waits = (step: string) =>
      town.until(`${step} waits`, async () => {
        const { steps } = await town.json(["mol", "status", id]);
        return steps.find((one: Answer) => one.id === step).status === "waiting";
      });
    await waits("word");
    await waits("work");
    const send = `gt mail send ${id} -s 'it is 1' -m TEXT`;
    for (const command of ["status", "logs"]) {
      const { stdout } = await town.must(["mol", command, id]);
      assertStringIncludes(stdout, `  ${send}   # by coordinator\n`);
      assertStringIncludes(stdout, "  bd show app-one   # until it is closed\n");
    }
    await town.must(["mail", "send", id, "-s", "it is 1", "-m", "TEXT", "--actor", "coordinator"]);
    await waits("any");
    assertStringIncludes((await town.must(["mol", "status", id])).stdout, `  gt mail send ${id} -m TEXT\n`);
  });

  it("is the merge queue, where the work of a prompt was handed in", async () => {
    await molecule(town, "one", "steps:\n  - { id: look, agent: { rig: app }, prompt: Look }\n");
    const id = await begin(town, "one");
    await script(town, `${id}.1`, "edit: { path: look.txt, content: x }", "commit: looked", "done");
    await town.must(["mq", "pause", "app"]);
    await town.must(["start"]);
    await town.until(
      "it is queued",
      async () => (await town.attempt(`${id}.1`))?.state === "queued" || undefined,
    );
    const { stdout } = await town.must(["mol", "status", id]);
    assertEquals(stdout.trimEnd().split("\n").at(-1), `  gt mq show ${id}.1`);
    await town.must(["mq", "show", `${id}.1`]);
  });

  it("stands under what needs a person, where it is an item, or the bead of a convoy that is on no hook", async () => {
    await molecule(town, "inner", "steps:\n  - { id: item, title: Look at it, outputs: [one] }\n");
    await molecule(
      town,
      "outer",
      `steps:
  - { id: part, molecule: inner }
  - { id: fleet, convoy: { title: Fleet, beads: [app-one, app-two], rig: app } }
`,
    );
    for (const id of ["app-one", "app-two"]) {
      await town.must(["--as", "bd", "create", "Do it", "--id", id]);
      await script(town, id, "hang");
    }
    await begin(town, "outer");
    const own = await town.must(["mol", "start", "inner", "--json", "--actor", "coordinator"]);
    await town.must(["start"]);
    const items = (at: Answer[]) => at.filter(({ kind }) => kind === "item");
    await town.until("the coordinator's item waits", async () => {
      const { steps } = await town.json(["mol", "status", JSON.parse(own.stdout).id]);
      return steps[0].bead;
    });
    const [item] = await town.until("its item waits", async () => {
      const found = items((await town.json(["status"])).needs);
      return found.length > 0 && found;
    });
    assertEquals(
      [item.text, item.command],
      ["a workflow waits until it is done: Look at it", `bd close ${item.subject} --output one=VALUE`],
    );
    await town.must(["--as", "bd", "close", item.subject, "--output", "one=1"]);
    await town.until("its beads are slung", async () => await town.attempt("app-two"));
    await town.must(["unsling", "app-two"]);
    const { needs } = await town.json(["status"]);
    assertEquals(needs.map(({ command }: Answer) => command), ["gt sling app-two app"]);
    await town.must(["sling", "app-two", "app"]);
    assertEquals((await town.json(["status"])).needs, []);
  });

  it("is a person's, with the command, where the bead of a prompt was taken off its hook", async () => {
    await molecule(town, "one", "steps:\n  - { id: look, agent: { rig: app }, prompt: Look }\n");
    const id = await begin(town, "one");
    await script(town, `${id}.1`, "hang");
    await town.must(["start"]);
    await town.until(
      "it is at work",
      async () => (await town.attempt(`${id}.1`))?.state === "working" || undefined,
    );
    await town.must(["unsling", `${id}.1`]);
    const command = `gt sling ${id}.1 app`;
    const { needs } = await town.json(["status"]);
    assertEquals(
      needs.map(({ subject, command }: Answer) => [subject, command]),
      [[`${id}.1`, command]],
    );
    assertStringIncludes((await town.must(["mol", "status", id])).stdout, command);
    await town.must(command.split(" ").slice(1));
    assertEquals((await town.json(["status"])).needs, []);
  });
});
