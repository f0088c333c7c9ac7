import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createRefinery } from "../../src/refinery/refinery.ts";
import { pauseQueue, resumeQueue } from "../../src/refinery/pause.ts";
import { readHold } from "../../src/refinery/remote_hold.ts";
import { callProgram, gtWords } from "./program.ts";
import { type TestRig, withRig } from "./rig_fixture.ts";

const checks = (run: string) => `    checks: [{name: test, run: ${JSON.stringify(run)}, timeout: 20s}]`;

/** Ticks a new refinery until nothing more is due now. */
async function drain(rig: TestRig): Promise<void> {
  const refinery = createRefinery(rig.deps, { rig: "app" });
  for (let woken = true;; woken = false) {
    const next = await refinery.tick(rig.context({ woken }));
    if (next === undefined || next > rig.deps.ports.clock.now() + 100) return;
  }
}

async function isOnMain(rig: TestRig, commit: string): Promise<boolean> {
  const finished = await rig.git.run(rig.remote, ["merge-base", "--is-ancestor", commit, "main"]);
  return finished.code === 0;
}

describe("the refinery", () => {
  it("merges what is queued, closes the bead with the proof, removes the branch and tells the others", async () => {
    await withRig({ rig: checks("test -f one.txt && test -f notes.txt") }, async (rig) => {
      const commit = await rig.queued("app-1", { "one.txt": "1\n" });
      assertEquals(rig.mailOf("refinery/app").map(({ subject }) => subject), ["MERGE_READY app-1"]);
      await drain(rig);
      const attempt = rig.attempt("app-1");
      assertEquals([attempt.state, rig.bead("app-1").status], ["merged", "closed"]);
      assert(await isOnMain(rig, commit));
      assertEquals(await rig.run(rig.remote, "rev-parse", "main"), attempt.landed);
      assertEquals((await rig.landed())[0], "Merge app-1: Do app-1|app-1|1");
      assertEquals(await rig.run(rig.remote, "for-each-ref", "--format=%(refname)"), "refs/heads/main");
      assertEquals(rig.mailOf("witness/app").map(({ subject }) => subject), [
        "WORKER_DONE app-1",
        "MERGED app-1",
      ]);
      assertEquals(rig.mailOf("refinery/app"), []);
    });
  });

  it("lands one after the other, the most important first, each tested with what landed before", async () => {
    await withRig({ rig: checks("ls *.txt >>../../../order") }, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      await rig.queued("app-2", { "two.txt": "2\n" }, { priority: 0 });
      await drain(rig);
      assertEquals(await rig.landed(), [
        "Merge app-1: Do app-1|app-1|1",
        "Merge app-2: Do app-2|app-2|1",
        "begin||",
      ]);
      const order = await Deno.readTextFile(join(rig.root, "order"));
      assertEquals(order.split("\n").filter(Boolean), [
        "notes.txt",
        "two.txt",
        "notes.txt",
        "one.txt",
        "two.txt",
      ]);
    });
  });

  it("sends a conflict back with both sides, and lands the others", async () => {
    await withRig({}, async (rig) => {
      await rig.queued("app-1", { "notes.txt": "from one\n" }, { priority: 0 });
      await rig.queued("app-2", { "notes.txt": "from two\n" }, { priority: 1 });
      await rig.queued("app-3", { "three.txt": "3\n" });
      await drain(rig);
      assertEquals((await rig.landed()).map((line) => line.split("|")[1]), ["app-3", "app-1", ""]);
      const attempt = rig.attempt("app-2");
      assertEquals([attempt.n, attempt.state, attempt.failure?.kind], [2, "hooked", "conflict"]);
      assertEquals(attempt.failure?.files, ["notes.txt"]);
      for (const side of ["from one", "from two"]) assert(attempt.failure?.detail?.includes(side), side);
      assertMatch(rig.mailOf("worker-2")[0]!.subject, /^MERGE_FAILED app-2: REWORK_REQUEST$/);
    });
  });

  it("sends a red check back with the end of its output, and leaves the target as it was", async () => {
    const run = "echo token=$GT_BEAD.$GT_ATTEMPT.$CI.${TMUX-none}; echo bad >&2; exit 3";
    await withRig({ rig: checks(run) }, async (rig) => {
      const commit = await rig.queued("app-1", { "one.txt": "1\n" });
      await drain(rig);
      const { failure, state } = rig.attempt("app-1");
      assertEquals([state, failure?.kind], ["hooked", "checks"]);
      assertEquals(failure?.summary, 'Check "test" failed with exit code 3');
      assert(failure?.detail?.includes("token=app-1.1.1.none\nbad"), failure?.detail);
      assert(!await isOnMain(rig, commit));
      const log = await Deno.readTextFile(join(rig.root, ".gt", "logs", "checks", "app-1-1.log"));
      assert(log.includes("bad"));
    });
  });

  it("takes a check for red whose first command fails, whatever the last one says", async () => {
    await withRig({ rig: checks("false; true") }, async (rig) => {
      const commit = await rig.queued("app-1", { "one.txt": "1\n" });
      await drain(rig);
      assertEquals(rig.attempt("app-1").failure?.kind, "checks");
      assert(!await isOnMain(rig, commit));
    });
  });

  it("ends a check that takes too long, with everything it started", async () => {
    const run = "sleep 300 & echo $! >../../../pid; wait";
    const rigLines = `    checks: [{name: slow, run: ${JSON.stringify(run)}, timeout: 300ms}]`;
    await withRig({ rig: rigLines }, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      await drain(rig);
      assertEquals(rig.attempt("app-1").failure?.summary, 'Check "slow" took longer than 300ms');
      const pid = Number(await Deno.readTextFile(join(rig.root, "pid")));
      assert(rig.deps.ports.processes.startMark(pid) === undefined || isZombie(rig, pid));
    });
  });

  it("does not wait for what a check leaves running, and ends it", async () => {
    await withRig({ rig: checks("sleep 300 & echo $! >../../../pid; true") }, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      await drain(rig);
      assertEquals(rig.attempt("app-1").state, "merged");
      const pid = Number(await Deno.readTextFile(join(rig.root, "pid")));
      assert(rig.deps.ports.processes.startMark(pid) === undefined || isZombie(rig, pid));
    });
  });

  it("squashes, and does not land the same work twice when it forgot that it had", async () => {
    await withRig({ rig: "    merge: squash\n    keep_branches: true" }, async (rig) => {
      const commit = await rig.queued("app-1", { "one.txt": "1\n" });
      await rig.queued("app-2", { "two.txt": "2\n" });
      await drain(rig);
      assertEquals((await rig.landed()).toSorted(), ["Do app-1|app-1|1", "Do app-2|app-2|1", "begin||"]);
      assert(!await isOnMain(rig, commit));
      const landed = rig.attempt("app-1").landed;
      assertEquals((await rig.run(rig.remote, "rev-list", "--parents", "-1", landed!)).split(" ").length, 2);
      const author = await rig.run(rig.remote, "log", "-1", "--format=%an", landed!);
      assertEquals(author, "t");
      const again = { ...rig.attempt("app-1"), state: "queued" };
      rig.deps.town.ledger.write("test", (transaction) =>
        void transaction.set(rig.bead("app-1").key, {
          status: "in_progress",
          "metadata.attempt": again as never,
        }));
      await drain(rig);
      assertEquals(rig.attempt("app-1").landed, landed);
      assertEquals((await rig.landed()).length, 3);
    });
  });

  it("rebases simple branches, and merges those that have merges of their own", async () => {
    await withRig({ rig: "    merge: rebase" }, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      await rig.push("main", { "other.txt": "x\n" });
      await drain(rig);
      assertEquals((await rig.landed()).map((line) => line.split("|")[0]), [
        "Change one.txt",
        "Change other.txt",
        "begin",
      ]);
      assertEquals(rig.attempt("app-1").state, "merged");
      await rig.submitted("app-2", { "two.txt": "2\n" });
      await mergeOwn(rig, "app-2");
      rig.happen("app-2", { kind: "verified" });
      await drain(rig);
      assertEquals((await rig.landed())[0], "Merge app-2: Do app-2|app-2|1");
    });
  });

  it("follows a target that moved while the checks ran, and tests again", async () => {
    const run =
      'test -f ../../../moved || { touch ../../../moved; git -C "$CLONE" push -q origin HEAD:main; }';
    await withRig({ rig: checks(run) }, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      const clone = join(rig.root, "..", "mover");
      await rig.run(rig.root, "clone", "-q", rig.remote, clone);
      await rig.run(clone, "commit", "-q", "--allow-empty", "-m", "moved meanwhile");
      const all = { ...rig.deps.ports.env.all(), CLONE: clone };
      const ports = { ...rig.deps.ports, env: { ...rig.deps.ports.env, all: () => all } };
      await drain({ ...rig, deps: { ...rig.deps, ports } });
      assertEquals((await rig.landed()).map((line) => line.split("|")[0]), [
        "Merge app-1: Do app-1",
        "moved meanwhile",
        "begin",
      ]);
    });
  });

  it("keeps an entry that the remote refuses, tells a person once, and lands it when the remote allows it", async () => {
    await withRig({}, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      await rig.queued("app-2", { "two.txt": "2\n" });
      const hook = join(rig.remote, "hooks", "update");
      const refuse = '#!/bin/sh\n[ "$1" = refs/heads/main ] || exit 0\necho "protected branch" >&2\nexit 1\n';
      await Deno.writeTextFile(hook, refuse, { mode: 0o755 });
      await drain(rig);
      for (const id of ["app-1", "app-2"]) {
        const { state, tries, question, notBefore, since } = rig.attempt(id);
        assertEquals([state, tries], ["queued", 1]);
        assertMatch(question!, /hook declined.*protected branch/);
        assertEquals(notBefore - since, 1_000);
      }
      await drain(rig);
      assertEquals(rig.mailOf("overseer").length, 2);
      await Deno.remove(hook);
      await drain(rig);
      assertEquals([rig.attempt("app-1").state, rig.attempt("app-2").state], ["merged", "merged"]);
    });
  });

  it("waits for a remote that does not answer without writing anything, and tells a person when it lasts", async () => {
    let at = 1_800_000_000_000;
    await withRig({ now: () => at }, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      await Deno.rename(rig.remote, rig.remote + ".away");
      const refinery = createRefinery(rig.deps, { rig: "app" });
      const version = rig.deps.town.ledger.version();
      await refinery.tick(rig.context({ woken: true }));
      assertEquals([rig.attempt("app-1").state, rig.deps.town.ledger.version()], ["queued", version]);
      const due = await refinery.tick(rig.context());
      assertEquals(due, at + 1_000);
      while (rig.mailOf("overseer").length === 0) {
        at = (await refinery.tick(rig.context()))!;
        if (at > 1_800_000_200_000) throw new Error("nobody was told");
      }
      await Deno.rename(rig.remote + ".away", rig.remote);
      at += 60_000;
      await refinery.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "merged");
      assertEquals(readHold(rig.deps, "app"), undefined);
      assertEquals(rig.mailOf("overseer").length, 1);
    });
  });

  it("begins nothing while it is paused, and goes on afterwards", async () => {
    await withRig({}, async (rig) => {
      const place = { paths: rig.deps.town.paths, rig: "app" };
      await rig.queued("app-1", { "one.txt": "1\n" });
      assert(pauseQueue(rig.deps.ports, { ...place, pause: { by: "overseer", at: 0 } }));
      await drain(rig);
      assertEquals(rig.attempt("app-1").state, "queued");
      assert(resumeQueue(rig.deps.ports, place));
      await drain(rig);
      assertEquals(rig.attempt("app-1").state, "merged");
    });
  });

  it("puts the entry back when it is told to end during a check", async () => {
    await withRig({ rig: checks("sleep 300") }, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      const stop = new AbortController();
      const ticking = createRefinery(rig.deps, { rig: "app" }).tick(rig.context({ signal: stop.signal }));
      const { ephemeral } = rig.deps.town.ledger;
      while (ephemeral.list("run").length === 0) await rig.deps.ports.clock.sleep(5);
      stop.abort();
      await ticking;
      assertEquals(rig.attempt("app-1").state, "queued");
      assertEquals([ephemeral.list("run"), ephemeral.list("check")], [[], []]);
    });
  });

  for (
    const [point, lands] of [["after-start", false], ["after-test", false], ["after-push", true]] as const
  ) {
    it(`killed right ${point.replace("-", " ")} it merges exactly once after its restart`, async () => {
      await withRig({ rig: checks("test -f one.txt") }, async (rig) => {
        const commit = await rig.queued("app-1", { "one.txt": "1\n" });
        const killed = await callProgram([...gtWords, "refinery", "run", "app"], {
          cwd: rig.root,
          env: { ...rig.env, GT_FAULT: `refinery.${point}:${join(rig.root, "fault")}` },
        });
        assertEquals(killed.code, 137, killed.stderr);
        assertEquals([rig.attempt("app-1").state, await isOnMain(rig, commit)], ["merging", lands]);
        await drain(rig);
        assertEquals(rig.attempt("app-1").state, "merged");
        assertEquals(await rig.landed(), ["Merge app-1: Do app-1|app-1|1", "begin||"]);
        assert(await isOnMain(rig, rig.attempt("app-1").landed!));
      });
    });
  }
});

/** Gives the branch of a bead a merge of its own, and submits that. */
async function mergeOwn(rig: TestRig, id: string): Promise<void> {
  const clone = join(rig.root, "..", "merger");
  await rig.run(rig.root, "clone", "-q", "-b", `gt/${id}`, rig.remote, clone);
  await rig.run(clone, "checkout", "-q", "-b", "side", "HEAD~1");
  await rig.run(clone, "commit", "-q", "--allow-empty", "-m", "side");
  await rig.run(clone, "checkout", "-q", `gt/${id}`);
  await rig.run(clone, "merge", "-q", "--no-ff", "-m", "own merge", "side");
  await rig.run(clone, "push", "-q", "origin", `gt/${id}`);
  const commit = await rig.run(clone, "rev-parse", "HEAD");
  const { bead, attempt } = { bead: rig.bead(id), attempt: { ...rig.attempt(id), commit } };
  rig.deps.town.ledger.write(
    "test",
    (transaction) => void transaction.set(bead.key, { "metadata.attempt": attempt as never }),
  );
}

function isZombie(rig: TestRig, pid: number): boolean {
  return rig.deps.ports.processes.startMark(pid) === "zombie";
}
