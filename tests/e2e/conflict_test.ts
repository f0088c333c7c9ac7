import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createRefinery } from "../../src/refinery/refinery.ts";
import { callProgram, gtWords } from "./program.ts";
import { type TestRig, withRig } from "./rig_fixture.ts";

/** Calls the program in the town, expects that it succeeds, and returns what it printed. */
async function must(rig: TestRig, words: readonly string[], env: Record<string, string> = {}) {
  const called = await callProgram([...gtWords, ...words], { cwd: rig.root, env: { ...rig.env, ...env } });
  assertEquals(called.code, 0, called.stderr);
  return called.stdout;
}

/** Two beads that change the same line: the first has landed, the second was sent back. */
async function sentBack(rig: TestRig): Promise<void> {
  await rig.queued("app-1", { "notes.txt": "from one\n" }, { priority: 0 });
  await rig.queued("app-2", { "notes.txt": "from two\n" });
  const refinery = createRefinery(rig.deps, { rig: "app" });
  for (let woken = true; rig.attempt("app-2").n === 1; woken = false) {
    await refinery.tick(rig.context({ woken }));
  }
}

/** Gives the attempt of `app-2` a place and an agent. */
function begin(rig: TestRig): Promise<string> {
  rig.happen(
    "app-2",
    { kind: "granted", worker: 2 },
    { kind: "worktreePrepared", baseCommit: "b" },
    { kind: "sessionSpawned" },
    { kind: "agentReady" },
  );
  const session = {
    GT_ROLE: "worker",
    GT_RIG: "app",
    GT_WORKER: "2",
    GT_BEAD: "app-2",
    BD_ACTOR: "worker-2",
  };
  return must(rig, ["prime"], { ...session, GT_ATTEMPT: String(rig.attempt("app-2").n) });
}

describe("a bead that the refinery sent back", () => {
  it("can be taken off its hook and slung with another molecule: its worker is told why all the same", () =>
    withRig({}, async (rig) => {
      await sentBack(rig);
      await must(rig, ["unsling", "app-2"]);
      await must(rig, ["sling", "app-2", "app", "--molecule", "conflict-resolve"]);
      const text = await begin(rig);
      assertStringIncludes(text, 'Current step: app-2.1 "Understand both sides"');
      assertMatch(
        text,
        /^## Why attempt 1 failed: it does not merge[^]*In conflict: notes.txt[^]*from one[^]*^## Next\nDo the step app-2\.1/m,
      );
      assertEquals(text.includes("git merge"), false);

      await must(rig, ["unsling", "app-2"]);
      await must(rig, ["sling", "app-2", "app", "--fresh"]);
      assertEquals((await begin(rig)).includes("## Why"), false);
    }));

  it("is brought up to date by the commands that conflict-resolve names", () =>
    withRig({}, async (rig) => {
      await sentBack(rig);
      await must(rig, ["unsling", "app-2"]);
      await must(rig, ["sling", "app-2", "app", "--molecule", "conflict-resolve"]);
      const worktree = join(rig.root, "worker");
      await rig.run(rig.repository.folder, "fetch", "-q", "origin");
      await rig.run(
        rig.repository.folder,
        "worktree",
        "add",
        "-q",
        "-b",
        "gt/app-2",
        worktree,
        "origin/gt/app-2",
      );
      const commands = rig.deps.town.ledger.view.beads("issue_type = 'step' ORDER BY id").flatMap((
        { description },
      ) =>
        [...description!.matchAll(/`git (.*?)`/g)].map(([, words]) =>
          words!.replaceAll("TARGET", "main").split(" ")
        )
      );
      assertEquals(commands.map(([name]) => name), ["fetch", "log", "rebase", "range-diff"]);
      const [fetch, log, rebase, compare] = commands;
      await rig.run(worktree, ...fetch!);
      assertMatch(await rig.run(worktree, ...log!), /^ +Change notes\.txt$[^]*^\+from one$/m);
      assertEquals((await rig.git.run(worktree, rebase!)).code, 1);
      await Deno.writeTextFile(join(worktree, "notes.txt"), "from one\nfrom two\n");
      await rig.run(worktree, "add", "-A");
      await rig.run(worktree, "-c", "core.editor=true", "rebase", "--continue");
      // Of commits this small git does not say that they are the same one, changed.
      assertMatch(
        await rig.run(worktree, ...compare!),
        /^1: .* Change notes\.txt\n.* 1: .* Change notes\.txt$/,
      );
    }));
});
