/**
 * What the tools before this one got wrong, as tests; what has a better place elsewhere is named there.
 *
 * @module
 */
import process from "node:process";
import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { createRefinery } from "../../src/refinery/refinery.ts";
import { callProgram, gtWords } from "./program.ts";
import { type TestRig, withRig } from "./rig_fixture.ts";
import { createTestTown, lostOrDoubled, type TestTown, type Work } from "./town_fixture.ts";

async function withTown(
  config: Record<string, string>,
  use: (town: TestTown) => Promise<void>,
): Promise<void> {
  const town = await createTestTown({ name: "gt pains ", config });
  try {
    await use(town);
  } finally {
    await town.end();
  }
}

/** A worker that commits a file, leaves another one uncommitted, and waits for `go` in the town. */
function held(id: string): Work {
  const script = [
    `- edit: { path: ${id}.txt, content: '${id}' }`,
    `- commit: Add ${id}`,
    `- edit: { path: ${id}-half.txt, content: 'not committed' }`,
    "- wait: { file: go }",
    "- commit: Add the rest",
    "- done: true",
  ].join("\n");
  return { id, script };
}

async function atWork(town: TestTown, ...ids: string[]): Promise<void> {
  await town.plan(ids.map(held));
  await town.must(["start"]);
  await town.must(["sling", ...ids, "app"]);
  for (const id of ids) {
    await town.until(`the worker of ${id} has left something uncommitted`, async () => {
      const worker = (await town.attempt(id))?.worker;
      if (worker === undefined) return undefined;
      const path = join(workers(town), String(worker), `${id}-half.txt`);
      return await Deno.stat(path).then(() => true, () => undefined);
    });
  }
}

const workers = (town: TestTown) => join(town.folder, "rigs", "app", "workers");
const go = (town: TestTown) => Deno.writeTextFile(join(town.folder, "go"), "");

/** The refs that keep what was in worktrees, with their commits. */
async function rescues(town: TestTown): Promise<string[]> {
  const repository = join(town.folder, "rigs", "app", "repo.git");
  const refs = await town.git(repository, "for-each-ref", "--format=%(refname)", "refs/gt/rescue");
  return refs.split("\n").filter(Boolean);
}

async function subjects(town: TestTown): Promise<string[]> {
  return (await town.git(town.remote, "log", "--first-parent", "--format=%s", "main")).split("\n");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a bead", () => {
  it("is closed with its commit or not at all, and nothing of one closed by hand is merged later (1, 8, 13)", () =>
    withTown({}, async (town) => {
      await atWork(town, "app-one");
      assertEquals((await town.gt(["--as", "bd", "close", "app-one"])).code, 1);
      await town.must(["shutdown", "--now"]);
      await town.must(["--as", "bd", "close", "app-one", "--force", "--reason", "not wanted"]);
      const env = {
        GT_BEAD: "app-one",
        GT_ATTEMPT: "1",
        GT_WORKER: "1",
        GT_RIG: "app",
        GT_TOWN: town.folder,
      };
      const zombie = await callProgram([...gtWords, "done", "--json"], {
        cwd: join(workers(town), "1"),
        env: { ...town.env, ...env },
      });
      assertEquals([zombie.code, JSON.parse(zombie.stderr).error.code], [1, "stale_attempt"]);
      await go(town);
      await town.must(["start"]);
      await town.until(
        "its worktree is cleared away",
        () => Deno.stat(join(workers(town), "1")).then(() => undefined, () => true),
      );
      assertEquals((await town.json(["bd", "show", "app-one"]))[0].close_reason, "not wanted");
      assertEquals(await subjects(town), ["begin"]);
      const kept = await rescues(town);
      assert(kept.length > 0);
      const repository = join(town.folder, "rigs", "app", "repo.git");
      assertEquals(await town.git(repository, "show", `${kept.at(-1)}:app-one-half.txt`), "not committed");
    }));

  it("is slung once, however many do it at once, and one that is opened again begins on the target as it is (9, 14)", () =>
    withTown({}, async (town) => {
      await town.plan([held("app-one")]);
      const slings = await Promise.all(
        Array.from({ length: 10 }, () => town.gt(["sling", "app-one", "app", "--json"])),
      );
      assertEquals(slings.filter(({ code }) => code === 0).length, 1);
      for (const { code, stderr } of slings) {
        if (code !== 0) assertEquals(JSON.parse(stderr).error.code, "already_slung");
      }
      await go(town);
      await town.must(["start"]);
      await town.landed();
      const clone = join(town.root, "somebody");
      await town.git(town.root, "clone", "-q", town.remote, clone);
      const person = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
      await town.git(clone, ...person, "commit", "-q", "--allow-empty", "-m", "meanwhile");
      await town.git(clone, "push", "-q", "origin", "HEAD:main");
      const script = (await Deno.readTextFile(join(town.folder, "scripts", "app-one.yaml"))).replaceAll(
        "app-one",
        "again",
      );
      await Deno.writeTextFile(join(town.folder, "scripts", "app-one.yaml"), script);
      await town.must(["--as", "bd", "reopen", "app-one"]);
      await town.must(["sling", "app-one", "app", "--wait"]);
      const { n, baseCommit } = await town.attempt("app-one");
      assertEquals([n, baseCommit], [2, await town.git(clone, "rev-parse", "HEAD")]);
    }));

  it("waits for what it needs and for a free place, and is merged once; the convoy lands when all are (16)", () =>
    withTown({ "limits.workers": "3" }, async (town) => {
      const ids = Array.from({ length: 12 }, (_, at) => `app-${at + 1}`);
      const work = ids.map((id, at): Work => ({
        id,
        // Each needs up to two that come before it, in a pattern that looks like none.
        needs: ids.slice(0, at).filter((_, other) => (at * 7 + other * 5) % 11 < 2).slice(0, 2),
        script: `- edit: { path: ${id}.txt, content: x }\n- commit: Add ${id}\n- done: true`,
      }));
      await town.plan(work);
      await town.must(["start"]);
      await town.must(["sling", ...[...ids].reverse(), "app"]);
      let most = 0;
      await town.until("all are merged", async () => {
        const placed = (await town.json(["worker", "list"])).filter((row: { state: string }) =>
          ["preparing", "starting", "working", "waiting"].includes(row.state)
        );
        most = Math.max(most, placed.length);
        return (await town.json(["hook"])).length === 0;
      }, 60);
      await town.landed();
      assert(most <= 3, `${most} at once`);
      assertEquals(await lostOrDoubled(town, ids), []);
      const order = (await subjects(town)).reverse().map((subject) => /^Merge (\S+):/.exec(subject)?.[1]);
      for (const { id, needs = [] } of work) {
        for (const need of needs) assert(order.indexOf(need) < order.indexOf(id), `${need} before ${id}`);
      }
    }));
});

describe("a project", () => {
  it("gets nothing of ours: not in its worktrees, not in what is merged (15)", () =>
    withTown({}, async (town) => {
      await town.plan([held("app-one")]);
      const script = [
        '- run: test -z "$(git status --porcelain --ignored)"',
        "- edit: { path: one.txt, content: one }",
        "- commit: Add one",
        "- done: true",
      ].join("\n");
      await Deno.writeTextFile(join(town.folder, "scripts", "app-one.yaml"), script);
      await town.must(["start"]);
      await town.must(["sling", "app-one", "app", "--wait"]);
      const files = await town.git(town.remote, "ls-tree", "-r", "--name-only", "main");
      assertEquals(files.split("\n"), ["README.md", "check.sh", "notes.txt", "one.txt"]);
      await town.until(
        "its branch is gone",
        async () => await town.git(town.remote, "for-each-ref", "--format=%(refname)") === "refs/heads/main",
      );
    }));
});

describe("a town", () => {
  it("is the same from everywhere: in another tmux, with another TMUX_TMPDIR, from a worktree (18)", () =>
    withTown({}, async (town) => {
      await atWork(town, "app-one");
      const elsewhere = { TMUX: "/nowhere/default,1,0", TMUX_TMPDIR: town.root, TMUX_PANE: "%7" };
      for (const cwd of [town.folder, join(workers(town), "1")]) {
        const called = await callProgram([...gtWords, "status", "--json"], {
          cwd,
          env: { ...town.env, ...elsewhere },
        });
        const { programs } = JSON.parse(called.stdout);
        assertEquals(programs.map((row: { state: string }) => row.state), Array(4).fill("alive"));
      }
    }));

  it("ends everything it started, stays down, and goes on where it was (13, 19, 20)", () =>
    withTown({}, async (town) => {
      await atWork(town, "app-one");
      const { programs } = await town.json(["status"]);
      const rows = [...programs, ...await town.json(["worker", "list"])] as { pid?: number }[];
      const pids = rows.flatMap(({ pid }) => pid ?? []);
      assertEquals(pids.length, 5);
      pids.push(await town.serverPid());
      const called = await town.must(["shutdown", "--now"]);
      assertMatch(called.stdout, /refs\/gt\/rescue\//);
      await town.until("all of them are gone", () => Promise.resolve(!pids.some(isAlive)));
      for (const words of [["status"], ["hook"], ["wake"], ["doctor"], ["--as", "bd", "list"]]) {
        await town.gt(words);
      }
      const after = await town.json(["status"]);
      assertEquals(after.desired, "down");
      assertEquals(after.programs.filter((row: { state: string }) => row.state !== "gone"), []);
      await go(town);
      await town.must(["start"]);
      await town.landed();
      assertEquals(await lostOrDoubled(town, ["app-one"]), []);
      assertEquals((await town.attempt("app-one")).n, 1);
    }));

  it("is up after a start that came in the middle of a shutdown, and started once by five starts (20, 21)", () =>
    withTown({}, async (town) => {
      await town.must(["start"]);
      const shutdown = town.gt(["shutdown"]);
      await town.until(
        "it is meant to be down",
        async () => (await Deno.readTextFile(join(town.folder, ".gt", "desired"))).includes("down"),
      );
      const starts = await Promise.all(Array.from({ length: 5 }, () => town.gt(["start", "--json"])));
      assertEquals((await shutdown).code, 0);
      assertEquals(
        starts.map(({ code }) => code),
        Array(5).fill(0),
        starts.map(({ stderr }) => stderr).join(""),
      );
      const { desired, programs } = await town.json(["status"]);
      assertEquals(desired, "up");
      assertEquals(programs.map((row: { state: string }) => row.state), Array(4).fill("alive"));
      const running = starts.map(({ stdout }) => JSON.parse(stdout).was_running);
      assertEquals(running.filter((was) => !was).length, 1);
      const log = await Deno.readTextFile(join(town.folder, ".gt", "logs", "steward.log"));
      assertEquals(log.match(/steward started/g)?.length, 2);
    }));
});

const checks = (run: string) => `    checks: [{name: test, run: ${JSON.stringify(run)}, timeout: 20s}]`;

/** Ticks a new refinery until nothing more is due now. */
async function drain(rig: TestRig): Promise<void> {
  const refinery = createRefinery(rig.deps, { rig: "app" });
  for (let woken = true;; woken = false) {
    const next = await refinery.tick(rig.context({ woken }));
    if (next === undefined || next > rig.deps.ports.clock.now() + 100) return;
  }
}

describe("the merge queue", () => {
  it("merges what was submitted although its branch is gone from the remote (11)", () =>
    withRig({}, async (rig) => {
      const commit = await rig.queued("app-1", { "one.txt": "1\n" });
      await rig.run(rig.repository.folder, "fetch", "-q", "origin");
      await rig.run(rig.remote, "branch", "-D", "gt/app-1");
      await drain(rig);
      assertEquals(rig.attempt("app-1").state, "merged");
      await rig.run(rig.remote, "merge-base", "--is-ancestor", commit, "main");
    }));

  it("never overwrites a target that somebody rewrote while the checks ran (14)", () => {
    const rewrite = "git -C ../../../../clone\\ rewriter push -qf origin HEAD:main";
    return withRig(
      { rig: checks(`test -f ../../../once || { touch ../../../once; ${rewrite}; }`) },
      async (rig) => {
        await rig.push("main", { "first.txt": "1\n" });
        const clone = join(rig.root, "..", "clone rewriter");
        await rig.run(rig.root, "clone", "-q", rig.remote, clone);
        await rig.run(clone, "commit", "-q", "--amend", "-m", "rewritten");
        await rig.queued("app-1", { "one.txt": "1\n" });
        await drain(rig);
        assertEquals(rig.attempt("app-1").state, "merged");
        assertEquals((await rig.landed()).map((line) => line.split("|")[0]), [
          "Merge app-1: Do app-1",
          "rewritten",
          "begin",
        ]);
      },
    );
  });

  it("is not stopped by what stands in the refinery's worktree, and keeps it (12)", () =>
    withRig({ rig: checks("test -f one.txt && test ! -e junk.txt") }, async (rig) => {
      const { refinery } = rig.deps.town.paths.rig("app");
      await Deno.mkdir(refinery, { recursive: true });
      await Deno.writeTextFile(join(refinery, "junk.txt"), "somebody's");
      await rig.queued("app-1", { "one.txt": "1\n" });
      await drain(rig);
      assertEquals(rig.attempt("app-1").state, "merged");
      const aside = [...Deno.readDirSync(join(refinery, ".."))].filter(({ name }) =>
        name.startsWith("refinery.aside-")
      );
      assertEquals(aside.length, 1);
      assertEquals(await Deno.readTextFile(join(refinery, "..", aside[0]!.name, "junk.txt")), "somebody's");
      await Deno.writeTextFile(join(refinery, "junk.txt"), "left by a check");
      await Deno.writeTextFile(join(refinery, "notes.txt"), "changed");
      await rig.queued("app-2", { "two.txt": "2\n" });
      await drain(rig);
      assertEquals(rig.attempt("app-2").state, "merged");
    }));
});
