import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";

/** Writes a molecule of the town with these steps, in YAML. */
function molecule(town: TestTown, name: string, steps: string): Promise<void> {
  return Deno.writeTextFile(join(town.folder, "molecules", `${name}.yaml`), `molecule: ${name}\n${steps}`);
}

/** Begins a run in the background; returns its id. */
async function begin(town: TestTown, name: string, ...words: string[]): Promise<string> {
  return (await town.json(["mol", "start", name, ...words])).id;
}

/** Waits until a run has ended; returns its bead. */
function ended(town: TestTown, id: string): Promise<Answer> {
  return town.until("the run ends", async () => {
    const [bead] = await town.json(["bd", "show", id]);
    return bead.status === "closed" && bead;
  }, 60);
}

/** The process of the town's steward, once another than `before` runs. */
function steward(town: TestTown, before?: number): Promise<number> {
  return town.until("a steward runs", async () => {
    const log = await Deno.readTextFile(join(town.folder, ".gt", "logs", "steward.log")).catch(() => "");
    const pid = Number([...log.matchAll(/steward started, process (\d+)/g)].at(-1)?.[1]);
    return pid > 0 && pid !== before && pid;
  });
}

describe("a run in the background", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
    await Deno.mkdir(join(town.folder, "molecules"), { recursive: true });
  });
  afterEach(() => town.end());

  it("is driven by the steward, goes on after that was killed, and waits for mail and for a person", async () => {
    const line = (name: string) => `echo $GT_STEP_KEY >>${name}`;
    await molecule(
      town,
      "night",
      `steps:
  - { id: slow, run: "${line("keys")}; while ! test -f free; do sleep 0.05; done" }
  - { id: mail, needs: [slow], gate: { type: mail, from: overseer, subject: go on, escalate: { after: 1ms } } }
  - { id: sure, needs: [mail], gate: { type: human, message: "{{ steps.mail.outputs.body }}" } }
  - { id: last, needs: [sure], run: "${line("keys")}" }
`,
    );
    const id = await begin(town, "night");
    assertEquals((await town.json(["mol", "start", "night"])).began, false);
    await town.must(["start"]);
    const keys = () => Deno.readTextFile(join(town.folder, "keys")).catch(() => "");
    await town.until("its command runs", async () => (await keys()) !== "");
    const held = await town.gt(["mol", "run", "night"]);
    assertEquals(held.code, 1);
    assertStringIncludes(held.stderr, `Cannot drive run "${id}": steward does`);

    const first = await steward(town);
    Deno.kill(first, "SIGKILL");
    await steward(town, first);
    await Deno.writeTextFile(join(town.folder, "free"), "");
    // It tells the overseer that it still waits; that is not what it waits for.
    const inbox = () => town.json(["mail", "inbox"]);
    await town.until(
      "it tells that it waits",
      async () =>
        (await inbox()).find(({ subject }: Answer) => subject.includes(`${id} still waits at "mail"`)),
    );
    await town.must(["mail", "send", id, "-s", "Please go on", "-m", "Is it dark?"]);
    const gate = await town.until("a gate waits", async () => (await town.json(["gate", "list"]))[0]);
    assertEquals([gate.message, gate.step], ["Is it dark?", "sure"]);
    const asks = async () => (await inbox()).filter(({ subject }: Answer) => subject.includes(gate.id));
    assertEquals((await asks()).length, 1);
    await town.must(["gate", "approve", gate.id]);
    assertEquals(await asks(), []);
    assertEquals((await ended(town, id)).close_reason, "succeeded");
    assertEquals(await keys(), `${id}/slow/1\n${id}/last/1\n`);
    const late = await town.gt(["mail", "send", id, "-m", "hello"]);
    assertStringIncludes(late.stderr, "the run is over, succeeded");
  });
});
