import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { openLedger } from "../../src/ledger/open.ts";
import { readRun } from "../../src/molecules/engine/journal/run_log.ts";
import { changeRun } from "../../src/molecules/engine/journal/run_store.ts";
import { allRuns } from "../../src/molecules/engine/journal/run_summary.ts";
import { testPorts } from "../unit/ledger/fixture.ts";
import { createTestClones, type TestRepository } from "./run_fixture.ts";

/** A command that says who it is and goes on once a file is gone. */
const held = (hold: string) =>
  `echo "$(basename $PWD) $GT_STEP.$GT_ATTEMPT" >>../effects; while test -e ../${hold}; do sleep 0.02; done; echo "$GT_STEP.$GT_ATTEMPT ended" >>../effects`;

const PAIR = `molecule: pair
steps:
  - { id: a, run: '${held("hold-a")}' }
  - { id: b, needs: [a], run: '${held("hold-b")}' }
finally:
  - { id: last, run: 'echo "last {{ status }}" >>../effects' }
`;

describe("a run on two clones at once", () => {
  let clones: [TestRepository, TestRepository];
  beforeEach(async () => {
    clones = await createTestClones();
    for (const clone of clones) await clone.molecule("pair", PAIR);
    for (const name of ["hold-a", "hold-b"]) await Deno.writeTextFile(path(name), "");
  });
  afterEach(() => clones[0].end());

  const path = (name: string) => join(clones[0].folder, "..", name);
  const effects = () => Deno.readTextFileSync(path("effects")).trim().split("\n");
  const holds = (text: string) => clones[0].holds("../effects", text);
  const status = async (clone: TestRepository) =>
    JSON.parse((await clone.gt(["mol", "status", "pair", "--json"])).stdout);
  const sync = async (...which: TestRepository[]) => {
    for (const clone of which) assertEquals((await clone.bd(["sync"])).code, 0);
  };

  it("is gone on with by the one that took it first, once both know", async () => {
    const [one, two] = clones;
    const begun = one.begin(["mol", "run", "pair"]);
    await holds("one a.1");
    begun.kill("SIGTERM");
    await begun.ended;
    await sync(one, two);
    const first = one.begin(["mol", "resume", "pair"]);
    await holds("one a.2");
    const second = two.begin(["mol", "resume", "pair"]);
    await holds("two a.2");
    await sync(one, two);
    const lost = await second.ended;
    assertEquals(lost.code, 1);
    assertStringIncludes(lost.stderr, "another driver has taken it");
    await sync(one);
    for (const name of ["hold-a", "hold-b"]) await Deno.remove(path(name));
    assertEquals((await first.ended).code, 0);
    assertEquals(effects(), [
      "one a.1",
      "one a.2",
      "two a.2",
      "a.2 ended",
      "one b.1",
      "b.1 ended",
      "last succeeded",
    ]);
    await sync(one, two, one);
    const [here, there] = [await status(one), await status(two)];
    assertEquals([here.status, here.steps], ["succeeded", there.steps]);
  });

  it("is steered only where it is driven; a run that has ended is tried again anywhere", async () => {
    const [one, two] = clones;
    const run = one.begin(["mol", "run", "pair"]);
    await holds("one a.1");
    await sync(one, two);
    await two.molecule("pair", PAIR + "on_failure:\n  - { id: told, run: 'true' }\n");
    for (const verb of ["pause", "resume", "cancel", "retry", "upgrade"]) {
      const file = verb === "upgrade" ? ["molecules/pair.yaml"] : [];
      const { code, stderr } = await two.gt(["mol", verb, "pair", ...file]);
      assertEquals(code, 1, verb);
      if (verb !== "resume") {
        assertStringIncludes(stderr, `Cannot ${verb} run`);
        assertStringIncludes(stderr, "ann drives it on another machine\nhint: Do it there: gt mol " + verb);
      }
      assertStringIncludes(stderr, "go on here: gt mol resume");
    }
    assertEquals((await status(two)).status, "running");
    const { id } = await status(two);
    assertEquals((await one.gt(["mol", "cancel", id])).code, 0);
    assertEquals((await run.ended).code, 1);
    await sync(one, two);
    for (const name of ["hold-a", "hold-b"]) await Deno.remove(path(name));
    const again = await two.gt(["mol", "retry", "pair"]);
    assertEquals(again.code, 0, again.stderr);
    assertEquals(effects().slice(2), [
      "two a.2",
      "a.2 ended",
      "two b.1",
      "b.1 ended",
      "last succeeded",
    ]);
  });

  /** What an earlier version let the other clone write, of which the driver hears only after `b` has begun. */
  async function late(kind: "paused" | "cancelled") {
    const [one, two] = clones;
    const run = one.begin(["mol", "run", "pair"]);
    await holds("one a.1");
    await sync(one, two);
    const ledger = openLedger(testPorts(), { folder: join(two.folder, ".beads") });
    const open = readRun(ledger.view, allRuns(ledger.view)[0]!.bead.key)!;
    changeRun(ledger, { open, actor: "bo", change: ({ push }) => push({ kind, by: "bo" }) });
    ledger.close();
    await Deno.remove(path("hold-a"));
    await holds("one b.1");
    await sync(two, one);
    return { one, run };
  }

  it("finds a command again that began before a pause was heard of which comes before it", async () => {
    const { one, run } = await late("paused");
    const paused = async () => {
      const { status: now, steps } = await status(one);
      return now === "paused" && steps[1].status === "ready";
    };
    for (const deadline = Date.now() + 30_000; !await paused();) {
      assert(Date.now() < deadline, "never paused");
    }
    await Deno.remove(path("hold-b"));
    await holds("b.1 ended");
    assertStringIncludes((await one.gt(["mol", "resume", "pair"])).stdout, `in process ${run.pid}`);
    const { code, stderr } = await run.ended;
    assertEquals(code, 0, stderr);
    assertEquals(effects(), ["one a.1", "a.1 ended", "one b.1", "b.1 ended", "last succeeded"]);
  });

  it("ends a command that began before a cancel was heard of which comes before it", async () => {
    const { one, run } = await late("cancelled");
    assertEquals((await run.ended).code, 1);
    assertEquals(effects(), ["one a.1", "a.1 ended", "one b.1", "last cancelled"]);
    const { steps } = await status(one);
    assert(steps.every(({ status }: { status: string }) => status !== "running"));
    const real = await Deno.realPath(one.folder);
    const atWork = [...Deno.readDirSync("/proc")].filter(({ name }) => {
      try {
        return /^\d+$/.test(name) && Deno.readLinkSync(`/proc/${name}/cwd`) === real;
      } catch {
        return false;
      }
    });
    assertEquals(atWork, []);
  });
});
