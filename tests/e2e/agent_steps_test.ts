import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";
import { begin, ended, molecule, script } from "./town_run_fixture.ts";

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
  });
  afterEach(() => town.end());

  it("is driven by the steward, goes on after that was killed, and waits for mail and for a person", async () => {
    const line = (name: string) => `echo $GT_STEP_KEY >>${name}`;
    await molecule(
      town,
      "night",
      `steps:
  - { id: slow, run: "${line("keys")}; while ! test -f free; do sleep 0.05; done" }
  - { id: late, allow_failure: true, gate: { type: human, message: Late?, timeout: 1ms } }
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
    const needed = async () =>
      (await town.json(["status"])).needs.filter(({ kind }: Answer) => kind === "gate");
    const [need] = await needed();
    assertEquals([need.subject, need.text, need.command], [
      gate.id,
      "Is it dark?",
      `gt gate approve ${gate.id}`,
    ]);
    const asks = async () => (await inbox()).filter(({ subject }: Answer) => subject.includes(gate.id));
    assertEquals((await asks()).length, 1);
    await town.must(["gate", "approve", gate.id]);
    assertEquals([await asks(), await needed()], [[], []]);
    assertEquals((await ended(town, id)).close_reason, "succeeded");
    assertEquals(await keys(), `${id}/slow/1\n${id}/last/1\n`);
    // Whatever asked for somebody is of no use any more: decided, too late, or escalated in vain.
    const [sent] = (await town.json(["bd", "list", "--type", "message", "--all", "--json"])).filter(
      ({ title }: Answer) => /^GATE .*late/i.test(title),
    );
    assertEquals(sent.status, "closed");
    assertEquals(await inbox(), []);
    const late = await town.gt(["mail", "send", id, "-m", "hello"]);
    assertStringIncludes(late.stderr, "the run is over, succeeded");
  });
});

describe("the steps of a run", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
  });
  afterEach(() => town.end());

  const shown = async (id: string): Promise<Answer> => (await town.json(["bd", "show", id]))[0];

  it("are worked by agents: merged, or closed with what was found out, or failed and tried again", async () => {
    await molecule(
      town,
      "agents",
      `vars: { what: { default: notes } }
steps:
  - { id: write, title: "Write {{ vars.what }}", agent: { rig: app }, prompt: "Improve {{ vars.what }}", outputs: { lines: int } }
  - { id: review, needs: [write], agent: { rig: app }, prompt: Is it good?, outputs: [verdict], retry: { attempts: 2 } }
  - id: tell
    needs: [review]
    run: echo {{ quote(steps.review.outputs.verdict) }} {{ steps.write.outputs.lines + 1 }} >told
`,
    );
    const id = await begin(town, "agents");
    await script(
      town,
      `${id}.1`,
      "edit: { path: notes.txt, content: better }",
      "commit: Better notes",
      // Refused without what later steps need, and with what they cannot take.
      `run: "! gt done && ! bd close ${id}.1 && ! gt done --output lines=none && gt done --output lines=7"`,
    );
    await script(town, `${id}.2`, `run: bd close ${id}.2 --reason 'failed - not today'`);
    await script(
      town,
      `${id}.3`,
      "run: gt prime >prime.txt",
      `run: "! bd close ${id}.3 && bd close ${id}.3 --output 'verdict=fine; rm -rf /' --reason 'had a look'"`,
    );
    await town.must(["start"]);
    const run = await ended(town, id);
    assertEquals(run.close_reason, "succeeded");
    assertEquals(await Deno.readTextFile(join(town.folder, "told")), "fine; rm -rf / 8\n");
    const [write, first, second] = [await shown(`${id}.1`), await shown(`${id}.2`), await shown(`${id}.3`)];
    assertEquals([write.title, write.metadata.attempt.state], ["Write notes", "merged"]);
    assertEquals(first.close_reason, "failed - not today");
    assertEquals([second.close_reason, second.metadata.attempt.state], ["had a look", "no-code"]);
    const log = await town.git(town.root, "-C", town.remote, "log", "--format=%s", "main");
    assertStringIncludes(log, "Write notes");
  });

  it("are a person's, other runs, and convoys; what takes too long is taken away", async () => {
    await molecule(
      town,
      "inner",
      `vars: { n: { required: true } }
outputs: { out: "{{ steps.i.outputs.v }}" }
steps:
  - { id: i, run: "echo inner {{ vars.n }}", outputs: { v: "{{ stdout.trim() }}" } }
  - { id: ask, needs: [i], gate: { type: human } }
`,
    );
    await molecule(
      town,
      "outer",
      `steps:
  - { id: check, title: Look at it, outputs: [seen] }
  - { id: coord, agent: { role: coordinator }, prompt: Decide }
  - { id: nest, molecule: inner, with: { n: "{{ 40 + 2 }}" } }
  - { id: long, molecule: inner, with: { n: 1 }, timeout: 500ms, allow_failure: true }
  - { id: fleet, convoy: { title: Fleet, beads: [app-one, "{{ ['app-two'] }}"], rig: app } }
  - { id: slow, agent: { rig: app }, prompt: Never done, timeout: 4s, allow_failure: true }
  - id: show
    needs: [nest, long, check, coord, fleet, slow]
    run: echo {{ quote(steps.nest.outputs.out) }} {{ quote(steps.check.outputs.seen) }} {{ steps.long.status }} {{ steps.slow.status }} >shown
`,
    );
    for (const bead of ["app-one", "app-two"]) {
      await town.must(["--as", "bd", "create", `Do ${bead}`, "--id", bead]);
    }
    const id = await begin(town, "outer");
    for (let child = 1; child < 6; child++) await script(town, `${id}.${child}`, "hang");
    await town.must(["start"]);
    const made = (child: number) =>
      town.until(`bead ${child}`, async () => {
        const called = await town.gt(["--as", "bd", "show", `${id}.${child}`, "--json"]);
        return called.code === 0 && JSON.parse(called.stdout)[0];
      });
    const check = await made(1);
    assertEquals([check.title, check.issue_type], ["Look at it", "step"]);
    const early = await town.gt(["--as", "bd", "close", check.id]);
    assertStringIncludes(early.stderr, `bd close ${check.id} --output seen=VALUE`);
    await town.must(["--as", "bd", "close", check.id, "--output", "seen=yes"]);
    const asked = await town.until("the coordinator is asked", async () => {
      const bead = await made(2);
      return bead.status === "hooked" && bead;
    });
    await town.must(["--as", "bd", "close", asked.id], { BD_ACTOR: "coordinator" });
    const slow = await made(3);
    await town.until("a worker has it", async () => (await shown(slow.id)).metadata.attempt?.worker > 0);
    const gate = await town.until("its gate waits", async () => {
      const gates = await town.json(["gate", "list"]);
      return gates.length === 1 && gates[0].step === "ask" && (await ranOut()) && gates[0];
    });
    async function ranOut(): Promise<boolean> {
      const runs = (await town.json(["bd", "list", "--all", "--type", "molecule"])) as Answer[];
      return runs.some(({ close_reason: why }) => why?.startsWith("cancelled"));
    }
    await town.must(["gate", "approve", gate.id]);
    assertEquals((await ended(town, id)).close_reason, "succeeded");
    assertEquals(await Deno.readTextFile(join(town.folder, "shown")), "inner 42 yes failed failed\n");
    assertEquals((await shown(slow.id)).close_reason, "failed: longer than 4s");
    assertEquals((await town.json(["convoy", "list", "--all"]))[0].status, "closed");
    await town.until("its worker is gone", async () => (await town.json(["worker", "list"])).length === 0);
  });

  it("are taken away from whoever had them before they are tried again", async () => {
    await molecule(
      town,
      "again",
      `steps:
  - { id: p, agent: { rig: app }, prompt: do, timeout: 3s, retry: { attempts: 2, delay: 100ms } }
`,
    );
    const id = await begin(town, "again");
    for (const child of [1, 2]) await script(town, `${id}.${child}`, "hang");
    await town.must(["start"]);
    assertEquals((await ended(town, id)).close_reason, 'failed: "p" failed: longer than 3s');
    for (const child of [1, 2]) {
      const { close_reason: why, metadata: { attempt_of, attempt } } = await shown(`${id}.${child}`);
      assertEquals([why, attempt_of.attempt], ["failed: longer than 3s", child]);
      assert(attempt, `attempt ${child} was slung`);
    }
    await town.until("nobody works any more", async () => (await town.json(["worker", "list"])).length === 0);
  });
});
