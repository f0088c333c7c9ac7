import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { callProgram } from "./program.ts";
import { type Answer, createTestTown, lostOrDoubled, type TestTown } from "./town_fixture.ts";
import { molecule } from "./town_run_fixture.ts";

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

/** What `gt done` in a worktree said, and how it ended. */
async function done(town: TestTown, path: string, ...words: string[]) {
  const called = await town.gt(["-C", path, "done", ...words, "--json"]);
  return { ...called, said: called.code === 0 ? JSON.parse(called.stdout) : JSON.parse(called.stderr).error };
}

async function commit(town: TestTown, path: string, files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(path, name), text);
  await town.git(path, "add", "-A");
  await town.git(path, "-c", "user.name=Ann", "-c", "user.email=ann@localhost", "commit", "-qm", "By hand");
  return await town.git(path, "rev-parse", "HEAD");
}

describe("work of the crew", () => {
  it("comes off the hook before its member is removed", () =>
    inTown(async (town) => {
      for (const id of ["app-1", "app-2", "app-3"]) await town.must(["--as", "bd", "create", id, "--id", id]);
      const { path } = await town.json(["crew", "add", "ann"]);
      await town.must(["sling", "app-1", "app-2", "crew/ann"]);
      await town.must(["--as", "bd", "update", "app-3", "--claim", "--actor", "crew/ann"]);
      await commit(town, path, { "one.txt": "1\n" });
      await done(town, path, "app-2");
      await Deno.writeTextFile(join(path, "half.txt"), "half\n");
      const refused = await town.gt(["crew", "remove", "ann"]);
      assertEquals([refused.code, refused.stderr], [
        1,
        'error: Cannot remove crew "ann": 3 beads are on its hook, and 1 file is not committed\n' +
        "hint: gt unsling app-1\n" +
        "hint: gt unsling app-2\n" +
        'hint: bd update app-3 --status open --assignee ""\n' +
        "hint: Commit the files\n" +
        "hint: gt crew remove ann --force   takes beads off the hook and keeps files under a rescue ref\n",
      ]);
      assertMatch((await town.gt(["rig", "remove", "app"])).stderr, /3 beads are on its hooks/);
      await town.must(["unsling", "app-1"]);
      assertEquals((await town.json(["crew", "remove", "ann", "--force"])).released, ["app-2", "app-3"]);
      for (const id of ["app-1", "app-2", "app-3"]) {
        const [bead] = await town.json(["bd", "show", id]);
        assertEquals([id, bead.status, bead.assignee], [id, "open", undefined]);
      }
      await town.must(["crew", "add", "bob"]);
      await town.must(["sling", "app-1", "crew/bob"]);
      assertEquals((await town.json(["rig", "remove", "app", "--force"])).released, ["app-1"]);
      assertEquals((await town.json(["bd", "show", "app-1"]))[0].status, "open");
    }));

  it("is given to members that there are, and to nobody else", () =>
    inTown(async (town) => {
      await town.must(["--as", "bd", "create", "Do it", "--id", "app-1"]);
      const none = await town.gt(["sling", "app-1", "crew/nobody"]);
      assertEquals([none.code, none.stderr], [
        1,
        'error: Cannot sling to "crew/nobody": there is no such member of the crew\n' +
        "hint: gt crew add nobody --rig RIG\n",
      ]);
      await town.json(["crew", "add", "ann"]);
      const wrong = await town.gt(["sling", "app-1", "crew/nobody"]);
      assertMatch(wrong.stderr, /\nhint: There are: crew\/ann\n/);
      const file = join(town.root, "convoy.yaml");
      await Deno.writeTextFile(file, "name: X\nbeads:\n  - { id: app-1, rig: crew/nobody }\n");
      assertMatch(
        (await town.gt(["convoy", "launch", file])).stderr,
        /there is no crew "crew\/nobody"; known are crew\/ann/,
      );
      await molecule(town, "ask", "steps:\n  - { id: a, agent: { role: crew/nobody }, prompt: Look }\n");
      const run = await town.gt(["mol", "run", "ask"]);
      assertEquals(run.code, 1);
      assertMatch(run.stdout, /✗ a .*Cannot sling to "crew\/nobody": there is no such member/);
      assertEquals((await town.json(["bd", "show", "app-1"]))[0].status, "open");
      await town.must(["sling", "app-1", "crew/ann"]);
    }));

  it("goes through the merge queue, comes back when it fails, and lands", () =>
    inTown(async (town) => {
      for (const id of ["app-1", "app-2"]) await town.must(["--as", "bd", "create", `Do ${id}`, "--id", id]);
      await town.must(["convoy", "create", "All", "app-1"]);
      await town.must(["start"]);
      const { path } = await town.json(["crew", "add", "ann"]);
      assertEquals((await done(town, path)).said.code, "hook_empty");
      await town.must(["sling", "app-1", "crew/ann"]);
      assertEquals((await done(town, path)).said.code, "nothing_to_submit");

      // The check of the test town is red while a file has marks of a conflict.
      await commit(town, path, { "notes.txt": "<<<<<<< mine\n" });
      await Deno.writeTextFile(join(path, "README.md"), "half\n");
      assertEquals((await done(town, path)).said.code, "not_committed");
      await town.git(path, "checkout", "README.md");
      await Deno.writeTextFile(join(path, "scratch.txt"), "mine\n");
      const first = (await done(town, path)).said;
      assertEquals([first.bead, first.attempt, first.untracked], ["app-1", 1, 1]);
      const [failed] = await town.until("it comes back", async () => {
        const mail: Answer[] = await town.json(["mail", "inbox", "crew/ann"]);
        return mail.length > 0 && mail;
      });
      assertMatch(failed.subject, /MERGE_FAILED app-1/);
      assertMatch(failed.body, /then: gt done app-1/);
      const [back] = await town.json(["bd", "show", "app-1"]);
      assertEquals([back.status, back.assignee, back.metadata.attempt.state], [
        "hooked",
        "crew/ann",
        "released",
      ]);

      const mended = await commit(town, path, { "notes.txt": "all is well\n", "scratch.txt": "mine\n" });
      const second = (await done(town, path, "app-1")).said;
      assertEquals([second.attempt, second.commit], [2, mended]);
      await town.landed();
      assertEquals(await lostOrDoubled(town, ["app-1"]), []);
      assertEquals(await town.git(path, "branch", "--show-current"), "crew/ann");
      assertEquals(await town.json(["worker", "list"]), []);

      // What somebody else works at is not theirs to submit.
      await town.must(["config", "set", "limits.workers", "1"]);
      await commit(town, path, { "more.txt": "more\n" });
      await town.must(["sling", "app-2", "app"]);
      assertEquals((await done(town, path, "app-2")).said.code, "already_slung");
      assertEquals((await done(town, path, "app-1")).said.code, "bead_closed");
      assertEquals((await town.gt(["-C", town.folder, "done", "app-2"])).code, 1);
    }));

  it("takes the place of what was submitted before, once, whatever is killed in between", () =>
    inTown(async (town) => {
      await town.must(["--as", "bd", "create", "Do it", "--id", "app-1"]);
      await town.must(["convoy", "create", "All", "app-1"]);
      const { path } = await town.json(["crew", "add", "ann"]);
      await commit(town, path, { "one.txt": "1\n" });
      assertEquals((await done(town, path, "app-1")).said.attempt, 1);
      assertEquals((await done(town, path, "app-1")).said.attempt, 1);
      const last = await commit(town, path, { "two.txt": "2\n" });
      for (const point of ["hand-in.after-push", "hand-in.after-submit"]) {
        const { code } = await town.gt(["-C", path, "done", "app-1"], {
          GT_FAULT: `${point}:${join(town.root, point)}`,
        });
        assert(code !== 0, `${point} was not passed`);
      }
      const { said } = await done(town, path, "app-1");
      assertEquals([said.attempt, said.commit], [2, last]);
      await town.must(["start"]);
      await town.landed();
      assertEquals(await lostOrDoubled(town, ["app-1"]), []);
    }));
});

describe("a checklist of the crew", () => {
  it("leads to the merge queue, and the briefing names its steps", () =>
    inTown(async (town) => {
      const steps = "steps:\n  - { id: change, title: Change it, acceptance: It works }\n" +
        "  - { id: look, title: Look again, needs: [change] }\n";
      await Deno.writeTextFile(join(town.folder, "molecules", "two.yaml"), `molecule: two\n${steps}`);
      await town.must(["--as", "bd", "create", "Do it", "--id", "app-1"]);
      const { path } = await town.json(["crew", "add", "ann"]);
      await town.must(["sling", "app-1", "crew/ann", "--molecule", "two"]);
      const session = { GT_ROLE: "crew", GT_RIG: "app", GT_CREW: "ann", BD_ACTOR: "crew/ann" };
      const bd = (...words: string[]) => town.gt(["--as", "bd", ...words], session);

      const { text } = JSON.parse((await town.must(["prime", "--json"], session)).stdout);
      assertMatch(
        text,
        /\nCurrent step: app-1\.1 "Change it"\n {2}Finished when:\n {4}It works\nLater: app-1\.2 /,
      );
      // A person in that folder, or who acts in that name, is told the same; mail waits for the agent's session.
      await town.must(["mail", "send", "crew/ann", "-m", "Look at the login page"]);
      for (const words of [["-C", path, "prime"], ["prime", "--actor", "crew/ann"]]) {
        assertEquals((await town.must(words)).stdout.trimEnd(), text.trimEnd(), words.join(" "));
      }
      assertMatch((await town.must(["prime"])).stdout, /^# You are overseer\n/);
      assertMatch((await town.must(["prime"], session)).stdout, /Look at the login page/);
      assertMatch(text, /bd close app-1\.1 --continue\nIt names the next step; .*: gt done app-1\n/);
      await commit(town, path, { "notes.txt": "all is well\n" });
      await bd("close", "app-1.1", "--continue");
      const between = (await town.must(["prime"], session)).stdout;
      assertMatch(between, /## On your hook\napp-1 {2}Do it\nCurrent step: app-1\.2/);
      assertMatch((await done(town, path)).stderr, /Cannot submit .*app-1.*1 step is open/);
      const last = await bd("close", "app-1.2", "--continue");
      assertMatch(last.stdout, /All 2 steps of app-1 are done\.\nNext: gt done app-1\n$/);
      assertMatch(
        (await town.must(["prime"], session)).stdout,
        /When all of it is committed: gt done app-1\n/,
      );
    }));

  it("is not over while commits are not merged, whatever closes the bead", () =>
    inTown(async (town) => {
      for (const id of ["app-1", "app-2", "app-3"]) await town.must(["--as", "bd", "create", id, "--id", id]);
      await town.must(["config", "set", "rigs.app.merge", "squash"]);
      await town.must(["convoy", "create", "All", "app-1"]);
      const { path } = await town.json(["crew", "add", "ann"]);
      await town.must(["sling", "app-1", "app-2", "app-3", "crew/ann"]);
      await commit(town, path, { "notes.txt": "all is well\n" });
      const batch = join(town.root, "batch.txt");
      await Deno.writeTextFile(batch, "close app-1\n");
      for (
        const words of [["close", "app-1", "--reason", "Failed tests are mended"], [
          "update",
          "app-1",
          "--status",
          "closed",
        ], [
          "batch",
          batch,
        ]]
      ) {
        const { code, stderr } = await town.gt(["--as", "bd", ...words]);
        assertEquals([code, stderr.split("\n").slice(0, 2)], [1, [
          'error: Cannot close "app-1": crew/ann has 1 commit that is not merged',
          "hint: Submit it; the bead is closed when it is merged: gt done app-1",
        ]]);
      }
      await town.must(["--as", "bd", "close", "app-2", "--reason", "cancelled: not wanted"]);
      await town.must(["start"]);
      await done(town, path, "app-1");
      await town.landed();
      // It landed as another commit than the one on the branch.
      await town.must(["--as", "bd", "close", "app-3", "--reason", "read it"]);
      await Deno.writeTextFile(join(path, "notes.txt"), "half\n");
      await town.must(["--as", "bd", "reopen", "app-3"]);
      await town.must(["sling", "app-3", "crew/ann"]);
      const { stderr } = await town.gt(["--as", "bd", "close", "app-3"]);
      assertMatch(stderr, /crew\/ann has 1 file that is not committed/);
      await town.must(["--as", "bd", "close", "app-3", "--force", "--reason", "read it"]);
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
