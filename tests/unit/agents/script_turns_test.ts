import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createHooks } from "../../../src/agents/script/hooks.ts";
import type { ScriptScreen } from "../../../src/agents/script/screen.ts";
import { createScriptWorker, type ScriptWorker } from "../../../src/agents/script/turns.ts";
import type { Ports } from "../../../src/ports/ports.ts";
import type { Attempt } from "../../../src/work/attempt.ts";
import { portsAt } from "../town/town_fixture.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

/** A town whose worker 1 has a clone of a small repository for a worktree, and a `gt` that only writes down its calls. */
interface Desk extends AgentTown {
  worktree: string;
  shown: string[];
  /** The calls of gt that the agent made. */
  calls(): string[];
  git(...args: string[]): string;
  write(path: string, text: string): void;
  read(path: string): string;
  /** A new session of the worker of `app-one`. */
  session(n?: number): ScriptWorker;
}

async function atDesk(use: (desk: Desk) => Promise<void>): Promise<void> {
  await inTown(async (at) => {
    const { root } = at.town;
    const worktree = `${root}/rigs/app/workers/1`;
    Deno.mkdirSync(`${root}/bin`, { recursive: true });
    const log = `${root}/calls`;
    Deno.writeTextFileSync(
      `${root}/bin/gt`,
      `#!/bin/sh\necho "gt $*" >> '${log}'\n[ ! -e '${root}/refuse' ]\n`,
      { mode: 0o755 },
    );
    const ports: Ports = portsAt(root, root, {
      PATH: `${root}/bin:${Deno.env.get("PATH")}`,
      GT_TOWN: root,
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@b",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@b",
    });
    const run = ports.processes.run;
    ports.processes = {
      ...ports.processes,
      run: (argv, options) => run(argv, { env: ports.env.all(), ...options }),
    };
    const shown: string[] = [];
    const git = (...args: string[]) => gitIn(ports, worktree, args);
    gitIn(ports, root, ["init", "-q", "-b", "main", "--bare", "app.git"]);
    gitIn(ports, root, ["clone", "-q", "app.git", worktree]);
    Deno.writeTextFileSync(`${worktree}/menu.txt`, "home\n");
    git("add", "-A");
    git("commit", "-qm", "first");
    git("push", "-q", "origin", "HEAD:main");
    git("checkout", "-q", "-b", "gt/app-one");
    await use({
      ...at,
      ports,
      worktree,
      shown,
      git,
      calls: () => (ports.files.readText(log) ?? "").split("\n").filter(Boolean),
      write: (path, text) => ports.files.writeText(`${root}/${path}`, text),
      read: (path) => Deno.readTextFileSync(`${worktree}/${path}`),
      session: (n = 1) => newSession(ports, { root, worktree, shown, n }),
    });
  });
}

function gitIn(ports: Ports, cwd: string, args: readonly string[]): string {
  const { code, stdout, stderr } = new Deno.Command("git", {
    args: [...args],
    cwd,
    env: ports.env.all(),
    clearEnv: true,
  })
    .outputSync();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

function newSession(
  ports: Ports,
  options: { root: string; worktree: string; shown: string[]; n: number },
): ScriptWorker {
  const { root, worktree, shown, n } = options;
  const screen = {
    act: (text: string) => void shown.push(text),
    detail: (text: string) => void shown.push(text),
    type: (text: string) => void shown.push(`typed ${text}`),
  } as ScriptScreen;
  const hooks = createHooks(ports, { settings: `${root}/settings.json`, sessionId: "s", cwd: worktree });
  return createScriptWorker(ports, {
    caller: { ...workerCaller("app-one", n), bead: "app-one", n },
    stage: { ports, hooks, screen, cwd: worktree, root, bead: "app-one", target: "main", speed: 100 },
  });
}

describe("the script agent", () => {
  it("without a script writes a small file, commits it and is done", () =>
    atDesk(async (desk) => {
      desk.work("app-one");
      await desk.session().turn({ told: false });
      assertStringIncludes(desk.read("app-one.md"), "# Add the login page");
      assertEquals(desk.git("log", "-1", "--format=%s"), "app-one: Add the login page");
      assertEquals(desk.calls(), ["gt done"]);
    }));

  it("edits, runs, waits and commits; commits nothing where nothing changed", () =>
    atDesk(async (desk) => {
      desk.work("app-one");
      desk.write(
        "scripts/app-one.yaml",
        [
          "- edit: { path: a/b.txt, content: one }",
          "- edit: { path: a/b.txt, append: two }",
          "- edit: { path: a/b.txt, replace: { from: one, to: three } }",
          "- run: { command: exit 3, may_fail: true }",
          "- wait: 500ms",
          "- commit: 'It''s b'",
          "- commit: nothing",
          "- no-code: it's all there",
        ].join("\n"),
      );
      await desk.session().turn({ told: false });
      assertEquals(desk.read("a/b.txt"), "three\ntwo\n");
      assertEquals(desk.git("log", "--format=%s", "origin/main.."), "It's b");
      assertEquals(desk.calls(), ["gt done --no-code it's all there"]);
    }));

  it("goes on in another session where the one before was lost, without doing anything twice", () =>
    atDesk(async (desk) => {
      desk.work("app-one");
      desk.write(
        "scripts/app-one.yaml",
        "- edit: { path: menu.txt, append: login }\n- commit: login\n- ask: why?\n- done\n",
      );
      await desk.session().turn({ told: false });
      assertEquals(desk.calls(), ["gt ask why?"]);
      await desk.session().turn({ told: false });
      assertEquals(desk.read("menu.txt"), "home\nlogin\n");
      assertEquals(desk.calls(), ["gt ask why?", "gt done"]);
      assertEquals(desk.git("rev-list", "--count", "origin/main.."), "1");
    }));

  it("takes the list for resumed sessions where there is one, and for rework after a failure", () =>
    atDesk(async (desk) => {
      desk.work("app-one");
      desk.write(
        "scripts/app-one.yaml",
        "first: [{ ask: one }]\nresumed: [{ ask: two }]\nrework: [{ ask: three }]\n",
      );
      await desk.session().turn({ told: false });
      await desk.session().turn({ told: false });
      assertEquals(desk.calls(), ["gt ask one", "gt ask two"]);
      const failure: Attempt["failure"] = { kind: "checks", summary: "red" };
      desk.town.ledger.write("test", (transaction) => {
        const bead = transaction.beadById("app-one")!;
        transaction.set(bead.key, {
          "metadata.attempt": { ...bead.metadata.attempt as object, n: 2, failure } as never,
        });
      });
      await desk.session(2).turn({ told: false });
      assertEquals(desk.calls().at(-1), "gt ask three");
    }));

  for (
    const [take, text] of [["both", "home\nlogin\nsession\n"], ["ours", "home\nlogin\n"], [
      "theirs",
      "home\nsession\n",
    ]]
  ) {
    it(`merges what landed meanwhile, taking ${take} of a conflict`, () =>
      atDesk(async (desk) => {
        desk.work("app-one");
        Deno.writeTextFileSync(`${desk.worktree}/menu.txt`, "home\nsession\n");
        desk.git("commit", "-qam", "session");
        desk.git("push", "-q", "origin", "HEAD:main");
        desk.git("reset", "-q", "--hard", "HEAD~1");
        desk.write(
          "scripts/app-one.yaml",
          `- edit: { path: menu.txt, append: login }\n- commit: login\n- merge: { take: ${take} }\n- done\n`,
        );
        await desk.session().turn({ told: false });
        assertEquals(desk.read("menu.txt"), text);
        assertEquals(desk.calls(), ["gt done"]);
        assertEquals(desk.git("rev-list", "--count", "HEAD..origin/main"), "0");
      }));
  }

  it("when it is told to go on has done all, submits", () =>
    atDesk(async (desk) => {
      desk.work("app-one");
      desk.write("scripts/app-one.yaml", "- edit: { path: a.txt, content: a }\n- commit: a\n");
      const session = desk.session();
      await session.turn({ told: false });
      assertEquals(desk.calls(), []);
      await session.turn({ told: true });
      assertEquals(desk.calls(), ["gt done"]);
    }));

  it("once it ignores its hooks, does nothing it is told", () =>
    atDesk(async (desk) => {
      desk.work("app-one");
      desk.write("scripts/app-one.yaml", "- ignore-hook\n");
      const session = desk.session();
      await session.turn({ told: false });
      assertEquals(session.obeys(), false);
      await session.turn({ told: true });
      assertEquals(desk.calls(), []);
    }));

  it("asks a person when it cannot go on: a failed command, a script with a mistake and its place", () =>
    atDesk(async (desk) => {
      desk.work("app-one");
      desk.write("scripts/app-one.yaml", "- run: exit 4\n- done\n");
      await desk.session().turn({ told: false });
      assertMatch(desk.calls()[0]!, /gt ask .*"exit 4" failed \(exit code 4\)/);
      desk.write("scripts/app-one.yaml", "- run: ls\n- dnoe\n");
      await desk.session().turn({ told: false });
      assertMatch(desk.calls()[1]!, /app-one\.yaml:2:3: unknown action "dnoe"/);
    }));

  it("is stopped by its guard like any agent", () =>
    atDesk(async (desk) => {
      desk.work("app-one");
      const hook = "grep -q 'push origin main' && { echo 'not yours' >&2; exit 2; }; exit 0";
      desk.write(
        "settings.json",
        JSON.stringify({
          hooks: { PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: hook }] }] },
        }),
      );
      desk.write("scripts/app-one.yaml", "- run: git push origin main\n- done\n");
      await desk.session().turn({ told: false });
      assertMatch(desk.calls()[0]!, /gt ask .*blocked: not yours/);
    }));

  it("does nothing for an attempt that is over or waits", () =>
    atDesk(async (desk) => {
      desk.work("app-one", { n: 2, state: "waiting" });
      await desk.session(1).turn({ told: false });
      await desk.session(2).turn({ told: true });
      assertEquals(desk.calls(), []);
      assert(desk.shown.some((line) => line.includes("stops")));
    }));

  it("asks in the end when its work cannot be submitted", () =>
    atDesk(async (desk) => {
      desk.ports.clock = { ...desk.ports.clock, sleep: () => Promise.resolve() };
      desk.work("app-one");
      desk.write("refuse", "");
      desk.write("scripts/app-one.yaml", "- done\n");
      await desk.session().turn({ told: false });
      assertEquals(desk.calls().map((call) => call.split(" ")[1]), ["done", "done", "done", "done", "ask"]);
    }));
});
