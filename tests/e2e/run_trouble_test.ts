import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createTestRepository } from "./run_fixture.ts";
import { callWords, gtWords } from "./program.ts";
import { type Answer, createTestTown } from "./town_fixture.ts";

describe("what goes wrong beside a run", () => {
  it("refuses a run that needs its town where there is none, before anything of it is driven", async () => {
    const town = await createTestTown();
    try {
      await Deno.mkdir(join(town.folder, "molecules"), { recursive: true });
      await Deno.writeTextFile(
        join(town.folder, "molecules", "fleet.yaml"),
        "molecule: fleet\nsteps:\n  - { id: go, convoy: { beads: [app-1], rig: app } }\n",
      );
      await town.must(["--as", "bd", "create", "Do it", "--id", "app-1"]);
      const { id } = await town.json(["mol", "start", "fleet"]);
      const outside = { cwd: town.root, env: { ...town.env, BEADS_DIR: join(town.folder, ".beads") } };
      const call = (verb: string, name: string) => callWords([...gtWords, "mol", verb, name], outside);
      const refused = await call("resume", "fleet");
      assertEquals(refused.code, 1, refused.stderr);
      assertStringIncludes(refused.stderr, 'step "go" dispatches a convoy, which needs a town');
      assertEquals((await town.json(["mol", "status", id])).steps[0].status, "ready");
      // Nothing of it has begun: nobody has to drive what is left.
      assertEquals((await call("cancel", "fleet")).code, 0);
      assertEquals((await town.json(["mol", "status", id])).status, "cancelled");
    } finally {
      await town.end();
    }
  });

  it("refuses to steer a run that it cannot drive on, and writes nothing", async () => {
    const town = await createTestTown();
    try {
      await Deno.mkdir(join(town.folder, "molecules"), { recursive: true });
      const write = (name: string, steps: string) =>
        Deno.writeTextFile(
          join(town.folder, "molecules", `${name}.yaml`),
          `molecule: ${name}\nsteps:\n${steps}`,
        );
      await write("asks", "  - { id: told, gate: { type: mail, from: ann } }\n");
      await write("around", "  - { id: part, molecule: asks }\n");
      await write(
        "fails",
        "  - { id: bad, run: exit 1 }\n  - { id: told, needs: [bad], gate: { type: mail, from: ann } }\n",
      );
      const inside = { cwd: town.folder, env: town.env };
      assertEquals((await callWords([...gtWords, "mol", "run", "fails"], inside)).code, 1);
      const [program, ...words] = gtWords;
      const child = new Deno.Command(program!, {
        args: [...words, "mol", "run", "around"],
        ...{ ...inside, stdin: "null", stdout: "null", stderr: "null" },
      }).spawn();
      await town.until("the gate waits", async () => {
        const { code, stdout } = await callWords([...gtWords, "mol", "status", "asks", "--json"], inside);
        return code === 0 && JSON.parse(stdout).steps[0].status === "waiting";
      });
      child.kill("SIGKILL");
      await child.status;
      const outside = { cwd: town.root, env: { ...town.env, BEADS_DIR: join(town.folder, ".beads") } };
      const calls = [["cancel", "asks"], ["cancel", "around"], ["resume", "around"], ["retry", "fails"]];
      for (const [verb, name] of calls) {
        const before = await town.must(["mol", "logs", name!]);
        const { code, stderr } = await callWords([...gtWords, "mol", verb!, name!], outside);
        assertEquals([verb, code], [verb, 1]);
        assertStringIncludes(stderr, 'step "told" waits for mail, which needs a town');
        assertEquals(await town.must(["mol", "logs", name!]), before);
      }
    } finally {
      await town.end();
    }
  });

  it("fails the step it belongs to, and no other run of the steward hears of it", async () => {
    const town = await createTestTown();
    try {
      await Deno.mkdir(join(town.folder, "molecules"), { recursive: true });
      const molecule = (name: string, text: string) =>
        Deno.writeTextFile(join(town.folder, "molecules", `${name}.yaml`), `molecule: ${name}\n${text}`);
      // The list is empty: nobody is told.
      const nobody = "vars: { who: { type: list, default: [] } }\n" +
        "steps:\n  - { id: ok, gate: { type: human, escalate: { after: 1ms, to: '{{ vars.who[0] }}' } } }\n";
      await molecule("nobody", nobody);
      await molecule("sound", "steps:\n  - { id: work, run: 'while ! test -f free; do sleep 0.05; done' }\n");
      const sound = (await town.json(["mol", "start", "sound"])).id;
      await town.must(["start"]);
      const under = (id: string) => town.json(["mol", "status", id]);
      await town.until("it works", async () => (await under(sound)).steps[0].status === "running");
      const { id } = await town.json(["mol", "start", "nobody"]);
      const over = (one: string) =>
        town.until("it ends", async () => {
          const run: Answer = await under(one);
          return run.status !== "running" && run;
        });
      const { status, steps } = await over(id);
      assertEquals([status, steps[0].status, steps[0].reason_kind], ["failed", "failed", "expression"]);
      await Deno.writeTextFile(join(town.folder, "free"), "");
      assertEquals((await over(sound)).status, "succeeded");
      const log = await Deno.readTextFile(join(town.folder, ".gt", "logs", "steward.log"));
      assertEquals([...log.matchAll(/steward started/g)].length, 1, log);
    } finally {
      await town.end();
    }
  });

  it("leaves a run that can go on where the machine refuses: the ledger is kept locked as a nested run begins", async () => {
    const repository = await createTestRepository();
    try {
      const { folder, gt, molecule } = repository;
      await molecule("inner", "molecule: inner\nsteps:\n  - { id: work, run: 'echo inner >>effects' }\n");
      await molecule(
        "outer",
        "molecule: outer\nsteps:\n  - { id: sub, molecule: inner }\n  - { id: last, needs: [sub], run: 'echo last >>effects' }\n",
      );
      const pipe = join(folder, "pipe");
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      const run = repository.begin(["mol", "run", "outer"], { env: { GT_FAULT: `mol.after-open:${pipe}` } });
      // It stands where the bead of the nested run is made and nobody drives that yet.
      const released = await Deno.open(pipe, { write: true });
      const database = new DatabaseSync(join(folder, ".beads", "local", "ephemeral.db"));
      database.exec("BEGIN IMMEDIATE");
      released.close();
      const { code, stderr } = await run.ended;
      database.exec("ROLLBACK");
      database.close();
      assertEquals(code, 1);
      assertStringIncludes(stderr, "another process keeps it locked\nhint: Run the command again");
      const again = await gt(["mol", "run", "outer", "--json"]);
      assertEquals(again.code, 0, again.stderr);
      assertEquals(JSON.parse(again.stdout).steps.map(({ attempt }: Answer) => attempt), [1, 1]);
      assertEquals(repository.counts("effects"), { inner: 1, last: 1 });
    } finally {
      await repository.end();
    }
  });

  it("names the folder of a run that has gone, whose commands and gates cannot begin there", async () => {
    const repository = await createTestRepository();
    try {
      await repository.molecule("plain", "molecule: plain\nsteps: [{ id: a, run: 'true' }]\n");
      assertEquals((await repository.gt(["mol", "run", "plain"])).code, 0);
      // A repository of its own, whose runs are kept in the ledger around it.
      const inner = join(repository.folder, "inner");
      await Deno.mkdir(join(inner, ".git"), { recursive: true });
      await Deno.writeTextFile(
        join(inner, "gone.yaml"),
        `molecule: gone
steps:
  - { id: a, run: exit 1 }
  - { id: ask, gate: { type: command, command: exit 1, timeout: 50ms } }
  - { id: gh, gate: { type: 'gh:run', run: 1, timeout: 50ms } }
`,
      );
      assertEquals((await repository.gt(["mol", "run", "gone.yaml"], { cwd: inner })).code, 1);
      await Deno.remove(inner, { recursive: true });
      const again = await repository.gt(["mol", "retry", "gone"]);
      assertEquals(again.code, 1);
      const { steps } = JSON.parse((await repository.gt(["mol", "status", "gone", "--json"])).stdout);
      const why = `there is no folder ${inner}`;
      assertEquals(steps.map(({ reason }: Answer) => reason), [
        `it cannot be started: ${why}`,
        `nothing opened it within 50ms; the last time it cannot be started: ${why}`,
        `nothing opened it within 50ms; the last time gh cannot be started: ${why}`,
      ]);
    } finally {
      await repository.end();
    }
  });
});
