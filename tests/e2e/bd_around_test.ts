import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { type Bench, benchAt, inFolders, inLedger } from "./bd_fixture.ts";
import { programWords } from "./program.ts";

const HOOKS = ["post-checkout", "post-merge", "pre-push"];

describe("bd onboard", () => {
  it("prints a section for agents, and writes it only when told, as often as one likes", () =>
    inLedger(async ({ bd, json, refusal, folder }) => {
      const file = join(folder, "AGENTS.md");
      assertStringIncludes((await bd(["onboard"])).stdout, "## Work is kept with bd");
      assertEquals((await json(["onboard"])).state, "missing");
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [".beads"]);
      Deno.writeTextFileSync(file, "# Ours\r\n\r\nBe kind.\r\n");
      assertEquals((await json(["onboard", "--write"])).state, "written");
      const written = Deno.readTextFileSync(file);
      assertEquals(written.startsWith("# Ours\r\n\r\nBe kind.\r\n\r\n<!-- bd:begin"), true);
      assertEquals(written.replaceAll("\r\n", "").includes("\n"), false);
      assertEquals((await json(["onboard", "--write"])).state, "current");
      Deno.writeTextFileSync(file, written.replace("bd prime", "bd older") + "After.\r\n");
      await bd(["onboard", "--write"]);
      assertEquals(Deno.readTextFileSync(file), written + "After.\r\n");
      await bd(["onboard", "--remove"]);
      assertEquals(Deno.readTextFileSync(file), "# Ours\r\n\r\nBe kind.\r\n\r\nAfter.\r\n");
      assertEquals((await json(["onboard", "--remove"])).state, "absent");
      Deno.writeTextFileSync(file, "<!-- bd:end -->\n");
      assertEquals((await refusal(["onboard", "--write"])).code, "marks_broken");
      assertEquals((await json(["onboard", "--write", "--file", "CLAUDE.md"])).state, "written");
      await bd(["onboard", "--remove", "--file", "CLAUDE.md"]);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [".beads", "AGENTS.md"]);
    }));
});

describe("bd hooks", () => {
  it("are installed when asked for, beside those of others only when that is asked for too", () =>
    inRepository(async ({ json, refusal, git, folder }) => {
      const states = (rows: { state: string }[]) => rows.map((row) => row.state);
      const hooks = join(folder, ".git/hooks");
      assertEquals(states(await json(["hooks", "list"])), ["absent", "absent", "absent"]);
      assertEquals(states(await json(["hooks", "install"])), ["installed", "installed", "installed"]);
      assertEquals(states(await json(["hooks", "install"])), ["installed", "installed", "installed"]);
      assertEquals(states(await json(["hooks", "uninstall"])), ["absent", "absent", "absent"]);
      const own = "#!/bin/sh\nexit 3\n";
      Deno.writeTextFileSync(join(hooks, "pre-push"), own, { mode: 0o755 });
      const refused = await refusal(["hooks", "install"]);
      assertEquals([refused.exit, refused.code], [1, "hook_exists"]);
      assertEquals(HOOKS.filter((name) => exists(join(hooks, name))), ["pre-push"]);
      assertEquals(states(await json(["hooks", "install", "--chain"])), [
        "installed",
        "installed",
        "chained",
      ]);
      assertEquals(states(await json(["hooks", "uninstall"])), ["absent", "absent", "other"]);
      assertEquals(Deno.readTextFileSync(join(hooks, "pre-push")), own);
      await git(["config", "core.hooksPath", ".husky"]);
      assertEquals((await refusal(["hooks", "install"])).code, "hooks_elsewhere");
    }));

  it("share beads when git pushes and merges, let a hook that was there decide, and never fail git", () =>
    inRepository(async (bench) => {
      const { bd, git, folder } = bench;
      await bd(["hooks", "install"]);
      const commit = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "x",
      ];
      await git(commit);
      await bd(["create", "One", "--id", "cs-one"]);
      const path = `${pathWithBd(folder)}:${Deno.env.get("PATH")}`;
      const push = () => withPath(bench, { path, words: ["push", "-q", "origin", "HEAD:main"] });
      assertEquals((await push()).code, 0);
      await until(async () => (await bench.json(["sync", "--status"])).pending === 0);
      assertStringIncludes(await git(["ls-remote", "origin"]), "refs/beads/");
      await git(["remote", "set-url", "origin", "../nowhere.git"]);
      assertEquals((await withPath(bench, { path, words: ["checkout", "-q", "-b", "other"] })).code, 0);
      // Without any bd on PATH, or with one that fails, git notices nothing.
      assertEquals(
        (await withPath(bench, { path: "/usr/bin:/bin", words: ["checkout", "-q", "-"] })).code,
        0,
      );
      await git(["remote", "set-url", "origin", "../remote.git"]);
      await bd(["hooks", "uninstall"]);
      const hook = join(folder, ".git/hooks/pre-push");
      Deno.writeTextFileSync(hook, `#!/bin/sh\ncat > "${folder}/seen"\nexit 1\n`, { mode: 0o755 });
      await bd(["hooks", "install", "--chain"]);
      await git(commit);
      assertEquals((await push()).code, 1);
      assertStringIncludes(Deno.readTextFileSync(join(folder, "seen")), "refs/heads/main");
    }));
});

/** A repository with a ledger and a bare remote. */
function inRepository(test: (bench: Bench) => Promise<void>): Promise<void> {
  return inFolders(async (root) => {
    const bench = benchAt(root, "work");
    await bench.git(["init", "-q", "--bare", join(root, "remote.git")]);
    await bench.git(["init", "-q", "-b", "main"]);
    await bench.git(["remote", "add", "origin", "../remote.git"]);
    assertEquals((await bench.bd(["init", "--prefix", "cs"])).code, 0);
    await test(bench);
  });
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** A folder that holds the program under test as `bd`. */
function pathWithBd(folder: string): string {
  const bin = join(folder, "..", "bin");
  Deno.mkdirSync(bin, { recursive: true });
  const words = programWords.map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(join(bin, "bd"), `#!/bin/sh\nexec ${words} --as bd "$@"\n`, { mode: 0o755 });
  return bin;
}

async function withPath(
  { folder }: Bench,
  { path, words }: { path: string; words: string[] },
): Promise<{ code: number }> {
  const HOME = join(folder, "..", "home");
  const cache = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "/", ".cache", "deno");
  return await new Deno.Command("git", {
    args: words,
    cwd: folder,
    clearEnv: true,
    env: { PATH: path, HOME, DENO_DIR: cache, GIT_CONFIG_GLOBAL: "/dev/null", BD_ACTOR: "ann" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
}

/** Waits for what a hook does in the background. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!await holds()) if (performance.now() > deadline) throw new Error("it never came");
}
