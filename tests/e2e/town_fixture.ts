/**
 * A temporary town with a sample repository behind a bare remote, driven through the program alone.
 *
 * @module
 */
import { join } from "node:path";
import { type Called, callProgram, gtWords } from "./program.ts";

/** One bead of a scenario, with the script its worker follows. */
export interface Work {
  id: string;
  needs?: readonly string[];
  script: string;
}

/** What `gt status --json` and `bd show --json` say, as far as the tests look at it. */
// deno-lint-ignore no-explicit-any
export type Answer = any;

/** A town under test. */
export interface TestTown {
  readonly root: string;
  readonly folder: string;
  readonly remote: string;
  readonly env: Record<string, string>;
  /** Runs gt; `env` is added. */
  gt(words: readonly string[], env?: Record<string, string>): Promise<Called>;
  /** Runs gt and fails the test unless it succeeds. */
  must(words: readonly string[], env?: Record<string, string>): Promise<Called>;
  /** Runs `gt … --json` or, with `bd` as the first word, `bd … --json`. */
  json(words: readonly string[]): Promise<Answer>;
  git(cwd: string, ...args: string[]): Promise<string>;
  /** Makes beads with their scripts, and a convoy of all of them. */
  plan(work: readonly Work[]): Promise<void>;
  /** Waits until `probe` returns something; fails with what it last saw and the logs. */
  until<T>(what: string, probe: () => Promise<T | undefined | false>, seconds?: number): Promise<T>;
  /** Waits until the convoy has landed. */
  landed(seconds?: number): Promise<void>;
  /** The attempt of a bead. */
  attempt(id: string): Promise<Answer>;
  /** The process of the town's tmux server. */
  serverPid(): Promise<number>;
  /** Ends everything the town runs and removes it. */
  end(): Promise<void>;
}

/** Makes a town with one rig `app` whose check is `sh check.sh`. */
export async function createTestTown(
  options: { name?: string; config?: Record<string, string> } = {},
): Promise<TestTown> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: options.name ?? "gt-e2e " }));
  const folder = join(root, "town");
  const remote = join(root, "remote.git");
  const env: Record<string, string> = {
    HOME: join(root, "home"),
    PATH: Deno.env.get("PATH")!,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    NO_COLOR: "1",
    LANG: "C.UTF-8",
    TERM: "xterm",
  };
  await Deno.mkdir(env.HOME!);
  const town = townAt({ root, folder, remote, env });
  await makeRemote(town);
  await town.must(["-C", root, "install", folder]);
  await town.must(["config", "set", "agent", "script"]);
  await town.must(["config", "set", "coordinator.agent", "shell"]);
  for (const [key, value] of Object.entries({ "limits.retry_after": "200ms", ...options.config })) {
    await town.must(["config", "set", key, value]);
  }
  await town.must(["rig", "add", "app", remote, "--prefix", "app", "--check", "sh check.sh"]);
  return town;
}

async function makeRemote(town: TestTown): Promise<void> {
  const source = join(town.root, "source");
  await Deno.mkdir(source);
  const files = {
    "check.sh": "! grep -r '<<<<<<<' notes.txt\n",
    "notes.txt": "first line\n",
    "README.md": "# sample\n",
  };
  for (const [path, text] of Object.entries(files)) await Deno.writeTextFile(join(source, path), text);
  await town.git(source, "init", "-q", "-b", "main");
  await town.git(source, "add", "-A");
  await town.git(source, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "begin");
  await town.git(town.root, "clone", "-q", "--bare", source, town.remote);
}

function townAt(place: Pick<TestTown, "root" | "folder" | "remote" | "env">): TestTown {
  const { root, folder, env } = place;
  const gt = (words: readonly string[], more: Record<string, string> = {}) =>
    callProgram([...gtWords, ...words], { cwd: existing(folder, root), env: { ...env, ...more } });
  const town: TestTown = {
    ...place,
    gt,
    async must(words, more) {
      const called = await gt(words, more);
      if (called.code !== 0) {
        throw new Error(`gt ${words.join(" ")}: ${called.code}\n${called.stderr}${called.stdout}`);
      }
      return called;
    },
    async json(words) {
      const call = words[0] === "bd" ? ["--as", ...words] : words;
      const called = await town.must([...call, "--json"]);
      return JSON.parse(called.stdout);
    },
    async git(cwd, ...args) {
      const called = await callProgram(["git", ...args], { cwd, env });
      if (called.code !== 0) throw new Error(`git ${args.join(" ")}: ${called.stderr}`);
      return called.stdout.trim();
    },
    async plan(work) {
      await Deno.mkdir(join(folder, "scripts"), { recursive: true });
      for (const { id, needs, script } of work) {
        await Deno.writeTextFile(join(folder, "scripts", `${id}.yaml`), script);
        const deps = needs ? ["--deps", needs.map((need) => `blocks:${need}`).join(",")] : [];
        await town.must(["--as", "bd", "create", `Do ${id}`, "--id", id, ...deps]);
      }
      await town.must(["convoy", "create", "All", ...work.map(({ id }) => id)]);
    },
    async until(what, probe, seconds = 30) {
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        const found = await probe();
        if (found !== undefined && found !== false) return found;
        if (Date.now() > deadline) throw new Error(`never came: ${what}\n${await report(town)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async landed(seconds) {
      await town.until("the convoy lands", async () => {
        const convoys = await town.json(["convoy", "list", "--all"]);
        return convoys[0]?.status === "closed";
      }, seconds);
    },
    async attempt(id) {
      return (await town.json(["bd", "show", id]))[0]?.metadata?.attempt;
    },
    async serverPid() {
      const socket = join(folder, ".gt", "tmux.sock");
      const called = await callProgram(["tmux", "-S", socket, "display-message", "-p", "#{pid}"], {
        cwd: folder,
        env,
      });
      return Number(called.stdout.trim());
    },
    async end() {
      await gt(["shutdown", "--now"]);
      await Deno.remove(root, { recursive: true });
    },
  };
  return town;
}

function existing(folder: string, fallback: string): string {
  try {
    Deno.statSync(folder);
    return folder;
  } catch {
    return fallback;
  }
}

/** What a person would look at when something does not come. */
async function report(town: TestTown): Promise<string> {
  const status = await town.gt(["status"]);
  const log = await town.gt(["log", "-n", "60"]);
  let text = status.stdout + status.stderr + log.stdout;
  const logs = join(town.folder, ".gt", "logs");
  try {
    for await (const entry of Deno.readDir(logs)) {
      if (!entry.isFile) continue;
      const lines = (await Deno.readTextFile(join(logs, entry.name))).trimEnd().split("\n").slice(-15);
      text += `\n--- ${entry.name}\n${lines.join("\n")}`;
    }
  } catch { /* there are no logs yet */ }
  return text;
}

/** The invariants of the main job, looked up in a fresh clone of the remote. */
export async function lostOrDoubled(town: TestTown, ids: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  const clone = await Deno.makeTempDir({ dir: town.root, prefix: "proof" });
  await town.git(town.root, "clone", "-q", town.remote, clone);
  const trailers =
    (await town.git(clone, "log", "--first-parent", "--format=%(trailers:key=Bead,valueonly)", "main"))
      .split("\n").filter(Boolean);
  for (const id of ids) {
    const [bead] = await town.json(["bd", "show", id]);
    const { landed, commit } = bead.metadata.attempt;
    if (bead.status !== "closed") wrong.push(`${id} is ${bead.status}`);
    for (const hash of [landed, commit]) {
      const called = await callProgram(["git", "merge-base", "--is-ancestor", String(hash), "main"], {
        cwd: clone,
        env: town.env,
      });
      if (called.code !== 0) wrong.push(`${id}: ${hash} is not on main`);
    }
    const merges = trailers.filter((trailer) => trailer === id).length;
    if (merges !== 1) wrong.push(`${id} was merged ${merges} times`);
  }
  return wrong;
}
