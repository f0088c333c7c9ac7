import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { gtWords } from "./program.ts";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";
import { begin, ended, molecule, subjects } from "./town_run_fixture.ts";

describe("a run in the background that fails", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
  });
  afterEach(() => town.end());

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
    assertEquals([await subjects(town, "coordinator"), await subjects(town, "overseer")], [told, told]);
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
    assertEquals([await subjects(town, "coordinator"), await subjects(town, "overseer")], [told, told]);

    await Deno.writeTextFile(`${town.folder}/okay`, "");
    await town.must(["mol", "retry", id]);
    assertEquals([await subjects(town, "coordinator"), await subjects(town, "overseer")], [[], []]);
    assertEquals((await ended(town, id)).close_reason, "succeeded");
    assertEquals([await subjects(town, "coordinator"), await subjects(town, "overseer")], [[], []]);
  });
});

describe("a run in the background, while the town is down", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
  });
  afterEach(() => town.end());

  it("is begun again, with the same values, by the hints about one whose molecule was changed since", async () => {
    const text = (word: string) =>
      `vars: { who: { required: true } }\nsteps:\n  - { id: a, run: echo ${word} }\n`;
    await molecule(town, "moves", text("old"));
    const id = await begin(town, "moves", "--var", "who=Ann B");
    await molecule(town, "moves", text("new"));
    const { code, stderr } = await town.gt(["mol", "start", "moves", "--var", "who=Ann B", "--json"]);
    assertEquals(code, 1);
    const { hints } = JSON.parse(stderr).error;
    const again = "gt mol start moves --var 'who=Ann B' --new";
    assertEquals(hints.slice(2), [
      `Begin anew: gt mol cancel ${id} && ${again}`,
      `Begin another beside it: ${again}`,
    ]);
    // Nobody is there to end the run at once.
    await town.must(["mol", "cancel", id]);
    await begin(town, "moves", "--var", "who=Ann B", "--new");
  });

  it("is begun although an earlier one ended whose driver died before it could tell", async () => {
    await molecule(town, "once", "steps:\n  - { id: a, run: 'true' }\n");
    const { code } = await town.gt(["mol", "run", "once"], {
      GT_FAULT: `mol.after-write@2:${town.root}/killed`,
    });
    assertEquals(code, 137);
    assertEquals((await town.json(["mol", "status", "once"])).status, "succeeded");
    const { id, began } = await town.json(["mol", "start", "once"]);
    assertEquals(began, true);
    assertEquals((await town.json(["mol", "status", id])).status, "running");
  });

  it("is left to the steward that a witness starts again, as long as there is one in a town that is up", async () => {
    const note = "Nobody drives it before the town runs: gt start";
    await molecule(town, "slow", "steps:\n  - { id: wait, gate: { type: timer, for: 1h } }\n");
    await town.must(["start"]);
    const id = await begin(town, "slow");
    const programs = async (): Promise<Answer[]> => (await town.json(["status"])).programs;
    const pidOf = (name: string) =>
      town.until(`${name} runs`, async () => (await programs()).find((one) => one.name === name)?.pid);
    await pidOf("witness-app");
    const steward: number = await pidOf("steward");
    Deno.kill(steward, "SIGKILL");
    await town.until("another steward drives it", async () => {
      for (const words of [["start", "slow"], ["status", id], ["resume", id]]) {
        const { stdout, stderr } = await town.must(["mol", ...words]);
        assertEquals((stdout + stderr).includes(note), false, words.join(" "));
      }
      return (await programs()).some(({ name, pid }) => name === "steward" && pid && pid !== steward);
    });
    const witness: number = await pidOf("witness-app");
    const last: number = await pidOf("steward");
    for (const pid of [witness, last]) Deno.kill(pid, "SIGKILL");
    await town.until(
      "it is said",
      async () => (await town.must(["mol", "status", id])).stdout.includes(note),
    );
  });

  it("is driven by nobody, and every command that leaves it to the steward says so", async () => {
    const note = "Nobody drives it before the town runs: gt start";
    const said = async (...words: string[]) => {
      const { stdout, stderr } = await town.must(words);
      return stdout + stderr;
    };
    await molecule(
      town,
      "slow",
      "steps:\n  - { id: no, run: 'false' }\n  - { id: wait, gate: { type: timer, for: 1h } }\n",
    );
    assertStringIncludes(await said("mol", "start", "slow"), note);
    const [{ id }] = await town.json(["mol", "status"]);
    assertStringIncludes(await said("mol", "status", id), note);
    await town.must(["start"]);
    await town.until("the steward drives it, and a step has failed", async () => {
      const [{ steps }] = await town.json(["mol", "status"]);
      return steps[0].status === "failed";
    });
    assertEquals((await said("mol", "status", id)).includes(note), false);
    assertStringIncludes(await said("mol", "resume", id), "steward drives it, in process");
    await town.must(["shutdown"]);
    for (const words of [["retry", id], ["resume", id], ["cancel", id]]) {
      const text = await said("mol", ...words);
      assertStringIncludes(text, note);
      assertEquals(text.includes("the steward drives it"), false, words.join(" "));
    }
    const watching = new Deno.Command(gtWords[0]!, {
      args: [...gtWords.slice(1), "mol", "status", id, "--watch"],
      cwd: town.folder,
      clearEnv: true,
      // Run from the sources with another HOME, the runtime would look for its packages there.
      env: { DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`, ...town.env },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let warned = "";
    for await (const chunk of watching.stderr.pipeThrough(new TextDecoderStream())) {
      warned += chunk;
      if (warned.includes(note)) break;
    }
    assertStringIncludes(warned, note);
    // It follows the run to its end all the same.
    await town.must(["start"]);
    assertEquals((await watching.status).code, 1);
    assertStringIncludes((await ended(town, id)).close_reason, "cancelled");
  });
});
