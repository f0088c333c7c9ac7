import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createRefinery } from "../../src/refinery/refinery.ts";
import { callProgram, gtWords } from "./program.ts";
import { type TestRig, withRig } from "./rig_fixture.ts";

interface Called {
  code: number;
  stdout: string;
  stderr: string;
}

function gt(rig: TestRig, ...words: string[]): Promise<Called> {
  return callProgram([...gtWords, ...words], { cwd: rig.root, env: rig.env });
}

// deno-lint-ignore no-explicit-any
async function json(rig: TestRig, ...words: string[]): Promise<any> {
  const called = await gt(rig, ...words, "--json");
  if (called.stdout === "") throw new Error(called.stderr);
  return JSON.parse(called.stdout);
}

async function drain(rig: TestRig): Promise<void> {
  const refinery = createRefinery(rig.deps, { rig: "app" });
  for (let woken = true;; woken = false) {
    const next = await refinery.tick(rig.context({ woken }));
    if (next === undefined || next > rig.deps.ports.clock.now() + 100) return;
  }
}

describe("gt mq", () => {
  it("lists the queue in the order of landing, as text and as JSON, and shows an entry", async () => {
    await withRig({}, async (rig) => {
      assertMatch((await gt(rig, "mq", "list")).stdout, /^app {2}nothing to merge/);
      const commit = await rig.queued("app-1", { "one.txt": "1\n" });
      await rig.queued("app-2", { "two.txt": "2\n" }, { priority: 0 });
      await rig.submitted("app-3", { "three.txt": "3\n" });
      const text = (await gt(rig, "mq", "list", "app")).stdout;
      assertMatch(
        text,
        /^app {2}2 to merge, 1 being verified\n {2}1 {2}app-2 .*\n {2}2 {2}app-1 .*worker-1.*queued/,
      );
      const [report] = await json(rig, "mq", "list");
      assertEquals(
        report.entries.map((entry: { bead: string; position: number }) => [entry.position, entry.bead]),
        [[1, "app-2"], [2, "app-1"]],
      );
      assertEquals(report.verifying, ["app-3"]);
      const shown = await json(rig, "mq", "show", "app-1");
      assertEquals([shown.rig, shown.commit, shown.state, shown.refusals], ["app", commit, "queued", 0]);
      const refused = await gt(rig, "mq", "show", "app-3");
      assertEquals(refused.code, 1);
      assertMatch(refused.stderr, /Cannot show "app-3": it is not in a merge queue/);
      assertEquals((await gt(rig, "mq", "list", "nowhere")).code, 1);
    });
  });

  it("pauses and resumes, and says so when nothing changes", async () => {
    await withRig({}, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      assertEquals(await json(rig, "mq", "pause", "--reason", "release day"), {
        rig: "app",
        paused: true,
        changed: true,
      });
      assertMatch((await gt(rig, "mq", "pause")).stdout, /paused already, by overseer/);
      assertMatch(
        (await gt(rig, "mq", "list")).stdout,
        /paused by overseer: release day {2}gt mq resume app/,
      );
      await drain(rig);
      assertEquals(rig.attempt("app-1").state, "queued");
      assertEquals((await json(rig, "mq", "resume")).changed, true);
      assertEquals((await json(rig, "mq", "resume")).changed, false);
      await drain(rig);
      assertEquals(rig.attempt("app-1").state, "merged");
    });
  });

  it("is named where somebody looks for what waits while it is paused, with what lets it go on", async () => {
    await withRig({}, async (rig) => {
      await gt(rig, "mq", "pause", "--reason", "release day");
      assertEquals((await gt(rig, "status")).stdout.includes("mq resume"), false);
      await rig.queued("app-1", { "one.txt": "1\n" });
      await rig.submitted("app-2", { "two.txt": "2\n" });
      await gt(rig, "convoy", "create", "All", "app-1", "app-2");
      assertMatch(
        (await gt(rig, "status")).stdout,
        /^ {2}! app {2}2 beads wait, as its merge queue is paused by overseer: release day \(.*\)\n {6}gt mq resume app$/m,
      );
      assertEquals((await json(rig, "status")).rigs[0].paused.reason, "release day");
      for (const words of [["status"], ["show", "All"]]) {
        assertMatch(
          (await gt(rig, "convoy", ...words)).stdout,
          /^The merge queue of app is paused by overseer: release day {2}gt mq resume app$/m,
        );
      }
      assertMatch(
        (await gt(rig, "doctor")).stdout,
        /^! rig app: merge queue: paused by overseer: release day\n {4}gt mq resume app$/m,
      );
      await gt(rig, "mq", "resume");
      for (const words of [["status"], ["convoy", "status"], ["doctor"]]) {
        assertEquals((await gt(rig, ...words)).stdout.includes("mq resume"), false, words.join(" "));
      }
    });
  });

  it("rejects what waits, with the reason for whoever reworks it, in one change", async () => {
    await withRig({}, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      const rejected = await gt(rig, "mq", "reject", "app-1", "--reason", "it needs tests");
      assertEquals(rejected.code, 0, rejected.stderr);
      const { n, state, failure } = rig.attempt("app-1");
      assertEquals([n, state, failure], [2, "hooked", {
        kind: "rejected",
        summary: "Rejected by overseer: it needs tests",
      }]);
      assertMatch(rig.mailOf("worker-1")[0]!.body, /it needs tests/);
      const again = await gt(rig, "mq", "reject", "app-1");
      assertEquals(again.code, 1);
      assertMatch(again.stderr, /Cannot reject "app-1": it is hooked/);
    });
  });

  it("has a refused merge tried at once, and gives what was given up another attempt", async () => {
    await withRig({}, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      rig.happen("app-1", { kind: "mergeStarted" }, { kind: "pushRejected", reason: "protected branch" });
      assertMatch((await gt(rig, "mq", "list")).stdout, /again in .*refused: protected branch/);
      const refinery = createRefinery(rig.deps, { rig: "app" });
      assert((await refinery.tick(rig.context()))! > rig.deps.ports.clock.now());
      assertEquals((await json(rig, "mq", "retry", "app-1")).how, "at-once");
      await drain(rig);
      assertEquals(rig.attempt("app-1").state, "merged");
      assertMatch(
        (await gt(rig, "mq", "retry", "app-1")).stderr,
        /Cannot retry "app-1": it is not under way/,
      );

      await rig.working("app-2", { "two.txt": "2\n" });
      while (rig.attempt("app-2").state !== "escalated") {
        if (rig.attempt("app-2").state === "working") {
          rig.happen("app-2", { kind: "workerFailed", reason: "no idea" });
          continue;
        }
        rig.happen("app-2", { kind: "granted", worker: 2 }, { kind: "sessionSpawned" }, {
          kind: "agentReady",
        });
      }
      const retried = await json(rig, "mq", "retry", "app-2");
      assertEquals([retried.how, retried.state, retried.attempt], ["new-attempt", "hooked", 6]);
    });
  });
});

describe("gt refinery and gt witness", () => {
  it("say whether they run and what they have to do", async () => {
    await withRig({}, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      for (const role of ["refinery", "witness"]) {
        const status = await gt(rig, role, "status");
        assertEquals(status.code, 1);
        assertMatch(
          status.stdout,
          new RegExp(`^${role}-app ○ does not run: 1 (to merge|worker); next: gt start`),
        );
        const [row] = await json(rig, role, "status");
        assertEquals([row.name, row.session, row.state], [`${role}-app`, `gt-${role}-app`, "gone"]);
      }
    });
  });

  it("end what a killed refinery left running before they test again", async () => {
    const run = "if [ -e ../../../second ]; then exit 0; fi; touch ../../../second; " +
      "echo $$ >../../../pid; touch ../../../started; sleep 300";
    const checks = `    checks: [{name: test, run: ${JSON.stringify(run)}}]`;
    await withRig({ rig: checks }, async (rig) => {
      await rig.queued("app-1", { "one.txt": "1\n" });
      const child = new Deno.Command(gtWords[0]!, {
        args: [...gtWords.slice(1), "refinery", "run", "app"],
        cwd: rig.root,
        env: rig.env,
        clearEnv: true,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const { clock, files, processes } = rig.deps.ports;
      try {
        const deadline = clock.now() + 20_000;
        while (!files.exists(join(rig.root, "started"))) {
          if (clock.now() > deadline) throw new Error("the check never started");
          await clock.sleep(10);
        }
        const [status] = await json(rig, "refinery", "status");
        assertEquals([status.state, status.merging], ["alive", "app-1"]);
        assertMatch((await gt(rig, "mq", "list")).stdout, /checks test for/);
      } finally {
        child.kill("SIGKILL");
        await child.status;
      }
      const pid = Number(await Deno.readTextFile(join(rig.root, "pid")));
      assertEquals(processes.observe(pid), "alive");
      await drain(rig);
      const mark = processes.startMark(pid);
      assert(mark === undefined || mark === "zombie");
      assertEquals(rig.attempt("app-1").state, "merged");
    });
  });
});
