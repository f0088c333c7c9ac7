import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";
import { begin, ended, molecule, script, subjects } from "./town_run_fixture.ts";

describe("mail in which a worker asks", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
  });
  afterEach(() => town.end());

  const asked = (id: string) =>
    town.until(`${id} asks`, async () => {
      const both = [...await subjects(town, "overseer"), ...await subjects(town, "coordinator")];
      return both.filter((subject) => subject.startsWith(`HELP ${id}:`)).length === 2;
    });
  /** Fails when somebody still has mail, or `gt status` says that something needs a person. */
  const nothingIsLeft = async () => {
    assertEquals([await subjects(town, "overseer"), await subjects(town, "coordinator")], [[], []]);
    assertEquals((await town.json(["status"])).needs, []);
  };

  it("is gone once it is answered, also when the work is merged", async () => {
    await town.plan([{
      id: "app-ask",
      script: "- ask: Which one?\n- edit: { path: a.txt, content: a }\n- commit: A\n- done\n",
    }]);
    await town.must(["start"]);
    await town.must(["sling", "app-ask", "app"]);
    await asked("app-ask");
    await town.must(["answer", "app-ask", "The second"]);
    const left = async () => {
      const both = [...await subjects(town, "overseer"), ...await subjects(town, "coordinator")];
      return both.filter((subject) => !subject.startsWith("CONVOY_LANDED"));
    };
    assertEquals(await left(), []);
    await town.landed();
    assertEquals(await left(), []);
  });

  it("is gone once the bead is taken off the hook, closed by hand, or its step is over", async () => {
    await molecule(
      town,
      "hasty",
      "steps:\n  - { id: ask, agent: { rig: app }, prompt: Ask, allow_failure: true }\n",
    );
    const run = await begin(town, "hasty");
    const step = `${run}.1`;
    for (const id of ["app-off", "app-shut", step]) await script(town, id, "ask: Which one?");
    for (const id of ["app-off", "app-shut"]) {
      await town.must(["--as", "bd", "create", `Do ${id}`, "--id", id]);
      await town.must(["sling", id, "app"]);
    }
    await town.must(["start"]);
    for (const id of ["app-off", "app-shut", step]) await asked(id);
    await town.must(["unsling", "app-off"]);
    await town.must(["--as", "bd", "close", "app-shut", "--force"]);
    await town.must(["mol", "cancel", run]);
    await ended(town, run);
    await nothingIsLeft();
  });
});

describe("mail of a program", () => {
  it("ends with the command that does what it asks for, and not with one that answers nobody", async () => {
    const town = await createTestTown();
    try {
      await molecule(
        town,
        "ship",
        "steps:\n  - { id: sure, gate: { type: human } }\n  - { id: broken, run: exit 1 }\n",
      );
      await script(town, "app-ask", "ask: Which one?");
      await town.must(["--as", "bd", "create", "Do it", "--id", "app-ask"]);
      await town.must(["sling", "app-ask", "app"]);
      await town.must(["start"]);
      await begin(town, "ship");
      /** The last line of a message to the overseer whose subject begins so. */
      const lastLine = (subject: string) =>
        town.until(subject, async () => {
          const messages: Answer[] = await town.json(["mail", "inbox"]);
          const found = messages.find((message) => message.subject.startsWith(subject));
          return found && (await town.must(["mail", "read", found.id])).stdout.trimEnd().split("\n").at(-1);
        });
      const [gate] = await town.until("a gate waits", async () => {
        const gates = await town.json(["gate", "list"]);
        return gates.length > 0 && gates;
      });
      assertEquals(
        await lastLine(`GATE ${gate.id}`),
        `Decide: gt gate approve ${gate.id}, or gt gate reject ${gate.id} --reason WHY`,
      );
      assertEquals(await lastLine("HELP app-ask"), 'Settle it: gt answer app-ask "…"');
      await town.must(["gate", "approve", gate.id]);
      assertEquals(await lastLine("RUN_FAILED"), `gt mol retry ${gate.run}`);
    } finally {
      await town.end();
    }
  });
});
