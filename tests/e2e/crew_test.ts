import { join } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { callProgram } from "./program.ts";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";

async function inTown(use: (town: TestTown) => Promise<void>): Promise<void> {
  const town = await createTestTown();
  try {
    await use(town);
  } finally {
    await town.end();
  }
}

/** The process of a session, or undefined where there is none. */
async function pidOf(town: TestTown, session: string): Promise<string | undefined> {
  const socket = join(town.folder, ".gt", "tmux.sock");
  const words = ["display-message", "-p", "-t", `=${session}:`, "#{pane_pid}"];
  const { code, stdout } = await callProgram(["tmux", "-S", socket, ...words], {
    cwd: town.folder,
    env: town.env,
  });
  return code === 0 && stdout.trim() !== "" ? stdout.trim() : undefined;
}

/** Waits until the agent of a session has been briefed and is idle. */
async function idle(town: TestTown, session: string, besides?: string): Promise<string> {
  return await town.until(`${session} is idle`, async () => {
    const found: Answer[] = await town.json(["seance"]);
    const pid = await pidOf(town, session);
    return pid !== besides && found.some((row) => row.session === session && !row.endedAt) ? pid : undefined;
  });
}

/** Leaves a note, and waits until the next session has been shown it. */
async function handsOver(town: TestTown, session: Record<string, string>): Promise<void> {
  const { stdout } = await town.must(["handoff", "-m", "the second half is next", "--json"], session);
  const { note } = JSON.parse(stdout);
  await town.until("the note is shown", async () => {
    const [message] = await town.json(["bd", "show", note]);
    return message.status === "closed" && message.metadata.mail.delivered;
  });
}

describe("the crew", () => {
  it("has worktrees of its own, is sent mail, hands over, and leaves nothing behind", () =>
    inTown(async (town) => {
      const [added, again] = [
        await town.json(["crew", "add", "ann"]),
        await town.json(["crew", "add", "ann"]),
      ];
      assertEquals([added.created, again.created, added.branch], [true, false, "crew/ann"]);
      assertEquals((await town.gt(["crew", "add", "Ann B"])).code, 2);
      await town.must(["start"]);
      assertEquals((await town.json(["crew", "attach", "ann", "--detach"])).started, true);
      const first = await idle(town, "gt-crew-ann");
      assertEquals((await town.json(["crew", "attach", "ann", "--detach"])).started, false);
      const [rung] = await town.json(["nudge", "crew/ann", "Look at the login page"]);
      assertEquals(rung.outcome, "delivered");

      const session = { GT_ROLE: "crew", GT_SESSION: "gt-crew-ann", BD_ACTOR: "crew/ann" };
      await handsOver(town, session);
      await idle(town, "gt-crew-ann", first);

      await Deno.writeTextFile(join(added.path, "half.txt"), "half\n");
      const [row] = await town.json(["crew", "list"]);
      assertEquals([row.name, row.changes, row.ahead, row.running], ["ann", 1, 0, true]);
      assertMatch((await town.gt(["crew", "remove", "ann"])).stderr, /1 files? (is|are) not committed/);
      const { rescue } = await town.json(["crew", "remove", "ann", "--force"]);
      const repository = join(town.folder, "rigs", "app", "repo.git");
      assertEquals(await town.git(repository, "show", `${rescue}:half.txt`), "half");
      assertEquals([await town.json(["crew", "list"]), await pidOf(town, "gt-crew-ann")], [[], undefined]);
    }));
});

describe("gt coordinator attach", () => {
  it("starts the coordinator where it does not run, and the steward gives one that hands off a new session", () =>
    inTown(async (town) => {
      await town.must(["config", "set", "coordinator.agent", "script"]);
      const attach = ["coordinator", "attach", "--detach"];
      assertEquals((await town.json(attach)).started, true);
      const first = await idle(town, "gt-coordinator");
      await town.must(["start"]);
      assertEquals((await town.json(attach)).started, false);
      const session = { GT_ROLE: "coordinator", GT_SESSION: "gt-coordinator", BD_ACTOR: "coordinator" };
      await handsOver(town, session);
      await idle(town, "gt-coordinator", first);
      assertEquals((await town.gt(["coordinator", "attach"])).stderr.includes("not a terminal"), true);
    }));
});
