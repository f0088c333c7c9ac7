import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { createTestTown, lostOrDoubled, type TestTown, type Work } from "./town_fixture.ts";

/** Two independent beads, and one that needs the first. */
function work(town: TestTown): Work[] {
  const page = (name: string) =>
    [
      `- edit: { path: ${name}.txt, content: '${name}' }`,
      `- commit: Add ${name}`,
      `- wait: { file: '${join(town.root, "go")}' }`,
      `- edit: { path: ${name}.md, content: '${name}' }`,
      `- commit: Describe ${name}`,
      "- done: true",
    ].join("\n");
  return [
    { id: "app-one", script: page("one") },
    { id: "app-two", script: page("two") },
    { id: "app-three", script: page("three"), needs: ["app-one"] },
  ];
}

const ids = ["app-one", "app-two", "app-three"];

async function withTown(run: (town: TestTown) => Promise<void>): Promise<void> {
  const town = await createTestTown();
  try {
    await run(town);
  } finally {
    await town.end();
  }
}

const go = (town: TestTown) => Deno.writeTextFile(join(town.root, "go"), "");

async function assertAllMergedOnce(town: TestTown): Promise<void> {
  await town.landed(60);
  assertEquals(await lostOrDoubled(town, ids), []);
}

/** Where a process kills itself, with the step of the life cycle it stands behind. */
const points = [
  "sling.after-write",
  "dispatch.after-grant",
  "prepare.after-worktree",
  "prepare.after-spawn",
  "prime.after-ready",
  "done.after-wip",
  "done.after-push",
  "done.after-submit",
  "witness.after-verify",
  "refinery.after-start",
  "refinery.after-test",
  "refinery.after-push",
  "refinery.after-merged",
  "steward.after-landed",
];

describe("after kill -9 at a step of the life cycle, everything is merged exactly once", () => {
  for (const point of points) {
    it(`by the process that stands at ${point}`, () =>
      withTown(async (town) => {
        const mark = join(town.root, "killed");
        const fault = { GT_FAULT: `${point}:${mark}` };
        await town.plan(work(town));
        await go(town);
        await town.must(["start"], fault);
        await town.gt(["sling", ...ids, "app"], fault);
        await town.until(`the kill at ${point}`, () => Deno.stat(mark).then(() => true, () => undefined));
        await town.must(["start"]);
        await assertAllMergedOnce(town);
      }));
  }
});

/** Ends a process of the town by its id. */
function kill(pid: number): void {
  Deno.kill(pid, "SIGKILL");
}

async function atWork(town: TestTown): Promise<void> {
  await town.plan(work(town));
  await town.must(["start"]);
  await town.must(["sling", ...ids, "app"]);
  await town.until("both workers are at work", async () => {
    const states = [(await town.attempt("app-one"))?.state, (await town.attempt("app-two"))?.state];
    return states.every((state) => state === "working");
  });
}

describe("after kill -9 from outside while workers work, everything is merged exactly once", () => {
  for (const loop of ["steward", "witness-app", "refinery-app"]) {
    it(`of the ${loop}`, () =>
      withTown(async (town) => {
        await atWork(town);
        const { programs } = await town.json(["status"]);
        const found = programs.find((row: { name: string }) => row.name === loop);
        assert(found?.pid, JSON.stringify(programs));
        kill(found.pid);
        await go(town);
        await town.must(["start"]);
        await assertAllMergedOnce(town);
      }));
  }

  it("of a worker's agent", () =>
    withTown(async (town) => {
      await atWork(town);
      const [worker] = await town.json(["worker", "list"]);
      kill(worker.pid);
      await go(town);
      await assertAllMergedOnce(town);
    }));

  it("of a worker's agent and of its git in the middle of a commit", () =>
    withTown(async (town) => {
      await atWork(town);
      const [worker] = await town.json(["worker", "list"]);
      const place = join(town.folder, "rigs", "app", "workers", String(worker.number));
      const administration = await town.git(place, "rev-parse", "--absolute-git-dir");
      const common = await town.git(place, "rev-parse", "--path-format=absolute", "--git-common-dir");
      const branch = await town.git(place, "symbolic-ref", "HEAD");
      for (const lock of [`${administration}/index`, `${administration}/HEAD`, `${common}/${branch}`]) {
        await Deno.writeTextFile(`${lock}.lock`, "");
      }
      kill(worker.pid);
      await go(town);
      await assertAllMergedOnce(town);
    }));

  it("of the tmux server", () =>
    withTown(async (town) => {
      await atWork(town);
      kill(await town.serverPid());
      await go(town);
      await town.must(["start"]);
      await assertAllMergedOnce(town);
    }));

  it("of everything at once", () =>
    withTown(async (town) => {
      await atWork(town);
      const { programs } = await town.json(["status"]);
      const workers = await town.json(["worker", "list"]);
      const server = await town.serverPid();
      for (const { pid } of [...programs, ...workers]) if (pid) kill(pid);
      kill(server);
      await go(town);
      await town.must(["start"]);
      await assertAllMergedOnce(town);
    }));
});

describe("after gt shutdown in the middle", () => {
  it("nothing runs until gt start, and then everything is merged exactly once", () =>
    withTown(async (town) => {
      await atWork(town);
      await town.must(["shutdown", "--now"]);
      const { desired, programs } = await town.json(["status"]);
      assertEquals(desired, "down");
      assertEquals(programs.filter((row: { state: string }) => row.state !== "gone"), []);
      await go(town);
      await town.must(["start"]);
      await assertAllMergedOnce(town);
    }));
});
