import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

const HOLD = "while test -e hold; do sleep 0.02; done";

const CHAIN = `molecule: chain
steps:
  - { id: a, run: 'echo a >>effects; echo hello; ${HOLD}; echo bye' }
  - { id: b, needs: [a], run: 'echo b >>effects; test -e ok' }
  - { id: c, needs: [b], run: 'echo c >>effects' }
finally:
  - { id: last, run: 'echo "last {{ status }}" >>effects' }
`;

describe("steering a run", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.molecule("chain", CHAIN);
  });
  afterEach(() => repository.end());

  const gt = (...args: string[]) => repository.gt(["mol", ...args]);
  const touch = (name: string) => Deno.writeTextFile(join(repository.folder, name), "");
  const remove = (name: string) => Deno.remove(join(repository.folder, name));
  const effects = () => repository.read("effects").trim().split("\n");
  const json = async (...args: string[]) => JSON.parse((await gt(...args, "--json")).stdout);

  it("shows the runs under way, all runs, and the steps of one", async () => {
    assertMatch((await gt("status")).stderr, /Cannot find the ledger/);
    await touch("hold");
    const run = repository.begin(["mol", "run", "chain"]);
    await repository.holds("effects", "a");
    assertMatch(
      (await gt("status")).stdout,
      /^▸ {2}repo-mol-\w+ {2}chain {2}running {2}0\/4 {2}\d\.\ds {2}driven by ann\n$/,
    );
    assertMatch(
      (await gt("status", "chain")).stdout,
      /^▸ chain repo-mol-\w+ {2}running, .*\n {2}▸ a .*\n {2}· b\n {2}· c\n/,
    );
    const shown = await json("status", "chain");
    assertEquals([shown.status, shown.driven_by.pid, shown.steps[0].status], ["running", run.pid, "running"]);
    await remove("hold");
    assertEquals((await run.ended).code, 1);
    assertStringIncludes((await gt("status")).stdout, "No run is under way");
    const [row] = await json("status", "--all");
    assertEquals([row.molecule, row.status, row.reason], ["chain", "failed", '"b" failed: exit code 1']);
    const unknown = await gt("status", "nothing");
    assertEquals(unknown.code, 1);
  });

  it("pauses: what is at work goes on, nothing begins before it is resumed", async () => {
    await touch("hold");
    await touch("ok");
    const run = repository.begin(["mol", "run", "chain"]);
    await repository.holds("effects", "a");
    assertStringIncludes((await gt("pause", "chain")).stdout, "paused");
    assertStringIncludes((await gt("pause", "chain")).stdout, "was paused already");
    await remove("hold");
    await run.says("✓ a");
    const paused = await json("status", "chain");
    assertEquals([paused.status, paused.steps[1].status], ["paused", "ready"]);
    assertEquals(effects(), ["a"]);
    const resumed = await gt("resume", "chain");
    assertEquals(resumed.code, 0);
    assertStringIncludes(resumed.stdout, `ann drives it, in process ${run.pid}`);
    const { code, stdout } = await run.ended;
    assertEquals(code, 0);
    assertMatch(stdout, /‖ repo-mol-\w+ paused\n.*gt mol resume/);
    assertEquals(effects(), ["a", "b", "c", "last succeeded"]);
    assertStringIncludes((await gt("pause", "chain")).stderr, "the run is succeeded");
  });

  it("resumes a paused run that nobody drives where it is called", async () => {
    await touch("hold");
    await touch("ok");
    const run = repository.begin(["mol", "run", "chain"]);
    await repository.holds("effects", "a");
    await gt("pause", "chain");
    run.kill("SIGKILL");
    await run.ended;
    await remove("hold");
    assertEquals((await gt("resume", "chain")).code, 0);
    assertEquals(effects(), ["a", "b", "c", "last succeeded"]);
  });

  it("pauses what is nested in a run too, at whatever depth, until it is resumed", async () => {
    await touch("hold");
    await touch("ok");
    const around = (name: string, of: string) =>
      repository.molecule(name, `molecule: ${name}\nsteps: [{ id: sub, molecule: ${of} }]\n`);
    await around("middle", "chain");
    await around("outer", "middle");
    const run = repository.begin(["mol", "run", "outer"]);
    await repository.holds("effects", "a");
    assertEquals((await gt("pause", "outer")).code, 0);
    await remove("hold");
    await run.says("✓ sub › sub › a");
    const [{ bead }] = (await json("status", "outer")).steps;
    const [{ bead: inner }] = (await json("status", bead)).steps;
    assertEquals((await json("status", inner)).steps[1].status, "ready");
    assertEquals(effects(), ["a"]);
    assertEquals((await gt("resume", "outer")).code, 0);
    assertEquals((await run.ended).code, 0);
    assertEquals(effects(), ["a", "b", "c", "last succeeded"]);
  });

  it("leaves paused what is nested in it and was paused by itself, and names it with what lets it go on", async () => {
    await touch("hold");
    await touch("ok");
    await repository.molecule("outer", "molecule: outer\nsteps: [{ id: sub, molecule: chain }]\n");
    const run = repository.begin(["mol", "run", "outer"]);
    await repository.holds("effects", "a");
    const [{ bead }] = (await json("status", "outer")).steps;
    await gt("pause", bead);
    await remove("hold");
    await run.says("✓ sub › a");
    const resume = `gt mol resume ${bead}`;
    assertMatch((await gt("status", "outer")).stdout, new RegExp(`‖ chain ${bead} .*\\n +${resume}\\n`));
    assertMatch((await gt("status")).stdout, new RegExp(`running .*; paused within: ${bead}$`, "m"));
    const { stderr } = await gt("resume", "outer");
    assertStringIncludes(stderr, `${bead}, which is nested in it, stays paused: ${resume}`);
    assertEquals(effects(), ["a"]);
    await gt("resume", bead);
    assertEquals((await run.ended).code, 0);
    assertEquals(effects(), ["a", "b", "c", "last succeeded"]);
  });

  it("cancels nested runs before what they are part of, and finally runs in each", async () => {
    await repository.molecule(
      "inner",
      `molecule: inner
steps:
  - { id: work, run: 'trap "echo stopped >>effects; exit 1" TERM; echo work >>effects; while :; do sleep 0.02; done' }
finally:
  - { id: tidy, run: 'echo inner >>effects' }
`,
    );
    await repository.molecule(
      "outer",
      `molecule: outer
steps:
  - { id: sub, molecule: inner }
  - { id: never, needs: [sub], run: 'echo never >>effects' }
on_failure:
  - { id: failed, run: 'echo failed >>effects' }
finally:
  - { id: tidy, run: 'echo outer >>effects' }
`,
    );
    const run = repository.begin(["mol", "run", "outer"]);
    await repository.holds("effects", "work");
    const cancelled = await gt("cancel", "outer", "--reason", "enough");
    assertEquals(cancelled.code, 0);
    assertMatch(cancelled.stdout, /^■ repo-mol-\w+ is cancelled\n/);
    const { code, stdout } = await run.ended;
    assertEquals(code, 1);
    assertStringIncludes(stdout, "■ outer cancelled in");
    assertStringIncludes(stdout, "cancelled by ann: enough");
    assertEquals(effects(), ["work", "stopped", "inner", "outer"]);
    assertStringIncludes((await gt("cancel", "outer")).stdout, "was cancelled already");
    const { steps } = await json("status", "outer");
    const { reason, steps: [work] } = await json("status", steps[0].bead);
    assertEquals([reason, work.reason], ["cancelled by ann: enough", "cancelled by ann: enough"]);
    const statuses = steps.map(({ status }: { status: string }) => status);
    assertEquals(statuses, ["cancelled", "cancelled", "skipped", "succeeded"]);
  });

  it("ends a finally that hangs only by force, also that of a nested run", async () => {
    const hangs = (name: string) =>
      `molecule: ${name}
steps: [{ id: a, run: 'echo ${name} >>effects; ${HOLD}' }]
finally: [{ id: last, run: 'echo last-${name} >>effects; while :; do sleep 0.02; done' }]
`;
    await repository.molecule("hangs", hangs("hangs"));
    const run = repository.begin(["mol", "run", "hangs"]);
    await repository.holds("effects", "last-hangs");
    const refused = await gt("cancel", "hangs");
    assertEquals(refused.code, 1);
    assertMatch(
      refused.stderr,
      /it is ending: only `finally` is left\n(.*\n)*.*gt mol cancel repo-mol-\w+ --force/,
    );
    assertEquals((await gt("cancel", "hangs", "--force")).code, 0);
    assertStringIncludes((await run.ended).stdout, "■ hangs cancelled");
    assertStringIncludes((await gt("cancel", "hangs")).stdout, "was cancelled already");

    await repository.molecule("inner", hangs("inner"));
    await repository.molecule("outer", "molecule: outer\nsteps: [{ id: sub, molecule: inner }]\n");
    await touch("hold");
    const outer = repository.begin(["mol", "run", "outer"]);
    await repository.holds("effects", "\ninner");
    assertEquals((await gt("cancel", "outer", "--reason", "enough")).code, 0);
    await repository.holds("effects", "last-inner");
    assertMatch(
      (await gt("cancel", "outer")).stdout,
      /was cancelled already\n.*gt mol cancel repo-mol-\w+ --force/,
    );
    assertEquals((await gt("cancel", "outer", "--force")).code, 0);
    assertStringIncludes((await outer.ended).stdout, "cancelled by ann: enough");
    assertEquals(effects(), ["hangs", "last-hangs", "inner", "last-inner"]);
  });

  it("says of a nested run why its step ended it", async () => {
    await repository.molecule(
      "inner",
      "molecule: inner\nsteps: [{ id: work, gate: { type: timer, for: 1h } }]\n",
    );
    await repository.molecule(
      "outer",
      "molecule: outer\nsteps: [{ id: sub, molecule: inner, timeout: 200ms }]\n",
    );
    assertEquals((await gt("run", "outer")).code, 1);
    const [{ bead, reason }] = (await json("status", "outer")).steps;
    assertEquals(reason, "longer than 200ms");
    assertEquals((await json("status", bead)).reason, "its step: longer than 200ms");
  });

  it("cancels here what nobody drives, the command of a dead driver included", async () => {
    await touch("hold");
    const run = repository.begin(["mol", "run", "chain"]);
    await repository.holds("effects", "a");
    run.kill("SIGKILL");
    await run.ended;
    const { code, stdout } = await gt("cancel", "chain");
    assertEquals(code, 0, stdout);
    await remove("hold");
    assertEquals(effects(), ["a", "last cancelled"]);
    assertEquals((await json("status", "chain")).steps[0].status, "cancelled");
  });

  it("tells the command of a dead driver once to end, and lets it clean up", async () => {
    const run = "trap 'echo told >>effects; ended=1' TERM; echo began >>effects; " +
      'while test -z "$ended"; do sleep 0.02 || :; done; sleep 0.4 && echo cleaned >>effects';
    await repository.molecule(
      "cleans",
      `molecule: cleans\nsteps:\n  - { id: a, run: ${JSON.stringify(run)} }\n`,
    );
    const one = repository.begin(["mol", "run", "cleans"]);
    await repository.holds("effects", "began");
    one.kill("SIGKILL");
    await one.ended;
    assertEquals((await gt("cancel", "cleans")).code, 0);
    assertEquals(effects(), ["began", "told", "cleaned"]);
  });

  it("tries again what failed and what waited for it, and nothing else", async () => {
    assertEquals((await gt("run", "chain")).code, 1);
    assertMatch(
      (await gt("retry", "chain", "a")).stderr,
      /Cannot retry run "repo-mol-\w+": "a" is succeeded/,
    );
    await touch("ok");
    assertEquals((await gt("retry", "chain", "b", "-j", "0")).code, 2);
    assertEquals((await json("status", "chain")).status, "failed");
    assertEquals((await gt("retry", "chain", "b")).code, 0);
    assertEquals(effects(), ["a", "b", "last failed", "b", "c", "last succeeded"]);
    assertEquals((await json("status", "chain")).steps.map(({ attempt }: { attempt: number }) => attempt), [
      1,
      2,
      1,
      2,
    ]);
    assertEquals((await gt("retry", "chain")).code, 1);
  });

  it("counts the time of all tries, but not that between them", async () => {
    await repository.molecule(
      "slow",
      "molecule: slow\nsteps:\n  - { id: a, run: sleep 0.5 }\n" +
        "  - { id: b, needs: [a], matrix: { n: [1, 2] }, run: test -e ok }\n",
    );
    assertEquals((await gt("run", "slow")).code, 1);
    const first = await json("status", "slow");
    await touch("ok");
    assertEquals((await gt("retry", "slow")).code, 0);
    const all = await json("status", "slow");
    const log = (await gt("logs", "slow", "--json")).stdout.trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const timeOf = (event: string) => log.find((one) => one.event === event).at;
    const [ended, again] = [timeOf("ended"), timeOf("retried")];
    const between = Date.parse(again) - Date.parse(ended);
    assert(between > 0);
    assertEquals([all.started_at, ended], [first.started_at, first.ended_at]);
    const spanOf = ({ started_at }: { started_at: string }) =>
      Date.parse(all.ended_at) - Date.parse(started_at) - between;
    assertEquals(all.duration_ms, spanOf(all));
    assertEquals(all.steps[1].duration_ms, spanOf(all.steps[1]));
  });

  it("undoes again what fails again when it is tried again, and nothing once it succeeds", async () => {
    await repository.molecule(
      "undoes",
      `molecule: undoes
steps:
  - { id: a, run: 'echo a >>effects; test -e ok', on_failure: [{ id: undo, run: 'echo undo >>effects' }] }
  - { id: told, needs: [undo], run: 'echo told >>effects' }
`,
    );
    assertEquals((await gt("run", "undoes")).code, 1);
    assertEquals((await gt("retry", "undoes")).code, 1);
    assertEquals(effects(), ["a", "undo", "told", "a", "undo", "told"]);
    await touch("ok");
    assertEquals((await gt("retry", "undoes", "a")).code, 0);
    assertEquals(effects(), ["a", "undo", "told", "a", "undo", "told", "a", "told"]);
    const { steps } = await json("status", "undoes");
    assertEquals(steps.map(({ status }: { status: string }) => status), [
      "succeeded",
      "succeeded",
      "skipped",
    ]);
  });

  describe("whose nested run has failed", () => {
    const outer = (how: string) =>
      `molecule: outer\nsteps: [{ id: sub, molecule: inner, with: { how: ${how} } }]\noutputs: { n: '{{ steps.sub.outputs.n }}' }\n`;
    const nested = async () => (await json("status", "outer")).steps[0].bead;
    beforeEach(async () => {
      await repository.molecule("outer", outer("one"));
      await repository.molecule(
        "inner",
        `molecule: inner
vars: { how: { required: true } }
steps:
  - { id: a, run: 'echo {{ how }} >>effects; echo 7', outputs: { n: '{{ stdout.trim() }}' } }
  - { id: b, needs: [a], run: 'echo b >>effects; test -e ok' }
outputs: { n: '{{ steps.a.outputs.n }}' }
`,
      );
      assertEquals((await gt("run", "outer")).code, 1);
    });

    it("goes on with that one: what has succeeded in it is not run again", async () => {
      const before = await nested();
      await touch("ok");
      const { code, stderr } = await gt("retry", "outer");
      assertEquals([code, stderr], [0, ""]);
      assertEquals(effects(), ["one", "b", "b"]);
      assertEquals(await nested(), before);
      assertEquals((await json("status", "outer")).steps[0].outputs, { n: "7" });
      assertEquals((await json("status", before)).steps[1].attempt, 2);
    });

    it("takes over what that one came to if it has succeeded meanwhile", async () => {
      await touch("ok");
      assertEquals((await gt("retry", await nested())).code, 0);
      assertEquals((await gt("retry", "outer")).code, 0);
      assertEquals(effects(), ["one", "b", "b"]);
      assertEquals((await json("status", "outer")).steps[0].outputs, { n: "7" });
    });

    it("goes on with the text that one has, and says so, until it is moved to the present one", async () => {
      const id = await nested();
      const text = repository.read("molecules/inner.yaml");
      await repository.molecule("inner", text.replace("echo b ", "echo c "));
      const { stderr } = await gt("retry", "outer");
      assertStringIncludes(stderr, `"inner" has been changed since; ${id} goes on with the text it has`);
      assertEquals((await gt("upgrade", id)).code, 0);
      await touch("ok");
      assertEquals((await gt("retry", "outer")).code, 0);
      assertEquals(effects(), ["one", "b", "b", "c"]);
    });

    it("begins another one where other values are asked for", async () => {
      const before = await nested();
      await touch("ok");
      await repository.molecule("outer", outer("two"));
      assertEquals((await gt("upgrade", "outer")).code, 0);
      assertEquals((await gt("retry", "outer")).code, 0);
      assertEquals(effects(), ["one", "b", "two", "b"]);
      assert(before !== await nested());
    });
  });

  it("shows what happened and what was printed: all of it, of one step, and as it goes", async () => {
    await touch("hold");
    const run = repository.begin(["mol", "run", "chain"]);
    await repository.holds("effects", "a");
    const following = repository.begin(["mol", "logs", "chain", "-f"]);
    await following.says("a │ hello");
    await remove("hold");
    assertEquals((await run.ended).code, 1);
    const { code, stdout } = await following.ended;
    assertEquals(code, 0);
    assertMatch(stdout, /▸ a\na │ hello\na │ bye\n\S+ {2}✓ a /);
    const log = await gt("logs", "chain");
    assertMatch(
      log.stdout,
      /^\S+Z {2}▸ a\n\S+Z {2}✓ a \d\.\ds\n {4}│ hello\n {4}│ bye\n\S+Z {2}▸ b\n\S+Z {2}✗ b /,
    );
    await touch("ok");
    assertEquals((await gt("retry", "chain")).code, 0);
    const lines = (await gt("logs", "chain", "b", "--json")).stdout.trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals(lines.map(({ status, attempt }) => `${status} ${attempt}`), [
      "running 1",
      "failed 1",
      "running 2",
      "succeeded 2",
    ]);
    assertEquals((await gt("logs", "chain", "nothing")).code, 1);
  });

  describe("that has a nested run", () => {
    const objects = (text: string) => text.trim().split("\n").map((line) => JSON.parse(line));
    beforeEach(async () => {
      await repository.molecule("outer", "molecule: outer\nsteps: [{ id: sub, molecule: chain }]\n");
      await touch("hold");
      await touch("ok");
    });

    it("has a log of both, in the order in which things happened; the same while it is followed", async () => {
      const run = repository.begin(["mol", "run", "outer"]);
      await repository.holds("effects", "a");
      const following = repository.begin(["mol", "logs", "outer", "-f", "--json"]);
      await following.says("hello");
      assertMatch(
        (await gt("logs", "outer")).stdout,
        /▸ sub › a\n\S+ {2}▸ sub › a {2}so far\n {4}│ hello\n$/,
      );
      await gt("pause", "outer");
      await gt("resume", "outer");
      run.kill("SIGTERM");
      await run.ended;
      await remove("hold");
      assertEquals((await gt("upgrade", "outer", "--var", "x=1")).code, 1);
      await repository.molecule(
        "outer",
        "molecule: outer\nsteps: [{ id: sub, title: X, molecule: chain }]\n",
      );
      assertEquals((await gt("upgrade", "outer")).code, 0);
      assertEquals((await gt("resume", "outer")).code, 0);
      const followed = objects((await following.ended).stdout).filter(({ line }) => line === undefined);
      const log = objects((await gt("logs", "outer", "--json")).stdout);
      assertEquals(followed, log);
      const [{ bead }] = (await json("status", "outer")).steps;
      const told = log.map(({ run, step, status, event }) =>
        `${run === bead ? "> " : ""}${step ?? event} ${status ?? ""}`
      );
      assertEquals(told.map((text) => text.trim()), [
        ...[
          "begun",
          "sub running",
          "> begun",
          "> a running",
          "paused",
          "resumed",
          "> a interrupted",
          "upgraded",
        ],
        ...["> a running", "> a succeeded", "> b running", "> b succeeded", "> c running", "> c succeeded"],
        ...["> last running", "> last succeeded", "> ended succeeded", "sub succeeded", "ended succeeded"],
      ]);
      const text = (await gt("logs", "outer", "sub")).stdout;
      assertStringIncludes(text, `▸ sub  ${bead}\n`);
      assertMatch(text, /‖ sub › a {2}interrupted\n {4}│ hello\n.*▸ sub › a {2}attempt 2\n/);
      assertMatch((await gt("logs", "outer")).stdout, /▸ repo-mol-\w+ has another text: \w{7}\n/);
      assertEquals((await gt("logs", "outer", "sub", "--json")).stdout.includes('"upgraded"'), false);
    });

    it("is watched to the end of itself; the nested one is found by its id and its molecule, which are named", async () => {
      const run = repository.begin(["mol", "run", "outer"]);
      await repository.holds("effects", "a");
      const watch = repository.begin(["mol", "status", "outer", "--watch", "--json"]);
      await watch.says("running");
      await remove("hold");
      assertEquals((await run.ended).code, 0);
      const { code, stdout } = await watch.ended;
      assertEquals(code, 0);
      const last = objects(stdout).at(-1)!;
      assertEquals([last.molecule, last.status], ["outer", "succeeded"]);
      const [{ bead }] = last.steps;
      assertMatch((await gt("status", "outer")).stdout, new RegExp(`✓ sub .* {2}${bead}\n`));
      for (const name of [bead, "chain"]) assertEquals((await json("status", name)).id, bead);
    });
  });

  it("is followed to its end by others, who say how it ended", async () => {
    await touch("hold");
    const run = repository.begin(["mol", "run", "chain"]);
    await repository.holds("effects", "a");
    const plain = repository.begin(["mol", "status", "chain", "--watch"]);
    const objects = repository.begin(["mol", "status", "chain", "--watch", "--json"]);
    const left = repository.begin(["mol", "status", "chain", "--watch"]);
    for (const one of [plain, left]) await one.says("▸ a");
    await objects.says("running");
    left.kill("SIGINT");
    assertEquals((await left.ended).code, 130);
    await remove("hold");
    await run.ended;
    const [said, told] = [await plain.ended, await objects.ended];
    assertEquals([said.code, told.code], [1, 1]);
    assertStringIncludes(said.stdout, "✗ chain failed in");
    const last = JSON.parse(told.stdout.trim().split("\n").at(-1)!);
    assertEquals(last.status, "failed");
    assert(!said.stdout.includes("\x1b"));
  });

  it("moves to another text while it is driven: what is at work goes on, what comes after is as the new one says", async () => {
    await touch("hold");
    await touch("ok");
    const run = repository.begin(["mol", "run", "chain", "--json"]);
    await repository.holds("effects", "a");
    assertStringIncludes((await gt("upgrade", "chain")).stdout, "is bound to this text already");
    const changed = CHAIN.replace("echo c >>", "echo new-c >>").replace("needs: [b]", "needs: [b, extra]")
      .replace("finally:", "  - { id: extra, run: 'echo extra >>effects' }\nfinally:");
    await repository.molecule("chain", changed.replace("hello", "other"));
    const refused = await gt("upgrade", "chain", "--dry-run");
    assertEquals(refused.code, 1);
    assertMatch(refused.stderr, /Cannot upgrade run "repo-mol-\w+": "a" is at work, and has been changed/);
    await repository.molecule("chain", changed);
    const dry = await gt("upgrade", "chain", "--dry-run");
    assertEquals(dry.code, 0);
    assertMatch(
      dry.stdout,
      /^repo-mol-\w+: chain \w{7} → \w{7}\n~ c\n {4}- action.command: echo c >>effects\n {4}\+ action.command: echo new-c >>effects\n {4}- needs.of: \["b"\]\n {4}\+ needs.of: \["b","extra"\]\n\+ extra\n {4}\+ action.command: echo extra >>effects\n/,
    );
    const upgraded = await json("upgrade", "chain");
    assertEquals([upgraded.upgraded, upgraded.changes.length], [true, 2]);
    await repository.holds("effects", "extra");
    await remove("hold");
    const { code, stdout, stderr } = await run.ended;
    assertEquals(code, 0, stderr);
    assertEquals(effects(), ["a", "extra", "b", "new-c", "last succeeded"]);
    const shown = JSON.parse(stdout);
    assertEquals(shown.hash, upgraded.to);
    assertEquals(shown.steps.map(({ attempt }: { attempt: number }) => attempt), [1, 1, 1, 1, 1]);
    assertEquals((await gt("upgrade", "chain")).code, 0);
    await repository.molecule("chain", CHAIN);
    assertStringIncludes((await gt("upgrade", "chain")).stderr, "it is succeeded");
  });

  it("that failed through its file goes on with the mended one: first moved, then tried again", async () => {
    await touch("ok");
    await repository.molecule("chain", CHAIN.replace("echo c >>", "cho c >>"));
    assertEquals((await gt("run", "chain")).code, 1);
    await repository.molecule("chain", CHAIN.replace("last {{ status }}", "then {{ status }}"));
    const { id } = await json("status", "chain");
    const again = await gt("retry", "chain");
    assertEquals(again.code, 1);
    assertStringIncludes(
      again.stderr,
      `"chain" has been changed since; ${id} goes on with the text it has\n`,
    );
    assertStringIncludes(again.stderr, `gt mol upgrade ${id}`);
    assertMatch(
      (await gt("upgrade", "chain")).stdout,
      /is to be tried again with the new text\n {2}gt mol retry /,
    );
    assertEquals((await json("status", "chain")).status, "failed");
    const mended = await gt("retry", "chain");
    assertEquals([mended.code, mended.stderr], [0, ""]);
    assertEquals(effects(), ["a", "b", "last failed", "last failed", "c", "then succeeded"]);
  });

  it("moves to other values alone, while it is driven, and says what differs", async () => {
    await touch("hold");
    await repository.molecule(
      "v",
      `molecule: v
vars: { a: { default: x } }
steps: [{ id: one, run: '${HOLD}' }, { id: two, needs: [one], run: 'echo {{ a }} >>effects' }]
`,
    );
    const run = repository.begin(["mol", "run", "v"]);
    await run.says("▸ one");
    assertStringIncludes((await gt("upgrade", "v", "--var", "a=x")).stdout, "is bound to this text already");
    const dry = await gt("upgrade", "v", "--var", "a=y", "--dry-run");
    assertMatch(dry.stdout, /\n~ values\n {4}- a: "x"\n {4}\+ a: "y"\n$/);
    assertEquals((await json("status", "v")).vars, { a: "x" });
    const moved = await json("upgrade", "v", "--var", "a=y");
    assertEquals([moved.upgraded, moved.from === moved.to, moved.values], [true, true, { a: "y" }]);
    await remove("hold");
    assertEquals((await run.ended).code, 0);
    assertEquals(effects(), ["y"]);
  });

  it("moves with the values it has, asks for those of new variables, and goes on with the same command", async () => {
    await repository.molecule(
      "v",
      "molecule: v\nvars: { a: { default: x } }\nsteps:\n  - { id: one, run: 'exit 1' }\n  - { id: two, gate: { type: timer, for: 1h } }\n",
    );
    const run = repository.begin(["mol", "run", "v", "--var", "a=given"]);
    await run.says("◆ two");
    await run.says("✗ one");
    run.kill("SIGTERM");
    await run.ended;
    const text =
      "molecule: v\nvars: { a: { default: x }, b: { required: true } }\nsteps:\n  - { id: one, run: 'echo \"{{ a }} {{ b }}\" >>effects' }\n";
    await repository.molecule("v", text + "  - { id: two, gate: { type: timer, for: 1h } }\n");
    assertStringIncludes((await gt("upgrade", "v")).stderr, 'its variable "b" has no value');
    assertEquals((await gt("upgrade", "v", "--var", "b=new")).code, 0);
    const { vars, steps } = await json("status", "v");
    assertEquals([vars, steps[0].status], [{ a: "given", b: "new" }, "failed"]);
  });
});
