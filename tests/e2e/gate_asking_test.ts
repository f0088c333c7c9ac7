import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { callWords } from "./program.ts";
import { inRepository, type Repository } from "./repository_fixture.ts";

async function isRunning(pid: string): Promise<boolean> {
  return /^[RSDT]/.test((await callWords(["ps", "-o", "stat=", "-p", pid.trim()])).stdout.trim());
}

function read({ path }: Repository, name: string): Promise<string | undefined> {
  return Deno.readTextFile(path(name)).then((text) => text === "" ? undefined : text, () => undefined);
}

describe("what a gate asks", () => {
  const DEAF = "trap '' TERM; echo $$ >asker; while test -d molecules; do sleep 0.05; done";

  it("has ended when its driver has, also where it is deaf to that", () =>
    inRepository(async (repository) => {
      const { molecule, run, until } = repository;
      await molecule("deaf", `  - { id: a, gate: { type: command, command: "${DEAF}" } }\n`);
      const running = run("deaf");
      const pid = await until("it is asked", () => read(repository, "asker"));
      Deno.kill(running.pid, "SIGTERM");
      const { code, text } = await running.ended;
      assertEquals(code, 130, text);
      assertEquals(await isRunning(pid), false);
    }));

  it("has ended before it is said that its time is over, and says nothing any more", () =>
    inRepository(async (repository) => {
      const { molecule, gt } = repository;
      await molecule(
        "late",
        `  - { id: a, allow_failure: true, gate: { type: command, command: "${DEAF}", timeout: 300ms } }\n` +
          `  - { id: b, allow_failure: true, gate: { type: command, timeout: 200ms,\n` +
          `      command: "trap 'exit 0' TERM; while test -d molecules; do sleep 0.05; done" } }\n`,
      );
      const { code, stdout } = await gt(["mol", "run", "late"]);
      assertEquals(code, 0, stdout);
      assertStringIncludes(stdout, "nothing opened it within 300ms");
      assertStringIncludes(stdout, "nothing opened it within 200ms");
      assertEquals(await isRunning((await read(repository, "asker"))!), false);
    }));

  it("is asked once more when its time is over, also where nobody drove the run then", () =>
    inRepository(async (repository) => {
      const { molecule, run, until, path } = repository;
      const gate = (timeout: string) =>
        `  - { id: a, gate: { type: command, command: 'echo . >>asked; test -e go', every: 1h, timeout: ${timeout} } }\n`;
      await molecule("driven", gate("1s"));
      const driven = run("driven");
      await until("it was asked", () => read(repository, "asked"));
      await Deno.writeTextFile(path("go"), "");
      const { code, text } = await driven.ended;
      assertEquals(code, 0, text);
      assertEquals(await read(repository, "asked"), ".\n.\n");

      for (const name of ["go", "asked"]) await Deno.remove(path(name));
      await molecule("left", gate("1s"));
      const left = run("left");
      await until("it was asked", () => read(repository, "asked"));
      const asked = Date.now();
      left.kill();
      await left.ended;
      await Deno.writeTextFile(path("go"), "");
      await until("its time is over", () => Promise.resolve(Date.now() > asked + 1_000));
      const again = await run("left").ended;
      assertEquals(again.code, 0, again.text);
    }));

  it("says in the message what it has said last, on whichever stream", () =>
    inRepository(async ({ molecule, gt }) => {
      await molecule(
        "said",
        "  - { id: a, gate: { type: command, command: 'echo one; echo two; exit 3', every: 1h, timeout: 100ms } }\n",
      );
      const { stdout } = await gt(["mol", "run", "said"]);
      assertStringIncludes(stdout, "the last time it ended with 3: two");
    }));
});

describe("what gh answers", () => {
  const RUN = '{"status":"completed","conclusion":"success","url":"the-run"}';
  const cases = [
    {
      gate: "'gh:run', run: build.yml",
      name: "build.yml",
      prints: "[]",
      says: "there is no run of build.yml",
    },
    ...["42", "null", '"text"', "[42]", '{"status":"completed"}', RUN.replace('"success"', "null")].map(
      (prints, at) => ({
        gate: `'gh:run', run: ${at + 1}`,
        name: `${at + 1}`,
        prints,
        says: "gh has printed something else than status, conclusion and url",
      }),
    ),
    {
      gate: "'gh:pr', pr: 21",
      name: "21",
      prints: "42",
      says: "gh has printed something else than state, reviewDecision and url",
    },
    { gate: "'gh:run', run: 22", name: "22", prints: RUN, code: 127, says: "gh ended with 127" },
    {
      gate: "'gh:pr', pr: 23, state: approved",
      name: "23",
      prints: '{"state":"CLOSED","reviewDecision":"APPROVED","url":"the-pr"}',
      says: "the pull request is closed: the-pr",
    },
  ];

  it("opens no gate where it is something else than it should be, which is said in words", () =>
    inRepository(async ({ molecule, gt, path }) => {
      for (const folder of ["bin", "answers"]) await Deno.mkdir(path(folder));
      const script = `#!/bin/sh\ncase "$2" in list) name=$4;; *) name=$3;; esac\n` +
        `cat ${path("answers")}/$name\nexit $(cat ${path("answers")}/$name.code)\n`;
      await Deno.writeTextFile(path("bin/gh"), script, { mode: 0o755 });
      for (const { name, prints, code = 0 } of cases) {
        await Deno.writeTextFile(path(`answers/${name}`), prints);
        await Deno.writeTextFile(path(`answers/${name}.code`), `${code}`);
      }
      const steps = cases.map(({ gate }, at) =>
        `  - { id: s${at}, allow_failure: true, gate: { type: ${gate}, every: 1h, timeout: 300ms } }\n`
      );
      await molecule("github", steps.join(""));
      const { stdout } = await gt(["mol", "run", "github"]);
      for (const [at, { says }] of cases.entries()) {
        const line = stdout.split("\n").find((each) => each.startsWith(`✗ s${at} `)) ?? stdout;
        assert(line.endsWith(says), `${says}\n${line}`);
      }
    }));
});

describe("a command that is told to end", () => {
  it("ends with what it has started outside of its group", () =>
    inRepository(async (repository) => {
      const { molecule, run, until } = repository;
      await molecule(
        "far",
        "  - id: a\n    run: |\n      setsid sleep 300 & echo $! >one\n      timeout 300 sleep 299 & echo $! >two\n      wait\n",
      );
      const running = run("far");
      const pids = [
        await until("one is there", () => read(repository, "one")),
        await until("another is there", () => read(repository, "two")),
      ];
      await until("they have groups of their own", async () => {
        const groups = await callWords(["ps", "-o", "pgid=", "-p", pids.map((pid) => pid.trim()).join(",")]);
        return pids.every((pid) => new RegExp(`^ *${pid.trim()}$`, "m").test(groups.stdout));
      });
      Deno.kill(running.pid, "SIGTERM");
      assertEquals((await running.ended).code, 130);
      for (const pid of pids) assert(!await isRunning(pid), pid);
    }));
});
