import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { callProgram } from "./program.ts";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";

async function inTown(use: (town: TestTown) => Promise<void>): Promise<void> {
  const town = await createTestTown({ config: { "limits.stop_grace": "1s" } });
  try {
    await use(town);
  } finally {
    await town.end();
  }
}

const programs = ["steward", "coordinator", "witness-app", "refinery-app"];

async function sessionsOf(town: TestTown): Promise<string[]> {
  const words = [
    "tmux",
    "-S",
    join(town.folder, ".gt", "tmux.sock"),
    "list-sessions",
    "-F",
    "#{session_name}",
  ];
  const { stdout } = await callProgram(words, { cwd: town.folder, env: town.env });
  return stdout.split("\n").filter(Boolean).sort();
}

async function program(town: TestTown, name: string): Promise<Answer> {
  const status = await town.json(["status"]);
  return status.programs.find((each: Answer) => each.name === name);
}

function kill(pid: number): void {
  Deno.kill(pid, "SIGKILL");
}

describe("gt start", () => {
  it("starts everything, answers, and does nothing the second time", () =>
    inTown(async (town) => {
      const first = await town.json(["start"]);
      assertEquals(first.was_running, false);
      assertEquals(
        first.programs.map(({ name, state }: Answer) => [name, state]),
        programs.map((name) => [name, "alive"]),
      );
      assertEquals(await sessionsOf(town), [
        "gt-coordinator",
        "gt-refinery-app",
        "gt-steward",
        "gt-witness-app",
      ]);
      const second = await town.json(["start"]);
      assertEquals(second.was_running, true);
      const pids = (started: Answer) => started.programs.map(({ pid }: Answer) => pid);
      assertEquals(pids(second), pids(first));
    }));

  it("says which agents there are where none is chosen, and starts nothing", () =>
    inTown(async (town) => {
      await town.must(["config", "unset", "agent"]);
      await town.must(["config", "unset", "coordinator.agent"]);
      const called = await town.gt(["start", "--json"], { PATH: withoutClaude(town.env.PATH!) });
      assertEquals(called.code, 1);
      const { error } = JSON.parse(called.stderr);
      assertEquals(error.code, "agent_not_configured");
      assertMatch(error.hints.join("\n"), /shell, script[\s\S]*gt config set agent/);
      assertEquals((await town.json(["status"])).desired, "down");
    }));

  it("names the town that is not there", () =>
    inTown(async (town) => {
      const called = await town.gt(["-C", town.root, "start"]);
      assertEquals(called.code, 1);
      assertMatch(called.stderr, /Cannot find a town/);
    }));

  it("brings everything back after the tmux server died", () =>
    inTown(async (town) => {
      await town.must(["start"]);
      kill(await town.serverPid());
      await town.until("the loops notice", async () => (await program(town, "steward")).state === "gone");
      const again = await town.json(["start"]);
      assertEquals(again.programs.map(({ state }: Answer) => state), programs.map(() => "alive"));
    }));
});

describe("the steward", () => {
  for (const name of ["witness-app", "refinery-app", "coordinator"]) {
    it(`starts ${name} again after kill -9`, () =>
      inTown(async (town) => {
        await town.must(["start"]);
        const { pid } = await program(town, name);
        kill(pid);
        await town.until(`${name} is back`, async () => {
          const found = await program(town, name);
          return found.state === "alive" && found.pid !== pid;
        });
      }));
  }

  it("starts the programs of a rig that is added, and ends those of one that is removed", () =>
    inTown(async (town) => {
      await town.must(["start"]);
      await town.must(["rig", "add", "other", town.remote, "--prefix", "oth"]);
      await town.until(
        "the new rig has its witness",
        async () => (await program(town, "witness-other"))?.state === "alive",
      );
      await town.must(["rig", "remove", "other"]);
      await town.until(
        "its sessions end",
        async () => !(await sessionsOf(town)).includes("gt-witness-other"),
      );
    }));
});

describe("gt shutdown", () => {
  it("ends everything, and it stays down", () =>
    inTown(async (town) => {
      await town.must(["start"]);
      const stopped = await town.json(["shutdown"]);
      assertEquals(stopped.troubles, []);
      assertEquals(stopped.ended.length, 4);
      assertEquals(await sessionsOf(town), []);
      const status = await town.json(["status"]);
      assertEquals(status.desired, "down");
      assertEquals(status.programs.map(({ state }: Answer) => state), programs.map(() => "gone"));
      assertEquals((await town.json(["shutdown"])).was_down, true);
      assertEquals((await town.gt(["wake"])).code, 1);
      const run = await town.gt(["steward", "run"]);
      assertEquals(run.code, 1);
      assertMatch(run.stderr, /the town is shut down/);
    }));

  it("keeps what is only in a worktree under a rescue ref as well", () =>
    inTown(async (town) => {
      await town.plan([{ id: "app-a", script: "- wait: 10m\n" }]);
      await town.must(["start"]);
      await town.must(["sling", "app-a", "app"]);
      await town.until("the worker works", async () => (await town.attempt("app-a"))?.state === "working");
      const worktree = join(town.folder, "rigs", "app", "workers", "1");
      await Deno.writeTextFile(join(worktree, "precious.txt"), "do not lose this\n");
      const stopped = await town.json(["shutdown", "--now"]);
      assertEquals(stopped.rescued.length, 1);
      const [{ ref }] = stopped.rescued;
      const repository = join(town.folder, "rigs", "app", "repo.git");
      assertEquals(await town.git(repository, "show", `${ref}:precious.txt`), "do not lose this");
      assertEquals(await Deno.readTextFile(join(worktree, "precious.txt")), "do not lose this\n");
    }));
});

describe("gt attach", () => {
  it("suggests the session that was meant, and needs a terminal", () =>
    inTown(async (town) => {
      await town.must(["start"]);
      const wrong = await town.gt(["attach", "cordinator"]);
      assertEquals(wrong.code, 1);
      assertMatch(wrong.stderr, /did you mean coordinator/);
      assertMatch((await town.gt(["mayor", "attach"])).stderr, /not a terminal/);
      assertEquals((await town.gt(["steward", "status"])).code, 0);
    }));
});

/** The PATH without folders that hold a real agent. */
function withoutClaude(path: string): string {
  const holds = (folder: string) => {
    try {
      return Deno.statSync(join(folder, "claude")).isFile;
    } catch {
      return false;
    }
  };
  return path.split(":").filter((folder) => !holds(folder)).join(":");
}
