import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { type Answer, inRepository, type Repository } from "./repository_fixture.ts";

/** The gate that waits; there is one. */
function openGate({ gt, until }: Repository): Promise<Answer> {
  return until("a gate waits", async () => {
    const { code, stdout } = await gt(["gate", "list", "--json"]);
    return code === 0 && JSON.parse(stdout)[0];
  });
}

/** Writes a command `gh` that answers with what stands in files, and keeps what it was called with. */
async function standIn({ path }: Repository): Promise<void> {
  await Deno.mkdir(path("bin"));
  const script = `#!/bin/sh
echo "$*" >>${path("calls")}
[ -f ${path("gh.code")} ] && { cat ${path("gh.error")} >&2; exit $(cat ${path("gh.code")}); }
cat "${path("gh")}.$1"
`;
  await Deno.writeTextFile(path("bin/gh"), script, { mode: 0o755 });
}

describe("a gate for a person", () => {
  const steps = "  - { id: ok, gate: { type: human, message: Ship it? } }\n" +
    "  - { id: ship, needs: [ok], run: 'echo {{ quote(steps.ok.outputs.by) }} {{ quote(steps.ok.outputs.comment) }} >shipped' }\n";

  it("opens when somebody approves it, who is kept with what was said", () =>
    inRepository(async (repository) => {
      const { gt, json, molecule, run, path, until } = repository;
      await molecule("ship", steps);
      const running = run("ship");
      const gate = await openGate(repository);
      assertEquals([gate.message, gate.molecule, gate.step, gate.status], ["Ship it?", "ship", "ok", "open"]);
      assertMatch(
        (await gt(["gate", "list"])).stdout,
        new RegExp(`^◆ ${gate.id} ok  ship › ok\n    Ship it\\?\n`),
      );

      const closed = await gt(["--as", "bd", "close", gate.id, "--force"]);
      assertEquals(closed.code, 1);
      assertStringIncludes(closed.stderr, `gt gate approve ${gate.id}`);
      const agent = await gt(["gate", "approve", gate.id], { GT_ROLE: "worker", BD_ACTOR: "worker-1" });
      assertEquals(agent.code, 1);
      assertStringIncludes(agent.stderr, "a person decides it, and this is the session of worker-1");

      await until(
        "it says how",
        () => Promise.resolve(running.text().includes(`gt gate approve ${gate.id}\n`)),
      );
      const approved = await gt(["gate", "approve", gate.id, "--actor", "ann", "-m", "it's fine"]);
      assertEquals(approved.stdout, `✓ ${gate.id} is approved: ok\n`);
      const { code, text } = await running.ended;
      assertEquals(code, 0, text);
      assertEquals(await Deno.readTextFile(path("shipped")), "ann it's fine\n");

      for (const more of [[], ["-m", "it's fine"]]) {
        const again = await gt(["gate", "approve", gate.id, ...more]);
        assertEquals([again.code, again.stdout], [
          0,
          `✓ ${gate.id} is over already, approved by ann: it's fine\n`,
        ]);
      }
      const other = await gt(["gate", "approve", gate.id, "-m", "on second thoughts"]);
      assertEquals(other.code, 1);
      assertStringIncludes(
        other.stderr,
        "it is over, approved by ann: it's fine\nhint: Add to it: bd comment",
      );
      const late = await gt(["gate", "reject", gate.id]);
      assertEquals(late.code, 1);
      assertStringIncludes(late.stderr, "it is over, approved by ann: it's fine");
      assertEquals(await json(["gate", "list"]), []);
      const [all] = await json(["gate", "list", "--all"]);
      assertEquals([all.status, all.decided_by, all.comment], ["approved", "ann", "it's fine"]);
    }));

  it("is decided only by those it names, and fails for good when it is rejected, also while nobody drives the run", () =>
    inRepository(async (repository) => {
      const { gt, molecule, run } = repository;
      await molecule("ship", steps.replace("human,", "human, approvers: [ann, bo],"));
      const running = run("ship");
      const gate = await openGate(repository);
      running.kill();
      await running.ended;
      const other = await gt(["gate", "approve", gate.id, "--actor", "eve"]);
      assertEquals(other.code, 1);
      assertStringIncludes(
        other.stderr,
        `eve is not among those who may: ann, bo\nhint: Whoever is one of them says so: gt gate approve ${gate.id} --actor ann\n`,
      );
      for (const [actor, isShown] of [["ann", true], ["eve", false]] as const) {
        for (const words of [["gate", "list"], ["mol", "status", gate.run], ["mol", "logs"]]) {
          const { stdout } = await gt([...words, "--actor", actor]);
          assertEquals([words, actor, stdout.includes("gt gate approve")], [words, actor, isShown]);
          if (!isShown) assertStringIncludes(stdout, "decided by ann, bo");
        }
      }
      const { stdout } = await gt(["gate", "reject", gate.id, "--actor", "bo", "--reason", "no notes"]);
      assertStringIncludes(stdout, `Nobody drives the run; it goes on with: gt mol resume ${gate.run}`);
      const { code, text } = await run("ship").ended;
      assertEquals(code, 1);
      assertMatch(text, /✗ ok .* rejected by bo: no notes\n■ ship {2}"ok" failed\n/);
    }));

  it("that is one of thousands keeps no signal from being heard: the rest are opened by whoever goes on", () =>
    inRepository(async ({ gt, molecule, run, until, json, path }) => {
      await molecule(
        "many",
        "  - { id: all, run: seq 2000, outputs: { n: '{{ lines(stdout) }}' } }\n" +
          "  - { id: ok, needs: [all], for_each: steps.all.outputs.n, gate: { type: human } }\n" +
          "  - { id: after, needs: [ok], run: touch after }\n",
      );
      const running = run("many");
      const opened = async () => (await gt(["gate", "list"])).stdout.match(/^◆ /gm)?.length ?? 0;
      await until("the first are open", () => Promise.resolve(/gt gate approve/.test(running.text())));
      Deno.kill(running.pid, "SIGINT");
      assertEquals((await running.ended).code, 130);
      const before = await opened();
      assert(before > 0 && before < 2000, `${before} of 2000`);

      const next = run("many");
      await until("more are open", async () => await opened() > before);
      Deno.kill(next.pid, "SIGINT");
      await next.ended;
      const steps = (await json(["gate", "list"])).map(({ step }: Answer) => step);
      assertEquals(new Set(steps).size, steps.length);
      await gt(["mol", "cancel", "many"]);
      assertEquals(await opened(), 0);
      assertEquals(await Deno.stat(path("after")).catch(() => "none"), "none");
    }));

  it("is told of with the command where it is of the first that wait; of more, with where they are listed", () =>
    inRepository(async ({ gt, molecule, run, until, json }) => {
      const values = Array.from({ length: 12 }, (_, at) => at);
      await molecule(
        "few",
        `  - { id: ok, matrix: { at: [${values}] }, gate: { type: human } }\n` +
          `  - { id: item, matrix: { at: [${values.slice(0, 3)}] }, title: "Do it" }\n`,
      );
      const running = run("few");
      const waiting = async () => (await json(["mol", "status", "few"])).steps as Answer[];
      const beads = await until("all wait", async () => {
        const found = (await waiting().catch(() => [])).flatMap(({ bead }) => bead ?? []);
        return found.length === 15 && found;
      });
      Deno.kill(running.pid, "SIGINT");
      assertEquals((await running.ended).code, 130);
      const { stdout } = await gt(["mol", "status", "few"]);
      const [id] = beads[0].split(".");
      const first = beads.slice(0, 10).flatMap((bead: string) => [
        `  gt gate approve ${bead}`,
        `  gt gate reject ${bead} --reason WHY`,
      ]);
      assertEquals(stdout.trimEnd().split("\n").slice(-23), [
        ...first,
        "  and 2 more: gt gate list",
        `  and 3 more: bd list --parent ${id} --include-internal`,
        `  nobody drives it: gt mol resume ${id}`,
      ]);
    }));

  it("that opened because its time was over is shown as opened", () =>
    inRepository(async ({ gt, json, molecule }) => {
      const human = (more: string) => `gate: { type: human, timeout: 1ms${more} }`;
      await molecule(
        "late",
        `  - { id: open, ${human(", on_timeout: succeed")} }\n  - { id: shut, ${human("")} }\n`,
      );
      assertEquals((await gt(["mol", "run", "late"])).code, 1);
      const { stdout } = await gt(["gate", "list", "--all"]);
      assertMatch(
        stdout,
        /^✓ \S+ open {2}late › open\n {4}succeeded\n✗ \S+ shut {2}late › shut\n {4}failed: /m,
      );
      assertEquals((await json(["gate", "list", "--all"])).map(({ status }: Answer) => status), [
        "over",
        "over",
      ]);
    }));

  it("fails where those who may decide come to nobody", () =>
    inRepository(async ({ gt, molecule }) => {
      await molecule(
        "ship",
        steps.replace("human,", "human, approvers: ['{{ who }}', ' {{ other }} '], timeout: 20s,") +
          "vars: { who: '', other: '' }\n",
      );
      const { code, stdout } = await gt(["mol", "run", "ship"]);
      assertEquals(code, 1);
      assertStringIncludes(stdout, '"approvers" names nobody: nothing comes of {{ who }}, {{ other }}\n');
    }));

  it("moves no cursor by what it asks, nor by what is answered", () =>
    inRepository(async (repository) => {
      const { gt, molecule, run } = repository;
      await molecule("ship", steps.replace("message: Ship it?", 'message: "Ship\\e[2J it?"'));
      const running = run("ship");
      const gate = await openGate(repository);
      const listed = await gt(["gate", "list"]);
      const reject = ["gate", "reject", gate.id, "--reason", "no\x1b]0;title\x07\nway"];
      const shown = [listed, await gt(reject), await gt(["gate", "list", "--all"])];
      const { text } = await running.ended;
      for (const words of [["status", "ship"], ["status", "--all"], ["logs", "ship"], ["run", "n\x1b[2J"]]) {
        shown.push(await gt(["mol", ...words]));
      }
      const all = [text, ...shown.map(({ stdout, stderr }) => stdout + stderr)].join("");
      assertStringIncludes(all, "Ship\\x1b[2J it?");
      assertStringIncludes(text, "no\\x1b]0;title\\x07 way");
      // deno-lint-ignore no-control-regex
      assertEquals(all.match(/[^\n]*[\x00-\x08\x0b-\x1f]/), null);
    }));
});

describe("a gate", () => {
  it("waits a while, or until a moment, counted from when it was reached even if its driver is killed", () =>
    inRepository(async ({ molecule, run, gt, until, path }) => {
      await molecule(
        "later",
        "  - { id: begin, run: 'date +%s%3N >begun' }\n" +
          "  - { id: wait, needs: [begin], gate: { type: timer, for: 1500ms } }\n" +
          "  - { id: past, gate: { type: timer, until: '2001-01-01T00:00:00Z' } }\n" +
          "  - { id: wrong, allow_failure: true, gate: { type: timer, until: '{{ run.molecule }}' } }\n" +
          "  - { id: end, needs: [wait, past], run: 'date +%s%3N >ended' }\n",
      );
      const first = run("later");
      await until("it waits", () => Deno.stat(path("begun")).catch(() => undefined));
      first.kill();
      await first.ended;
      const { code, stdout } = await gt(["mol", "run", "later"]);
      assertEquals(code, 0, stdout);
      const [begun, ended] = [await Deno.readTextFile(path("begun")), await Deno.readTextFile(path("ended"))];
      assert(Number(ended) - Number(begun) >= 1_500, `${begun} ${ended}`);
    }));

  it("opens when a bead is closed, and fails where there is none", () =>
    inRepository(async ({ molecule, run, gt, until, path }) => {
      await molecule("one", "  - { id: a, run: 'true' }\n");
      assertEquals((await gt(["mol", "run", "one"])).code, 0);
      const { stdout } = await gt(["--as", "bd", "create", "First this", "--silent"]);
      const bead = stdout.trim();
      await molecule(
        "after",
        "  - { id: begin, run: touch begun }\n" +
          `  - { id: wait, needs: [begin], gate: { type: bead, bead: ${bead} } }\n` +
          "  - { id: none, allow_failure: true, gate: { type: bead, bead: no-such } }\n" +
          "  - { id: end, needs: [wait], run: 'echo {{ quote(steps.wait.outputs.reason) }} >ended' }\n",
      );
      const running = run("after");
      await until("it waits", () => Deno.stat(path("begun")).catch(() => undefined));
      await gt(["--as", "bd", "close", bead, "--reason", "well done"]);
      const { code, text } = await running.ended;
      assertEquals(code, 0, text);
      assertStringIncludes(text, 'there is no bead "no-such"');
      assertEquals(await Deno.readTextFile(path("ended")), "well done\n");
    }));

  it("asks a command less and less often, and says after its time what was wrong", () =>
    inRepository(async ({ molecule, gt, path }) => {
      await molecule(
        "asked",
        "  - id: wait\n" +
          "    gate: { type: command, command: 'echo . >>asked; test $(wc -l <asked) -ge 4 && echo it is',\n" +
          "      every: 50ms, factor: 2, max_every: 80ms }\n" +
          "  - { id: end, needs: [wait], run: 'echo {{ quote(steps.wait.outputs.stdout) }} >ended' }\n" +
          "  - id: never\n    allow_failure: true\n" +
          "    gate: { type: command, command: 'echo not yet >&2; exit 3', every: 50ms, timeout: 200ms }\n" +
          "  - id: enough\n    needs: [never]\n    always: true\n" +
          "    gate: { type: command, command: 'sleep 60', timeout: 100ms, on_timeout: succeed }\n",
      );
      const { code, stdout } = await gt(["mol", "run", "asked"]);
      assertEquals(code, 0, stdout);
      assertStringIncludes(stdout, "nothing opened it within 200ms; the last time it ended with 3: not yet");
      assertMatch(stdout, /✓ enough /);
      assertEquals((await Deno.readTextFile(path("asked"))).length, 8);
      assertEquals(await Deno.readTextFile(path("ended")), "it is\n");
    }));

  it("asks gh about runs and pull requests, and says so where there is no gh", () =>
    inRepository(async (repository) => {
      const { molecule, gt, path } = repository;
      await molecule(
        "github",
        "  - { id: ci, gate: { type: 'gh:run', run: ci.yml, every: 50ms } }\n" +
          "  - { id: number, gate: { type: 'gh:run', run: 17, repo: a/b, every: 50ms } }\n" +
          "  - { id: pr, gate: { type: 'gh:pr', pr: 12 } }\n" +
          "  - { id: end, needs: [ci, number, pr], run: 'echo {{ quote(steps.pr.outputs.url) }} >ended' }\n",
      );
      const missing = await gt(["mol", "run", "github"], { PATH: await bareBin(path("bare")) });
      assertEquals(missing.code, 1);
      assertStringIncludes(missing.stdout, 'there is no command "gh" here');
      await standIn(repository);
      await Deno.writeTextFile(path("gh.pr"), '{"state":"MERGED","reviewDecision":"","url":"the-pr"}');
      const run = (status: string, conclusion: string) =>
        Deno.writeTextFile(path("gh.run"), JSON.stringify([{ status, conclusion, url: "the-run" }]));
      await run("completed", "failure");
      const red = await gt(["mol", "run", "github"]);
      assertEquals(red.code, 1);
      assertStringIncludes(red.stdout, "the run ended with failure: the-run");
      await Deno.writeTextFile(path("gh.error"), "To get started: gh auth login");
      await Deno.writeTextFile(path("gh.code"), "4");
      assertStringIncludes(
        (await gt(["mol", "run", "github"])).stdout,
        "gh may not look: To get started: gh auth login",
      );
      await Deno.remove(path("gh.code"));
      await Deno.remove(path("calls"));
      await run("in_progress", "");
      const going = repository.run("github");
      await repository.until(
        "it was asked twice",
        async () =>
          (await Deno.readTextFile(path("calls")).catch(() => "")).match(/--workflow ci\.yml/g)?.length === 2,
      );
      await run("completed", "success");
      const { code, text } = await going.ended;
      assertEquals(code, 0, text);
      const calls = await Deno.readTextFile(path("calls"));
      assertStringIncludes(calls, "run list --workflow ci.yml --limit 1 --json status,conclusion,url\n");
      assertStringIncludes(calls, "run view 17 --repo a/b --json status,conclusion,url\n");
      assertStringIncludes(calls, "pr view 12 --json state,reviewDecision,url\n");
      assertEquals(await Deno.readTextFile(path("ended")), "the-pr\n");
    }));

  it("is refused where only a town could open it", () =>
    inRepository(async ({ molecule, gt }) => {
      await molecule("mail", "  - { id: a, gate: { type: mail, from: ann } }\n");
      const mail = await gt(["mol", "run", "mail"]);
      assertEquals(mail.code, 1);
      assertStringIncludes(mail.stderr, 'step "a" waits for mail, which needs a town');
      await molecule("told", "  - { id: a, gate: { type: human, escalate: { after: 1h } } }\n");
      const told = await gt(["mol", "run", "told"]);
      assertStringIncludes(
        told.stderr,
        'step "a" tells somebody when it has waited too long, which needs a town',
      );
    }));

  it("costs nothing while it waits: no process is begun, and next to no time is used", () =>
    inRepository(async (repository) => {
      const { molecule, run, until, path, gt } = repository;
      await molecule(
        "long",
        "  - { id: begin, run: touch begun }\n" +
          "  - { id: ok, needs: [begin], gate: { type: human, timeout: 40d } }\n" +
          "  - { id: wait, needs: [begin], gate: { type: timer, for: 30d } }\n",
      );
      const running = run("long");
      const { id } = await openGate(repository);
      await until("it has begun", () => Deno.stat(path("begun")).catch(() => undefined));
      const children = () => Deno.readTextFile(`/proc/${running.pid}/task/${running.pid}/children`);
      const used = async () => {
        const fields = (await Deno.readTextFile(`/proc/${running.pid}/stat`)).split(") ").at(-1)!.split(" ");
        return (Number(fields[11]) + Number(fields[12])) * 10;
      };
      if (Deno.build.os === "linux") {
        const before = await used();
        for (let look = 0; look < 15; look++) {
          assertEquals(await children(), "");
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        const spent = await used() - before;
        assert(spent < 300, `${spent} ms of 1.5 s`);
      }
      await gt(["gate", "reject", id]);
      running.kill();
      await running.ended;
    }));
});

/** A folder with a shell and a few tools, and without gh. */
async function bareBin(folder: string): Promise<string> {
  await Deno.mkdir(folder);
  for (const name of ["sh", "git", "date", "touch", "echo"]) {
    const found = (Deno.env.get("PATH") ?? "").split(":").map((each) => join(each, name));
    for (const path of found) {
      try {
        await Deno.symlink(await Deno.realPath(path), join(folder, name));
        break;
      } catch { /* not in this one */ }
    }
  }
  return folder;
}
