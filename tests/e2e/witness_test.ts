import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { noteActivity } from "../../src/agents/activity.ts";
import { agentLimit, noteRefusal } from "../../src/agents/limits.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { createRefinery } from "../../src/refinery/refinery.ts";
import type { Sessions } from "../../src/sessions/sessions.ts";
import { tryLock } from "../../src/ports/lock.ts";
import { createWitness, type Witness } from "../../src/witness/witness.ts";
import { type TestRig, withRig } from "./rig_fixture.ts";
import type { Captured, SessionList, SessionRow } from "../../src/sessions/session.ts";

/** Sessions that show what a test says, and remember what is done to them. */
interface TestSessions extends Sessions {
  rows: SessionRow[];
  screen: Captured;
  cannotSee: boolean;
  readonly done: string[];
}

function createTestSessions(): TestSessions {
  const empty: Captured = {
    kind: "captured",
    text: "> ",
    cursor: { column: 2, row: 0 },
    columns: 80,
    rows: 24,
    scrolled: false,
  };
  const unused = () => Promise.reject(new Error("not part of this test"));
  const sessions: TestSessions = {
    rows: [],
    screen: empty,
    cannotSee: false,
    done: [],
    socket: "",
    spawn: unused,
    list() {
      sessions.done.push("list");
      const seen: SessionList = sessions.cannotSee
        ? { kind: "unknown", reason: "lost" }
        : { kind: "sessions", sessions: sessions.rows };
      return Promise.resolve(seen);
    },
    end(name) {
      sessions.done.push(`end ${name}`);
      return Promise.resolve(
        sessions.cannotSee ? { kind: "unknown", reason: "lost" } : { kind: "ended", left: [] },
      );
    },
    capture: () => Promise.resolve(sessions.screen),
    typeLine: unused,
    typeText(name, text) {
      sessions.done.push(`type ${name}`);
      sessions.screen = { ...empty, text: `❯ ${text}` };
      return Promise.resolve({ kind: "typed" });
    },
    pressEnter() {
      sessions.screen = { ...empty, text: "● taken\n> ", cursor: { column: 2, row: 1 } };
      return Promise.resolve({ kind: "typed" });
    },
    attachCommand: () => ({ argv: [], env: {} }),
    configure: unused,
    server: unused,
    killServer: unused,
  };
  return sessions;
}

/** A rig with a witness over sessions of the test; time stands still until a test moves it. */
async function withWitness(
  use: (
    world: {
      rig: TestRig;
      sessions: TestSessions;
      witness: Witness;
      pass(ms: number): void;
      started: string[];
    },
  ) => Promise<void>,
): Promise<void> {
  let at = Date.now();
  await withRig({ now: () => at }, async (rig) => {
    const sessions = createTestSessions();
    const started: string[] = [];
    const startSteward = () => Promise.resolve(started.push("steward"));
    const witness = createWitness(rig.deps, { rig: "app", sessions, startSteward });
    await use({ rig, sessions, witness, started, pass: (ms) => void (at += ms) });
  });
}

/** The record that the steward leaves of a session; its process is this one, unless `pid` says another. */
function recordSession(rig: TestRig, id: string, pid?: number): void {
  const { processes, clock } = rig.deps.ports;
  const own = pid ?? processes.pid;
  const mark = processes.startMark(own);
  const { n, worker } = rig.attempt(id);
  rig.deps.town.ledger.ephemeral.put("session", `gt-worker-${worker}`, {
    pid: own,
    ...(mark === undefined ? {} : { mark }),
    bead: id,
    n,
    rig: "app",
    worker: worker!,
    startedAt: clock.now(),
  });
}

const NOBODY = 4_000_000;

describe("the witness, when work is submitted", () => {
  it("verifies what is on the remote, and the refinery lands it", async () => {
    await withWitness(async ({ rig, witness, sessions }) => {
      const commit = await rig.submitted("app-1", { "one.txt": "1\n" });
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "queued");
      assertEquals(rig.mailOf("witness/app"), []);
      assertEquals(sessions.done, []);
      await createRefinery(rig.deps, { rig: "app" }).tick(rig.context());
      assertEquals([rig.attempt("app-1").state, rig.attempt("app-1").commit], ["merged", commit]);
    });
  });

  it("gives back what the remote has not, or has another commit of", async () => {
    await withWitness(async ({ rig, witness }) => {
      await rig.submitted("app-1", { "one.txt": "1\n" });
      await rig.submitted("app-2", { "two.txt": "2\n" });
      await rig.run(rig.remote, "update-ref", "-d", "refs/heads/gt/app-1");
      await rig.push("gt/app-2", { "more.txt": "3\n" }, { from: "gt/app-2" });
      await witness.tick(rig.context());
      assertEquals([rig.attempt("app-1").n, rig.attempt("app-2").n], [2, 2]);
      assertMatch(rig.attempt("app-1").failure!.summary, /is not on the remote/);
      assertMatch(rig.attempt("app-2").failure!.summary, /was submitted/);
    });
  });

  it("gives back what left changes or commits behind in its worktree", async () => {
    await withWitness(async ({ rig, witness }) => {
      for (const id of ["app-1", "app-2", "app-3"]) await rig.submitted(id, { [`${id}.txt`]: "1\n" });
      await rig.run(rig.repository.folder, "fetch", "-q");
      for (const n of [1, 2, 3]) {
        const path = rig.deps.town.paths.rig("app").worker(n);
        const branch = `gt/app-${n}`;
        await addWorktree(rig.repository, { path, branch, base: `refs/remotes/origin/${branch}` });
        if (n === 1) await Deno.writeTextFile(join(path, "left over.txt"), "x");
        if (n === 2) await rig.run(path, "commit", "-q", "--allow-empty", "-m", "one more");
      }
      await witness.tick(rig.context());
      assertMatch(rig.attempt("app-1").failure!.summary, /changes that were not submitted: left over\.txt/);
      assertMatch(rig.attempt("app-2").failure!.summary, /The worktree is at/);
      assertEquals(rig.attempt("app-3").state, "queued");
    });
  });

  it("decides nothing while the remote does not answer, and asks again later", async () => {
    await withWitness(async ({ rig, witness, pass }) => {
      await rig.submitted("app-1", { "one.txt": "1\n" });
      await Deno.rename(rig.remote, rig.remote + ".away");
      await witness.tick(rig.context());
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "submitted");
      assertEquals(rig.logged.length, 1);
      await Deno.rename(rig.remote + ".away", rig.remote);
      pass(1_000);
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "queued");
    });
  });
});

describe("the witness, over workers", () => {
  it("asks nobody and does nothing while their processes are there", async () => {
    await withWitness(async ({ rig, witness, sessions }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      recordSession(rig, "app-1");
      const version = rig.deps.town.ledger.version();
      await witness.tick(rig.context());
      assertEquals([sessions.done, rig.deps.town.ledger.version()], [[], version]);
    });
  });

  it("reports a session lost whose process is gone, once tmux says so too", async () => {
    await withWitness(async ({ rig, witness, sessions }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      recordSession(rig, "app-1", NOBODY);
      sessions.cannotSee = true;
      await witness.tick(rig.context());
      assertEquals([rig.attempt("app-1").state, sessions.done], ["working", ["list"]]);
      sessions.cannotSee = false;
      await witness.tick(rig.context());
      assertEquals([rig.attempt("app-1").state, rig.attempt("app-1").restarts], ["preparing", 1]);
      assertEquals(sessions.done, ["list", "list", "end gt-worker-1"]);
    });
  });

  it("believes tmux rather than an old record", async () => {
    await withWitness(async ({ rig, witness, sessions }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      recordSession(rig, "app-1", NOBODY);
      sessions.rows = [{
        name: "gt-worker-1",
        tags: { town: rig.root, role: "worker", rig: "app", bead: "app-1", attempt: 1 },
        pane: "%1",
        pid: rig.deps.ports.processes.pid,
        dead: false,
        attached: 0,
        createdAt: 0,
        activeAt: 0,
      }];
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "working");
      sessions.rows[0]!.tags.attempt = 7;
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "preparing");
    });
  });

  it("rings an idle worker twice, then gives it a new session", async () => {
    await withWitness(async ({ rig, witness, sessions, pass }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      recordSession(rig, "app-1");
      const sign = { at: rig.deps.ports.clock.now(), event: "stop" as const, busy: false };
      noteActivity(rig.deps.town.ledger, { session: "gt-worker-1", sign });
      const seen: string[] = [];
      for (let step = 0; step < 10 && rig.attempt("app-1").state === "working"; step++) {
        await witness.tick(rig.context());
        seen.push(...sessions.done.splice(0));
        pass(30_000);
      }
      assertEquals(seen, ["type gt-worker-1", "type gt-worker-1", "end gt-worker-1"]);
      assertEquals(rig.attempt("app-1").restarts, 1);
    });
  });

  it("types nothing over a half-typed line, and does not hold it against the worker", async () => {
    await withWitness(async ({ rig, witness, sessions, pass }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      recordSession(rig, "app-1");
      const sign = { at: rig.deps.ports.clock.now(), event: "stop" as const, busy: false };
      noteActivity(rig.deps.town.ledger, { session: "gt-worker-1", sign });
      sessions.screen = {
        ...sessions.screen,
        text: "> please wait a",
        cursor: { column: 15, row: 0 },
      } as Captured;
      for (let step = 0; step < 20; step++) {
        pass(30_000);
        await witness.tick(rig.context());
      }
      assertEquals([sessions.done, rig.attempt("app-1").state], [[], "working"]);
    });
  });

  it("lets an agent without hooks wait whose screen says that its service refuses it, then starts it again", async () => {
    await withWitness(async ({ rig, witness, sessions, pass }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      recordSession(rig, "app-1");
      const { ledger } = rig.deps.town;
      sessions.screen = {
        ...sessions.screen,
        text: "You've hit your usage limit. Try again in 2 hours.\n> ",
      } as Captured;
      const agent = rig.attempt("app-1").agent;
      pass(21 * 60_000);
      await witness.tick(rig.context());
      const now = rig.deps.ports.clock.now();
      assertEquals(agentLimit(ledger, { agent, now })?.until, now + 2 * 3_600_000);
      for (let step = 0; step < 11; step++) {
        pass(10 * 60_000);
        await witness.tick(rig.context());
      }
      assertEquals([sessions.done.splice(0), rig.attempt("app-1").restarts], [[], 0]);
      for (let step = 0; step < 4; step++) {
        pass(10 * 60_000);
        await witness.tick(rig.context());
      }
      assertEquals([sessions.done, rig.attempt("app-1").restarts], [["end gt-worker-1"], 1]);
    });
  });

  it("gives a worker another session when all that keeps it is the menu of a limit that is over", async () => {
    await withWitness(async ({ rig, witness, sessions, pass }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      recordSession(rig, "app-1");
      const { town: { ledger }, ports: { clock } } = rig.deps;
      const session = "gt-worker-1";
      pass(1_000);
      const at = clock.now();
      noteActivity(ledger, { session, sign: { at, event: "prompt", busy: true } });
      noteRefusal(ledger, {
        ...{ session, agent: "claude", bead: "app-1", n: 1, at, errors: 1 },
        refusal: { kind: "later", until: at + 3_600_000, text: "You've hit your session limit" },
      });
      const text =
        "What do you want to do?\n❯ 1. Stop and wait for limit to reset\n  2. Upgrade\n\nEnter to confirm · Esc to cancel";
      sessions.screen = { ...sessions.screen, text } as Captured;
      for (const minutes of [30, 29]) {
        pass(minutes * 60_000);
        await witness.tick(rig.context());
      }
      assertEquals([sessions.done, rig.attempt("app-1").state], [[], "working"]);
      pass(2 * 60_000);
      await witness.tick(rig.context());
      assertEquals(sessions.done, [`end ${session}`]);
      assertEquals([rig.attempt("app-1").state, rig.attempt("app-1").restarts], ["preparing", 0]);
    });
  });

  it("tells a person once what an agent asks for on its screen, and goes on after the answer", async () => {
    await withWitness(async ({ rig, witness, pass }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      recordSession(rig, "app-1");
      const { ledger } = rig.deps.town;
      const say = (sign: { event: "notification" | "stop"; needs?: string }) =>
        noteActivity(ledger, {
          session: "gt-worker-1",
          sign: { at: rig.deps.ports.clock.now(), busy: false, ...sign },
        });
      say({ event: "notification", needs: "permission to use Bash" });
      await witness.tick(rig.context());
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "waiting");
      assertEquals(rig.mailOf("overseer").map(({ subject }) => subject), ["HELP app-1: Do app-1"]);
      assertMatch(rig.mailOf("overseer")[0]!.body, /permission to use Bash.*gt attach gt-worker-1/);
      pass(10);
      say({ event: "stop" });
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "working");
    });
  });
});

describe("the witness, when an agent starts", () => {
  it("tells a person of the dialog that keeps it from reporting, and goes on after the answer", async () => {
    await withWitness(async ({ rig, witness, sessions, pass }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      rig.happen("app-1", { kind: "sessionLost", reason: "test" }, { kind: "sessionSpawned" });
      recordSession(rig, "app-1");
      pass(10_000);
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "starting");
      const text = "Settings Warning\n❯ 1. Continue\n  2. Exit\nEnter to confirm · Esc to cancel";
      sessions.screen = { ...sessions.screen, text } as Captured;
      await witness.tick(rig.context());
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "waiting");
      assertEquals(sessions.done, []);
      assertMatch(rig.mailOf("overseer")[0]!.body, /decision on its screen.*gt attach gt-worker-1/);
      pass(10);
      const sign = { at: rig.deps.ports.clock.now(), event: "start" as const, busy: true };
      noteActivity(rig.deps.town.ledger, { session: "gt-worker-1", sign });
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "working");
    });
  });
});

describe("the witness, when an agent without hooks starts", () => {
  it("tells a person that it is not logged in, though its input line is free", async () => {
    await withWitness(async ({ rig, witness, sessions, pass }) => {
      await rig.working("app-1", { "one.txt": "1\n" });
      rig.happen("app-1", { kind: "sessionLost", reason: "test" }, { kind: "sessionSpawned" });
      recordSession(rig, "app-1");
      rig.deps.town.ledger.ephemeral.put("terminal", "gt-worker-1", { agent: "copilot", idleBy: "screen" });
      pass(10_000);
      const text = "Please use /login to sign in\n ~/app\n────\n❯ \n────";
      sessions.screen = { ...sessions.screen, text, cursor: { column: 2, row: 3 } } as Captured;
      await witness.tick(rig.context());
      await witness.tick(rig.context());
      assertEquals(rig.attempt("app-1").state, "waiting");
      assertMatch(rig.mailOf("overseer")[0]!.body, /decision on its screen.*gt attach gt-worker-1/);
    });
  });
});

describe("the witness, over the steward", () => {
  it("starts it again when its loop is gone for a while, and never while the town is down", async () => {
    await withWitness(async ({ rig, witness, started, pass }) => {
      const { ports, town } = rig.deps;
      await witness.tick(rig.context());
      assertEquals(started, []);
      pass(3_000);
      await witness.tick(rig.context());
      assertEquals(started, ["steward"]);
      const lock = tryLock(join(town.paths.locks, "steward.lock"));
      if (!lock) throw new Error("the lock is taken");
      for (let step = 0; step < 3; step++) {
        pass(60_000);
        await witness.tick(rig.context());
      }
      lock.release();
      ports.files.writeText(town.paths.desired, "down\n");
      for (let step = 0; step < 3; step++) {
        pass(60_000);
        await witness.tick(rig.context());
      }
      assertEquals(started, ["steward"]);
    });
  });
});
