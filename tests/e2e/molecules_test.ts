import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestTown, lostOrDoubled, type TestTown } from "./town_fixture.ts";

/** What a worker's session is, for a call made by hand. */
function sessionOf(bead: string, n = 1): Record<string, string> {
  return {
    GT_ROLE: "worker",
    GT_RIG: "app",
    GT_WORKER: "1",
    GT_BEAD: bead,
    GT_ATTEMPT: String(n),
    BD_ACTOR: "worker-1",
  };
}

describe("a bead with a molecule", () => {
  let town: TestTown;
  beforeEach(async () => void (town = await createTestTown()));
  afterEach(() => town.end());

  it("is merged once its worker has closed every step, and keeps finished steps through a rework", async () => {
    await town.must(["--as", "bd", "create", "Do one", "--id", "app-one"]);
    await Deno.mkdir(join(town.folder, "scripts"), { recursive: true });
    // The first submission is red; the second attempt has no step left to do.
    await Deno.writeTextFile(
      join(town.folder, "scripts", "app-one.yaml"),
      "first:\n  - edit: { path: notes.txt, content: '<<<<<<< oops' }\n  - commit: Add notes\n" +
        "  - step: understand\n  - steps\n  - done\n" +
        "rework:\n  - edit: { path: notes.txt, content: fine }\n  - commit: Repair notes\n  - done\n",
    );
    await town.must(["convoy", "create", "All", "app-one"]);
    const [slung] = await town.json(["sling", "app-one", "app", "--molecule", "worker-work"]);
    assertEquals([slung.molecule, slung.open_steps, slung.steps], ["worker-work", 4, 4]);
    await town.must(["start"]);
    await town.landed(60);
    assertEquals(await lostOrDoubled(town, ["app-one"]), []);
    assertEquals((await town.attempt("app-one")).n, 2);
    const [list] = await town.json(["bd", "mol", "current", "app-one"]);
    assertEquals([list.completed, list.total, list.molecule], [4, 4, "worker-work"]);
    const operations = await town.json(["bd", "history", "app-one.1"]);
    const closings = JSON.stringify(operations).match(/"closed"/g)!.length;
    assertEquals(closings, 1, JSON.stringify(operations));
  });

  it("has worker-work where nobody names one, of which the rest is closed when it is submitted", async () => {
    for (const id of ["app-one", "app-two"]) {
      await town.must(["--as", "bd", "create", `Do ${id}`, "--id", id]);
    }
    await Deno.mkdir(join(town.folder, "scripts"), { recursive: true });
    await Deno.writeTextFile(
      join(town.folder, "scripts", "app-one.yaml"),
      "first:\n  - edit: { path: notes.txt, content: fine }\n  - commit: Add notes\n  - step: understand\n  - done\n",
    );
    await town.must(["convoy", "create", "All", "app-one", "app-two"]);
    const [one] = await town.json(["sling", "app-one", "app"]);
    assertEquals([one.molecule, one.open_steps], ["worker-work", 4]);
    const [two] = await town.json(["sling", "app-two", "app", "--molecule", "none"]);
    assertEquals([two.molecule, two.open_steps], [undefined, undefined]);
    await town.must(["start"]);
    await town.landed(60);
    assertEquals(await lostOrDoubled(town, ["app-one", "app-two"]), []);
    const [list] = await town.json(["bd", "mol", "current", "app-one"]);
    assertEquals([list.completed, list.total], [4, 4]);
    const [step] = await town.json(["bd", "show", "app-one.4"]);
    assertEquals([step.status, step.close_reason], ["closed", "submitted"]);
    assertEquals((await town.gt(["--as", "bd", "show", "app-two.1"])).code, 1);
  });

  it("is worked by the steps of all its parts where it was joined, and by no other", async () => {
    const bond = async (...words: string[]): Promise<string> =>
      (await town.json(["--as", "bd", "mol", "bond", ...words])).result_id;
    const both = await bond("tdd", "bug-hunt");
    const plain = await bond("tdd", "bug-hunt", "--as", "By hand");
    const [slung] = await town.json(["sling", both, "app"]);
    assertEquals([slung.molecule, slung.open_steps, slung.steps], ["tdd + bug-hunt", 10, 10]);
    const named = await town.gt(["sling", plain, "app", "--molecule", "none"]);
    assertEquals(named.code, 1);
    assertStringIncludes(named.stderr, 'steps of "tdd" are open');
    const session = sessionOf(both);
    const refused = await town.gt(["done"], session);
    assertStringIncludes(refused.stderr, "10 steps are open");

    const bd = (...words: string[]) => town.gt(["--as", "bd", ...words, "--json"], session);
    let next = JSON.parse((await bd("mol", "current")).stdout)[0].next_step.id;
    assertEquals((await town.gt(["--as", "bd", "close", next, "--continue"])).code, 1);
    const closed: string[] = [];
    while (next !== undefined) {
      closed.push(next);
      const { continue: onward } = JSON.parse((await bd("close", next, "--continue")).stdout);
      assertEquals(onward.molecule_id, both);
      next = onward.next_step?.id;
    }
    assertEquals(closed.length, 12, "ten steps and two parts");
    const last = await town.gt(["--as", "bd", "close", closed.at(-1)!, "--continue"], session);
    assertMatch(last.stdout, /All 10 steps of \S+ are done\.\nNext: gt done\n/);
    const done = await town.gt(["done"], session);
    assert(!done.stderr.includes("open"), done.stderr);
  });

  it("is merged once every step of what it was joined from is closed", async () => {
    const create = async (title: string) =>
      (await town.json(["--as", "bd", "create", title, "--id", `app-${title}`])).id;
    const { result_id: both } = await town.json(["--as", "bd", "mol", "bond", await create("one"), "tdd"]);
    await town.must(["convoy", "create", "All", both]);
    await town.must(["sling", both, "app"]);
    await town.must(["start"]);
    await town.landed(60);
    const [list] = await town.json(["bd", "mol", "current", both]);
    assertEquals(list.completed, list.total);
    assertEquals(list.molecule, "tdd");
    assertEquals((await town.json(["bd", "show", "app-one"]))[0].status, "closed");
  });

  it("cannot be submitted before; its worker is told where it is, step by step", async () => {
    await town.must(["--as", "bd", "create", "Do one", "--id", "app-one"]);
    await town.must(["sling", "app-one", "app", "--molecule", "worker-work"]);
    const session = sessionOf("app-one");
    const bd = (...words: string[]) => town.gt(["--as", "bd", ...words], session);

    const refused = await town.gt(["done"], session);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, 'Cannot submit "app-one": 4 steps are open');
    assertStringIncludes(refused.stderr, "bd close app-one.1 --continue");

    const [current] = JSON.parse((await bd("mol", "current", "--json")).stdout);
    assertEquals([current.molecule_id, current.next_step.id, current.current_step], [
      "app-one",
      "app-one.1",
      undefined,
    ]);
    assertEquals(current.steps.map((step: { status: string }) => step.status), [
      "ready",
      "blocked",
      "blocked",
      "blocked",
    ]);

    const early = await bd("close", "app-one.3", "--continue");
    assertEquals(early.code, 1);
    assertStringIncludes(early.stderr, 'Cannot close bead "app-one.3": 1 open dependency');

    const first = JSON.parse((await bd("close", "app-one.1", "--continue", "--json")).stdout);
    assertEquals(first.closed.map((bead: { id: string }) => bead.id), ["app-one.1"]);
    const { closed_step, next_step, ...rest } = first.continue;
    assertEquals([closed_step.id, closed_step.status], ["app-one.1", "closed"]);
    assertEquals([next_step.id, next_step.status, next_step.assignee], [
      "app-one.2",
      "in_progress",
      "worker-1",
    ]);
    assertEquals(rest, { auto_advanced: true, molecule_complete: false, molecule_id: "app-one" });

    const again = JSON.parse((await bd("close", "app-one.1", "--continue", "--json")).stdout).continue;
    assertEquals([again.next_step.id, again.auto_advanced], ["app-one.2", false]);

    assertMatch(
      (await bd("close", "app-one.2", "--continue", "--no-auto")).stdout,
      /Next \(2 of 4 done\):\napp-one\.3/,
    );
    assertMatch((await bd("mol", "progress")).stdout, /^app-one: 2 of 4 steps done \(50 %\)\n/);
    await bd("close", "app-one.3", "--continue");
    const last = await bd("close", "app-one.4", "--continue");
    assertMatch(last.stdout, /All 4 steps of app-one are done\.\nNext: gt done\n/);
    const progress = JSON.parse((await bd("mol", "progress", "--json")).stdout);
    assertEquals([progress.completed, progress.percent, progress.in_progress], [4, 100, 0]);

    const many = await bd("close", "app-one.1", "app-one.2", "--continue");
    assertEquals(many.code, 2);
    const noStep = await bd("close", "app-one", "--continue");
    assertStringIncludes(noStep.stderr, 'Cannot continue after "app-one": it is a task, not a step');
  });

  it("is out of reach for the session of an attempt that is over", async () => {
    await town.must(["--as", "bd", "create", "Do one", "--id", "app-one"]);
    await town.must(["sling", "app-one", "app", "--molecule", "worker-work"]);
    await town.must(["unsling", "app-one"]);
    await town.must(["sling", "app-one", "app"]);
    for (const more of [["--continue"], ["--force"], []]) {
      const zombie = await town.gt(["--as", "bd", "close", "app-one.1", ...more], sessionOf("app-one", 1));
      assertEquals(zombie.code, 1);
      assertStringIncludes(zombie.stderr, "attempt 1 is not the current one (2)");
    }
    const [list] = await town.json(["bd", "mol", "current", "app-one"]);
    assertEquals(list.completed, 0);
  });

  it("may be one of the town's own, listed, shown, completed, and refused with its place when it is wrong", async () => {
    const own = join(town.folder, "molecules", "own.yaml");
    await Deno.writeTextFile(
      own,
      "molecule: own\nsteps:\n  - id: a\n    title: A\n    gaet: { type: human }\n",
    );
    const list = await town.gt(["mol", "list"]);
    assertEquals(list.code, 1);
    assertMatch(list.stdout, /^own +molecules {2}cannot be used: gt mol show own$/m);
    assertMatch(list.stdout, /^worker-work +4 steps +built-in/m);
    const wrong = await town.gt(["formula", "show", "own"]);
    assertEquals(wrong.code, 1);
    assertStringIncludes(
      wrong.stderr,
      `Cannot use molecule ${own}:5:5: unknown key "gaet" in a step; did you mean "gate"?`,
    );
    const linted = await town.gt(["mol", "lint"]);
    assertEquals([linted.code, linted.stdout], [
      1,
      'molecules/own.yaml:5:5: error unknown-key unknown key "gaet" in a step; did you mean "gate"?\n',
    ]);
    await Deno.writeTextFile(own, "molecule: own\nsteps:\n  - { id: a, gate: { type: human } }\n");
    assertEquals((await town.gt(["mol", "lint"])).code, 0);
    await town.must(["--as", "bd", "create", "Do one", "--id", "app-one"]);
    const refused = await town.gt(["sling", "app-one", "app", "--molecule", "own"]);
    assertEquals(refused.code, 1);
    assertStringIncludes(
      refused.stderr,
      `${own}:3:5: step "a": "gate" is for a program, and this is done by whoever holds the bead`,
    );

    await Deno.writeTextFile(
      own,
      "molecule: own\nvars: { who: { required: true } }\nsteps:\n  - { id: a, title: 'For {{ who }}' }\n",
    );
    const shown = await town.json(["mol", "show", "own"]);
    assertEquals([shown.molecule, shown.steps[0].title, shown.vars[0].required], [
      "own",
      "For {{ who }}",
      true,
    ]);
    const completed = await town.must(["complete", "mol", "show", "o"]);
    assert(/\bown\b/.test(completed.stdout), completed.stdout);

    const missing = await town.gt(["sling", "app-one", "app", "--molecule", "own"]);
    assertStringIncludes(missing.stderr, "--var who=VALUE");
    await town.must(["sling", "app-one", "app", "--molecule", "own", "--var", "who=ann, and bob"]);
    const [step] = await town.json(["bd", "show", "app-one.1"]);
    assertEquals([step.title, step.issue_type, step.parent], ["For ann, and bob", "step", "app-one"]);
  });

  it("has commands between its steps, which its worker sees run and must have succeed", async () => {
    await Deno.writeTextFile(
      join(town.folder, "molecules", "checked.yaml"),
      `molecule: checked
vars: { word: { default: "it's" } }
steps:
  - { id: write, title: Write it }
  - { id: word, needs: [write], run: "echo {{ quote(vars.word) }} $TITLE", env: { TITLE: "{{ bead.title }}" } }
  - { id: test, needs: [word], title: Tests, run: "echo $GT_STEP_KEY >>keys; test -f ok || { printf %0999999d 1; echo; echo red; exit 3; }" }
  - { id: slow, needs: [test], run: sleep 30, timeout: 100ms }
  - { id: last, needs: [slow], title: The end }
`,
    );
    await town.must(["--as", "bd", "create", "Do one", "--id", "app-one"]);
    await town.must(["sling", "app-one", "app", "--molecule", "checked"]);
    const session = sessionOf("app-one");
    const close = (step: number, ...words: string[]) =>
      town.gt(["--as", "bd", "close", `app-one.${step}`, ...words], session);

    const first = await close(1, "--continue");
    assertEquals(first.code, 1);
    assertStringIncludes(
      first.stdout,
      "▸ app-one.2 $ echo 'it'\\''s' $TITLE\n    │ it's Do one\n✓ Closed app-one.2: word\n",
    );
    assertStringIncludes(
      first.stdout,
      '    │ red\n\n✗ app-one.3 "Tests" ended with exit code 3. It is yours.\nRepair it, then: bd close app-one.3 --continue\n',
    );
    assertEquals(first.stdout.match(/│ (0+…)\n/)?.[1]?.length, 2_001);
    const plain = await close(3);
    assertEquals(plain.code, 1);
    assertStringIncludes(plain.stderr, "its command has to succeed first");
    const updated = await town.gt(["--as", "bd", "update", "app-one.3", "--status", "closed"], session);
    assertStringIncludes(updated.stderr, "its command has to succeed first");
    const red = await close(3, "--continue");
    assertEquals(red.code, 1);
    assertStringIncludes(red.stderr, 'Cannot close "app-one.3": its command ended with exit code 3');
    const submitted = await town.gt(["done"], session);
    assertStringIncludes(submitted.stderr, "3 steps are open");

    await Deno.writeTextFile(join(town.folder, "ok"), "");
    const green = await close(3, "--continue", "--json");
    assertEquals(green.code, 1);
    const { ran, next_step } = JSON.parse(green.stdout).continue;
    assertEquals(ran.map((each: { id: string; exit_code: number | null }) => [each.id, each.exit_code]), [
      ["app-one.3", 0],
      ["app-one.4", null],
    ]);
    assertEquals(next_step.id, "app-one.4");
    assertEquals(
      await Deno.readTextFile(join(town.folder, "keys")),
      "app-one/test/1\napp-one/test/2\napp-one/test/3\n",
    );
    const skipped = await close(4, "--continue", "--force", "--reason", "skipped: it hangs");
    assertStringIncludes(skipped.stdout, "Now yours (4 of 5 done):\napp-one.5");
  });

  it("says how to leave out steps with a command, in words that do it", async () => {
    await Deno.writeTextFile(
      join(town.folder, "molecules", "checked.yaml"),
      "molecule: checked\nsteps:\n  - { id: write, title: Write it }\n" +
        "  - { id: test, needs: [write], run: 'false' }\n",
    );
    await town.must(["--as", "bd", "create", "Do one", "--id", "app-one"]);
    await town.must(["sling", "app-one", "app", "--molecule", "checked"]);
    const session = sessionOf("app-one");
    const refused = await town.gt(["done"], session);
    const [, words] = /Steps that need no work: (bd close .*) "skipped: WHY"\n/.exec(refused.stderr)!;
    assertEquals(words, "bd close app-one.1 app-one.2 --force --reason");
    await town.must(["--as", ...words!.split(" "), "skipped: it is known"], session);
    await town.must(["unsling", "app-one"]);
    await town.must(["--as", "bd", "reopen", "app-one.2"]);
    const none = await town.gt(["sling", "app-one", "app", "--molecule", "none"]);
    assertEquals(none.code, 1);
    const [, end] = /Or end them: (bd close .*) "cancelled"\n/.exec(none.stderr)!;
    await town.must(["--as", ...end!.split(" "), "cancelled"]);
    await town.must(["sling", "app-one", "app", "--molecule", "none"]);
  });

  it("has its commands run in the worktree of its worker", async () => {
    await Deno.writeTextFile(
      join(town.folder, "molecules", "checked.yaml"),
      "molecule: checked\nsteps:\n  - { id: write, title: Write it }\n" +
        "  - { id: test, needs: [write], run: test -f app-one.md }\n  - { id: last, needs: [test], title: The end }\n",
    );
    await town.must(["--as", "bd", "create", "Do one", "--id", "app-one"]);
    await town.must(["convoy", "create", "All", "app-one"]);
    await town.must(["sling", "app-one", "app", "--molecule", "checked"]);
    await town.must(["start"]);
    await town.landed(60);
    const [step] = await town.json(["bd", "show", "app-one.2"]);
    assertEquals([step.status, step.close_reason, step.assignee], [
      "closed",
      "its command succeeded",
      "worker-1",
    ]);
  });
});
