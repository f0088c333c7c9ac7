import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { type Called, callProgram, gtWords } from "./program.ts";
import { createTestTown, lostOrDoubled, type TestTown } from "./town_fixture.ts";

async function withTown(use: (town: TestTown) => Promise<void>): Promise<void> {
  const town = await createTestTown({ name: "gt bad " });
  try {
    await use(town);
  } finally {
    await town.end();
  }
}

/** Every line of the town's logs, with the configuration: what a refused command leaves as it was. */
async function written(town: TestTown): Promise<string> {
  const ops = join(town.folder, ".beads", "ops");
  let text = await Deno.readTextFile(join(town.folder, "town.yaml"));
  for await (const replica of Deno.readDir(ops)) {
    for await (const { name } of Deno.readDir(join(ops, replica.name))) {
      text += await Deno.readTextFile(join(ops, replica.name, name));
    }
  }
  return text;
}

/** Fails unless the command was refused with this code, a hint and exit code 1, as text and as JSON. */
function assertRefused(called: Called, code: string): void {
  const what = called.stdout + called.stderr;
  assertEquals(called.code, 1, what);
  const { error } = JSON.parse(called.stderr);
  assertEquals(error.code, code, what);
  assert(error.hints.length > 0, `no hint: ${what}`);
}

async function assertAllRefused(town: TestTown, cases: [words: string, code: string][]): Promise<void> {
  const before = await written(town);
  for (const [line, code] of cases) {
    const words = line.split(" ");
    assertRefused(await town.gt([...words[0] === "bd" ? ["--as", ...words] : words, "--json"]), code);
  }
  assertEquals(await written(town), before);
}

const page = (name: string, ...more: string[]) =>
  [
    `- edit: { path: ${name}.txt, content: '${name}' }`,
    `- commit: Add ${name}`,
    ...more,
    "- done: true",
  ].join("\n");

/** A folder with a program of this name, to stand first in PATH. */
async function standIn(town: TestTown, name: string, script: string): Promise<Record<string, string>> {
  const folder = await Deno.makeTempDir({ dir: town.root, prefix: "stand-in" });
  await Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${folder}:${town.env.PATH}` };
}

/** A PATH on which only these programs are. */
async function only(town: TestTown, ...names: string[]): Promise<Record<string, string>> {
  const folder = await Deno.makeTempDir({ dir: town.root, prefix: "only" });
  for (const name of names) {
    const found = await callProgram(["sh", "-c", `command -v ${name}`], { env: town.env });
    await Deno.symlink(found.stdout.trim(), join(folder, name));
  }
  return { PATH: folder };
}

/** The environment of the worker that has a bead. */
function asWorker(
  town: TestTown,
  { bead, n, worker }: { bead: string; n: number; worker: number },
): Record<string, string> {
  return {
    GT_TOWN: town.folder,
    GT_ROLE: "worker",
    GT_RIG: "app",
    GT_WORKER: String(worker),
    GT_BEAD: bead,
    GT_ATTEMPT: String(n),
    GT_SESSION: `gt-worker-${worker}`,
    BD_ACTOR: `worker-${worker}`,
  };
}

/** Adds an operation on a bead to the log of another replica, as a sync would. */
async function appendForeign(
  town: TestTown,
  { id, t, title }: { id: string; t: [number, number]; title: string },
): Promise<string> {
  const ops = join(town.folder, ".beads", "ops");
  const [replica] = [...Deno.readDirSync(ops)];
  const log = join(ops, "zzzzzzzz", "000001.jsonl");
  await Deno.mkdir(join(ops, "zzzzzzzz"));
  const op = {
    o: "zzzzzzzz.1",
    t,
    a: "someone",
    b: `${id}@${replica!.name}`,
    k: "set",
    f: { set: { title } },
  };
  await Deno.writeTextFile(log, JSON.stringify(op) + "\n");
  return log;
}

/** Waits until a bead's branch has a commit of its own. */
async function committed(town: TestTown, id: string): Promise<void> {
  const cwd = join(town.folder, "rigs", "app", "repo.git");
  const own = ["git", "log", "--oneline", `origin/main..gt/${id}`];
  await town.until(
    `${id} is committed`,
    async () => (await callProgram(own, { cwd, env: town.env })).stdout !== "",
  );
}

/** Waits until the town has nothing more to do. */
async function hookIsEmpty(town: TestTown, env: Record<string, string>): Promise<void> {
  let seen = "";
  await town.until("nothing is on any hook", async () => {
    seen = (await town.gt(["hook", "--json"], env)).stdout;
    return seen === "[]\n";
  }).catch(async (error) => {
    throw new Error(`${seen}\n${(await town.gt(["log"], env)).stdout}`, { cause: error });
  });
}

async function atState(town: TestTown, id: string, state: string): Promise<void> {
  await town.until(`${id} is ${state}`, async () => (await town.attempt(id))?.state === state);
}

describe("what is named wrongly is refused with what to do, and nothing is written", () => {
  it("beads, targets, agents, convoys, rigs, workers, sessions", () =>
    withTown(async (town) => {
      await town.plan([{ id: "app-one", script: page("one") }, { id: "app-once", script: page("once") }]);
      await town.must(["sling", "app-once", "app"]);
      await assertAllRefused(town, [
        ["sling app-nothing app", "bead_not_found"],
        ["sling app-on app", "bead_ambiguous"],
        ["sling app-one nowhere", "target_not_found"],
        ["sling app-one app --agent nobody", "agent_unknown"],
        ["sling app-one app-once app", "already_slung"],
        ["sling app-once app", "already_slung"],
        ["sling hq-cv-all app", "not_work"],
        ["unsling app-once app-one", "not_slung"],
        ["unsling app-once app-nothing", "bead_not_found"],
        ["convoy create Other app-one app-nothing", "beads_not_found"],
        ["convoy create All app-one", "convoy_exists"],
        ["convoy add hq-cv-all app-nothing", "beads_not_found"],
        ["convoy show nothing", "convoy_not_found"],
        ["bd update app-one app-nothing --claim", "bead_not_found"],
        ["bd close app-once", "bead_at_work"],
        ["bd dep add app-one app-nothing", "bead_not_found"],
        ["rig show nothing", "rig_not_found"],
        ["rig remove app", "rig_in_use"],
        ["rig add other /", "not_a_repository"],
        ["rig add other /nowhere/at/all", "not_a_repository"],
        ["worker show 9", "worker_not_found"],
        ["attach worker-9", "session_not_found"],
        ["mail read nothing", "message_not_found"],
        ["config set limits.workers many", "config_invalid"],
        ["config set limits.nothing 1", "config_key_unknown"],
        ["done", "not_a_worker"],
      ]);
    }));

  it("a folder outside of every town, and one in which somebody put other things", () =>
    withTown(async (town) => {
      const call = (...words: string[]) =>
        callProgram([...gtWords, ...words, "--json"], { cwd: town.root, env: town.env });
      for (const words of [["status"], ["sling", "a", "b"], ["start"], ["shutdown"], ["hook"], ["doctor"]]) {
        assertRefused(await call(...words), "town_not_found");
      }
      assertRefused(await call("--as", "bd", "list"), "no_ledger");
      const taken = join(town.root, "taken");
      await Deno.writeTextFile(taken, "a file");
      const called = await call("install", taken);
      assertEquals(called.code, 1, called.stdout + called.stderr);
      assertEquals(await Deno.readTextFile(taken), "a file");
    }));
});

describe("a machine that lacks something", () => {
  it("has an old git or tmux, or none: each command says so before it changes anything", () =>
    withTown(async (town) => {
      const oldGit = await standIn(
        town,
        "git",
        'for word; do [ "$word" = version ] && echo git version 2.20.1 && exit; done\nexit 1',
      );
      const oldTmux = await standIn(town, "tmux", "echo tmux 2.1");
      const cases: [Record<string, string>, string, string[][]][] = [
        [oldGit, "git_too_old", [["install", "../second"], ["rig", "add", "b", town.remote], ["start"], [
          "demo",
        ]]],
        [await only(town, "tmux", "sh"), "git_missing", [["install", "../second"], ["start"], ["demo"]]],
        [oldTmux, "tmux_too_old", [["start"], ["demo"]]],
        [await only(town, "git", "sh"), "tmux_missing", [["start"], ["demo"], ["attach", "steward"]]],
      ];
      const before = await written(town);
      for (const [path, code, calls] of cases) {
        for (const words of calls) assertRefused(await town.gt([...words, "--json"], path), code);
        assertEquals((await town.gt(["doctor"], path)).code, 1);
      }
      assertEquals(await written(town), before);
      assertEquals((await town.json(["status"])).desired, "down");
      assertEquals([...Deno.readDirSync(town.root)].some(({ name }) => name === "second"), false);
    }));

  it("has no home, or one that does not exist: the main job is done all the same", () =>
    withTown(async (town) => {
      await town.plan([{ id: "app-one", script: page("one") }]);
      const env = { HOME: "/nonexistent" };
      await town.must(["start"], env);
      await town.must(["sling", "app-one", "app", "--wait"], env);
      assertEquals(await lostOrDoubled(town, ["app-one"]), []);
    }));

  it("has a full or a read-only disk: nothing is half written, and the same command works afterwards", () =>
    withTown(async (town) => {
      const ledger = join(town.root, "ledger");
      await Deno.mkdir(ledger);
      const bd = (...words: string[]) =>
        callProgram([...gtWords, "--as", "bd", ...words, "--json"], { cwd: ledger, env: town.env });
      assertEquals((await bd("init", "--prefix", "x")).code, 0);
      const filler = join(town.root, "filler.md");
      await Deno.writeTextFile(filler, "a line of it\n".repeat(90_000));
      assertEquals((await bd("create", "Fills a segment", "--id", "x-big", "--body-file", filler)).code, 0);
      const ops = join(ledger, ".beads", "ops");
      const [replica] = [...Deno.readDirSync(ops)];
      const next = join(ops, replica!.name, "000002.jsonl");
      await Deno.symlink("/dev/full", next);
      assertRefused(await bd("create", "One", "--id", "x-one"), "disk_full");
      assertEquals(JSON.parse((await bd("list")).stdout).length, 1);
      await Deno.remove(next);
      assertEquals((await bd("create", "One", "--id", "x-one")).code, 0);
      // Nobody, not even root, may make a folder there.
      assertRefused(await town.gt(["install", "/sys/a-town", "--json"]), "read_only");
    }));

  it("has a clock behind that of another: changes are taken, and the doctor says so", () =>
    withTown(async (town) => {
      await town.plan([{ id: "app-one", script: page("one") }]);
      const ahead = Date.now() + 365 * 86_400_000;
      await appendForeign(town, { id: "app-one", t: [ahead, 0], title: "From the future" });
      const called = await town.gt(["--as", "bd", "update", "app-one", "--title", "Now"]);
      assertEquals(called.code, 0, called.stderr);
      assertStringIncludes(called.stderr, "ahead of this machine's clock");
      assertEquals((await town.json(["bd", "show", "app-one"]))[0].title, "Now");
      assertMatch((await town.gt(["doctor"])).stdout, /! clock: /);
      await town.must(["start"]);
      await town.must(["sling", "app-one", "app", "--wait"]);
      assertEquals(await lostOrDoubled(town, ["app-one"]), []);
    }));
});

describe("a ledger whose log cannot be read", () => {
  it("says file, line and what to do, writes nothing, and is mended with all that is still known", () =>
    withTown(async (town) => {
      await town.plan([{ id: "app-one", script: page("one") }, { id: "app-two", script: page("two") }]);
      const ops = join(town.folder, ".beads", "ops");
      const [own] = [...Deno.readDirSync(ops)];
      const log = join(ops, own!.name, "000001.jsonl");
      const foreign = await appendForeign(town, { id: "app-two", t: [Date.now(), 0], title: "Theirs" });
      const beads = (await town.gt(["--as", "bd", "list", "--json"])).stdout;
      const whole = new Map([[log, await Deno.readTextFile(log)], [
        foreign,
        await Deno.readTextFile(foreign),
      ]]);
      const damages: [what: string, path: string, damage: (text: string) => string][] = [
        ["at the end", log, (text) => `${text}nonsense\n`],
        ["in another's", foreign, (text) => `${text}{"o":1}\n`],
      ];
      for (const [what, path, damage] of damages) {
        const broken = damage(whole.get(path)!);
        await Deno.writeTextFile(path, broken);
        for (
          const words of [["--as", "bd", "list"], ["--as", "bd", "create", "x"], ["sling", "app-one", "app"]]
        ) {
          assertRefused(await town.gt([...words, "--json"]), "log_damaged");
        }
        assertEquals(await Deno.readTextFile(path), broken, what);
        assertEquals((await town.gt(["--as", "bd", "doctor"])).code, 1);
        assertEquals((await town.gt(["--as", "bd", "doctor", "--fix"])).code, 0);
        assertEquals((await town.gt(["--as", "bd", "list", "--json"])).stdout, beads, what);
      }
      await Deno.writeTextFile(log, whole.get(log)!.replace('"title":"Do app-one"', '"title":"Do app-o'));
      assertEquals((await town.gt(["--as", "bd", "doctor", "--fix"])).code, 0);
      assertEquals((await town.gt(["--as", "bd", "list", "--json"])).stdout, beads, "in the middle");
      await Deno.writeTextFile(log, `${await Deno.readTextFile(log)}{"o":"torn`);
      assertEquals((await town.gt(["--as", "bd", "list", "--json"])).stdout, beads, "a torn end");
      assertEquals((await town.gt(["--as", "bd", "create", "After", "--id", "app-after"])).code, 0);
    }));
});

describe("a town's folder", () => {
  it("works on where it was moved to, with the work that was under way", () =>
    withTown(async (town) => {
      const held = [{ id: "app-one", script: page("one", "- wait: { file: go }") }];
      await town.plan(held);
      await town.must(["start"]);
      await town.must(["sling", "app-one", "app"]);
      await atState(town, "app-one", "working");
      await town.must(["shutdown", "--now"]);
      const moved = join(town.root, "moved to ö");
      await Deno.rename(town.folder, moved);
      await Deno.writeTextFile(join(moved, "go"), "");
      const there = { GT_TOWN: moved };
      try {
        assertEquals((await town.gt(["doctor"], there)).code, 1);
        await town.must(["start"], there);
        await hookIsEmpty(town, there);
        await town.until("all is well", async () => (await town.gt(["doctor"], there)).code === 0);
      } finally {
        await town.gt(["shutdown", "--now"], there);
        await Deno.rename(moved, town.folder);
      }
      assertEquals(await lostOrDoubled(town, ["app-one"]), []);
    }));

  it("is a town of its own where it was copied to, beside the other", () =>
    withTown(async (town) => {
      const copy = join(town.root, "copy");
      await callProgram(["cp", "-a", town.folder, copy], { env: town.env });
      const there = { GT_TOWN: copy };
      try {
        const beads = { "app-here": {}, "app-there": there };
        for (const [id, env] of Object.entries(beads)) {
          await town.must(["start"], env);
          await town.must(["--as", "bd", "create", id, "--id", id], env);
          await town.must(["sling", id, "app"], env);
        }
        for (const env of Object.values(beads)) {
          await hookIsEmpty(town, env);
          const { replica } = JSON.parse(
            (await town.must(["--as", "bd", "sync", "--status", "--json"], env)).stdout,
          );
          assert(replica, "the replica has a name");
        }
        const subjects = await town.git(town.remote, "log", "--first-parent", "--format=%s", "main");
        assertEquals(subjects.split("\n").slice(0, 2).sort(), [
          "Merge app-here: app-here",
          "Merge app-there: app-there",
        ]);
        await town.must(["shutdown", "--now"], there);
        assertEquals((await town.json(["status"])).desired, "up");
      } finally {
        await town.gt(["shutdown", "--now"], there);
      }
    }));
});

describe("a worker that is not where it should be", () => {
  it("submits nothing: from elsewhere, for an older attempt, on another branch, in the middle of a merge", () =>
    withTown(async (town) => {
      await town.plan([{ id: "app-one", script: page("one", "- wait: { file: go }") }]);
      await town.must(["start"]);
      await town.must(["sling", "app-one", "app"]);
      const at = join(town.folder, "rigs", "app", "workers", "1");
      await committed(town, "app-one");
      const env = asWorker(town, { bead: "app-one", n: 1, worker: 1 });
      const done = (cwd: string, more: Record<string, string> = {}) =>
        callProgram([...gtWords, "done", "--json"], { cwd, env: { ...town.env, ...env, ...more } });
      assertRefused(await done(town.root), "wrong_folder");
      assertRefused(await done(at, { GT_ATTEMPT: "2" }), "stale_attempt");
      await town.git(at, "switch", "-qc", "elsewhere");
      assertRefused(await done(at), "wrong_branch");
      await town.git(at, "switch", "-q", "gt/app-one");
      await town.git(at, "branch", "-q", "side", "HEAD~1");
      const person = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
      await town.git(at, "switch", "-q", "side");
      await Deno.writeTextFile(join(at, "one.txt"), "the other side\n");
      await town.git(at, "add", "-A");
      await town.git(at, ...person, "commit", "-qm", "side");
      await town.git(at, "switch", "-q", "gt/app-one");
      await town.git(at, ...person, "merge", "-q", "side").catch(() => "in conflict");
      assertRefused(await done(at), "unfinished_operation");
      await town.git(at, "merge", "--abort");
      assertEquals((await town.attempt("app-one")).state, "working");
      await Deno.writeTextFile(join(at, "left behind.txt"), "not committed\n");
      const [first, second] = [await done(at), await done(at)];
      assertEquals([first.code, second.code], [0, 0], first.stderr + second.stderr);
      await town.landed();
      assertEquals(await lostOrDoubled(town, ["app-one"]), []);
      assertEquals(await town.git(town.remote, "show", "main:left behind.txt"), "not committed");
      assertRefused(await done(town.folder), "wrong_folder");
    }));

  it("gets its worktree again when it was deleted, and nothing of a person's is touched that stands there", () =>
    withTown(async (town) => {
      await town.plan([{ id: "app-one", script: page("one", "- wait: { file: go }") }]);
      await town.must(["start"]);
      await town.must(["sling", "app-one", "app"]);
      const at = join(town.folder, "rigs", "app", "workers", "1");
      await committed(town, "app-one");
      await town.must(["worker", "stop", "1"]);
      await Deno.remove(at, { recursive: true });
      await Deno.mkdir(at);
      await Deno.writeTextFile(join(at, "mine.txt"), "a person's");
      const env = asWorker(town, { bead: "app-one", n: 1, worker: 1 });
      assertRefused(
        await callProgram([...gtWords, "done", "--json"], { cwd: at, env: { ...town.env, ...env } }),
        "worktree_gone",
      );
      await town.must(["worker", "start", "1"]);
      await atState(town, "app-one", "escalated");
      assertStringIncludes((await town.attempt("app-one")).question, "move it away");
      assertEquals(await Deno.readTextFile(join(at, "mine.txt")), "a person's");
      await Deno.rename(at, join(town.root, "aside"));
      await Deno.writeTextFile(join(town.folder, "go"), "");
      await town.must(["sling", "app-one", "app"]);
      await town.landed();
      assertEquals(await lostOrDoubled(town, ["app-one"]), []);
    }));
});

describe("a remote that refuses the worker's branch", () => {
  it("keeps the work with the worker, who says so, until the remote takes it", () =>
    withTown(async (town) => {
      await town.plan([{ id: "app-one", script: page("one") }]);
      const hook = join(town.remote, "hooks", "update");
      await Deno.writeTextFile(
        hook,
        "#!/bin/sh\ncase $1 in refs/heads/gt/*) echo no such branches here >&2; exit 1;; esac\n",
        { mode: 0o755 },
      );
      await town.must(["start"]);
      await town.must(["sling", "app-one", "app"]);
      await atState(town, "app-one", "waiting");
      const at = join(town.folder, "rigs", "app", "workers", "1");
      const env = asWorker(town, { bead: "app-one", n: 1, worker: 1 });
      const done = () =>
        callProgram([...gtWords, "done", "--json"], { cwd: at, env: { ...town.env, ...env } });
      const refused = await done();
      assertRefused(refused, "push_failed");
      assertStringIncludes(refused.stderr, "no such branches here");
      assertEquals((await town.json(["bd", "show", "app-one"]))[0].status, "in_progress");
      await Deno.remove(hook);
      assertEquals((await done()).code, 0);
      await town.landed();
      assertEquals(await lostOrDoubled(town, ["app-one"]), []);
    }));
});
