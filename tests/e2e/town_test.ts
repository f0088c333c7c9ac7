import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { callWords, type Ended, gt, gtWords } from "./program.ts";

/** A folder with a home of its own, in which nothing of this machine's configuration counts. */
interface Place {
  root: string;
  town: string;
  env: Record<string, string>;
  gt(words: readonly string[], env?: Record<string, string>): Promise<Ended>;
  /** Fails the test unless the call succeeds; returns what it printed with `--json`. */
  // deno-lint-ignore no-explicit-any
  json(words: readonly string[]): Promise<any>;
  git(cwd: string, ...args: string[]): Promise<string>;
  /** Makes a repository with one commit that has these files. */
  repository(name: string, files?: Record<string, string>): Promise<string>;
}

async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const outer = await Deno.makeTempDir({ prefix: "gt e2e " });
  const root = await Deno.realPath(outer);
  const town = join(root, "die Stadt ü");
  const env = {
    HOME: join(root, "home"),
    PATH: Deno.env.get("PATH")!,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    NO_COLOR: "1",
  };
  await Deno.mkdir(env.HOME);
  const call = (words: readonly string[], more: Record<string, string> = {}) =>
    gt(words, { cwd: root, env: { ...env, GT_TOWN: town, ...more } });
  const git = async (cwd: string, ...args: string[]) => {
    const person = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
    const ended = await callWords(["git", ...person, ...args], { cwd, env });
    if (ended.code !== 0) throw new Error(`git ${args.join(" ")}: ${ended.stderr}`);
    return ended.stdout.trim();
  };
  const place: Place = {
    root,
    town,
    env,
    gt: call,
    git,
    async json(words) {
      const ended = await call([...words, "--json"]);
      if (ended.code !== 0) throw new Error(`gt ${words.join(" ")}: ${ended.stderr}${ended.stdout}`);
      return JSON.parse(ended.stdout);
    },
    async repository(name, files = { "a.txt": "one\n" }) {
      const folder = join(root, name);
      await git(root, "init", "-q", "-b", "trunk", folder);
      for (const [path, text] of Object.entries(files)) {
        await Deno.mkdir(join(folder, path, ".."), { recursive: true });
        await Deno.writeTextFile(join(folder, path), text);
      }
      await git(folder, "add", "-A", "-f");
      await git(folder, "commit", "-qm", "begin");
      return folder;
    },
  };
  try {
    await place.json(["install", town]);
    await place.json(["config", "set", "agent", "script"]);
    await use(place);
  } finally {
    await Deno.remove(outer, { recursive: true });
  }
}

function codeOf(ended: Ended): string {
  return JSON.parse(ended.stderr).error.code;
}

const issues = [
  `{"id":"pa-login","title":"Log in","status":"open","priority":1,"issue_type":"task","created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"}`,
  `{"id":"pa-out","title":"Log out","status":"open","priority":2,"issue_type":"task","created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z","dependencies":[{"issue_id":"pa-out","depends_on_id":"pa-login","type":"blocks","created_at":"2024-01-01T00:00:00Z","created_by":"x"}]}`,
].join("\n") + "\n";

describe("gt rig add", () => {
  it("takes a folder with a checkout, a bare one, a file URL and an ssh address", () =>
    inPlace(async ({ root, gt, json, git, repository }) => {
      const checkout = await repository("the prøject");
      const bare = join(root, "bare one.git");
      await git(root, "clone", "-q", "--bare", checkout, bare);
      // What ssh is to git: a program that runs a command elsewhere.
      const ssh = join(root, "ssh.sh");
      await Deno.writeTextFile(ssh, '#!/bin/sh\nfor last; do :; done\neval "$last"\n', { mode: 0o755 });
      await json(["rig", "add", "checkout", "the prøject"]);
      await json(["rig", "add", "bare", bare, "--merge", "squash"]);
      await json(["rig", "add", "url", `file://${bare}`]);
      const added = await gt(["rig", "add", "far-away", `host.invalid:${bare}`], {
        GIT_SSH_COMMAND: `'${ssh}'`,
      });
      assertEquals([added.code, added.stderr], [0, ""]);
      const rigs = await json(["rig", "list"]);
      assertEquals(
        rigs.map((
          rig: { name: string; prefix: string; branch: string },
        ) => [rig.name, rig.prefix, rig.branch]),
        [
          ["checkout", "checkout", "trunk"],
          ["bare", "bare", "trunk"],
          ["url", "url", "trunk"],
          ["far-away", "fa", "trunk"],
        ],
      );
      const shown = await json(["rig", "show", "checkout"]);
      assertEquals([shown.url, shown.commit], [checkout, await git(checkout, "rev-parse", "HEAD")]);
      assertEquals(await git(checkout, "status", "--porcelain"), "");
      assertEquals((await json(["rig", "add", "bare", bare])).existed, true);
    }));

  it("refuses what cannot be a rig, and leaves nothing behind", () =>
    inPlace(async ({ root, town, gt, repository, git }) => {
      const good = await repository("good");
      await git(root, "init", "-q", "empty");
      await Deno.mkdir(join(root, "plain"));
      const before = await Deno.readTextFile(join(town, "town.yaml"));
      const cases: [words: string[], code: string][] = [
        [["a", "nowhere"], "not_a_repository"],
        [["a", "plain"], "not_a_repository"],
        [["a", "empty"], "remote_empty"],
        [["a", `file://${root}/nowhere`], "not_a_repository"],
        [["a", "ssh://127.0.0.1:1/x"], "remote_unreachable"],
        [["a", good, "--branch", "nope"], "branch_missing"],
        [["a", good, "--prefix", "hq"], "prefix_taken"],
        [["a", good, "--agent", "nobody"], "rig_invalid"],
        [["a", good, "--merge", "octopus"], "unknown_value"],
        [["My Rig", good], "bad_rig_name"],
        [["a", join(town, "rigs")], "remote_in_town"],
      ];
      for (const [words, code] of cases) {
        const ended = await gt(["rig", "add", ...words, "--json"]);
        assertEquals([words.join(" "), codeOf(ended), ended.stdout], [words.join(" "), code, ""]);
      }
      assertEquals(await Deno.readTextFile(join(town, "town.yaml")), before);
      assertEquals([...Deno.readDirSync(join(town, "rigs"))], []);
    }));

  it("is completed by the same call after a kill at any point", () =>
    inPlace(async ({ root, gt, json, repository }) => {
      const folder = await repository("project", { ".beads/issues.jsonl": issues });
      for (const [at, point] of ["rig-cloned", "rig-imported", "rig-added"].entries()) {
        const words = ["rig", "add", `rig${at}`, folder, "--prefix", `p${at}`];
        const killed = await gt(words, { GT_FAULT: `${point}:${join(root, `fault-${at}`)}` });
        assertEquals([point, killed.code === 0], [point, false]);
        const again = await json(words);
        assertEquals([again.name, again.existed], [`rig${at}`, point === "rig-added"]);
      }
      const beads = await json(["rig", "import", "rig0"]);
      assertEquals([beads.created, beads.changed, beads.unchanged], [[], [], 2]);
    }));
});

describe("the beads of a repository", () => {
  it("come along from its issues.jsonl with their ids, once, and again on request", () =>
    inPlace(async ({ town, env, json, git, repository }) => {
      const folder = await repository("project", { ".beads/issues.jsonl": issues });
      const added = await json(["rig", "add", "project", folder]);
      assertEquals([added.prefix, added.beads.created], ["pa", ["pa-login", "pa-out"]]);
      const shown = await callWords([...gtWords, "--as", "bd", "show", "pa-out", "--json"], {
        cwd: town,
        env,
      });
      assertEquals(JSON.parse(shown.stdout)[0].dependencies[0].id, "pa-login");
      const more =
        `{"id":"pa-third","title":"Third","status":"open","priority":2,"issue_type":"task","created_at":"2024-01-03T00:00:00Z","updated_at":"2024-01-03T00:00:00Z"}\n`;
      await Deno.writeTextFile(join(folder, ".beads/issues.jsonl"), issues + more);
      await git(folder, "commit", "-qam", "more");
      assertEquals((await json(["rig", "add", "project", folder])).beads, undefined);
      assertEquals((await json(["rig", "import", "project"])).created, ["pa-third"]);
    }));

  it("come along from the refs of its ledger", () =>
    inPlace(async ({ town, env, json, repository }) => {
      const folder = await repository("project");
      const bd = (cwd: string, ...words: string[]) =>
        callWords([...gtWords, "--as", "bd", ...words, "--json"], { cwd, env });
      await bd(folder, "init", "--prefix", "bb");
      await bd(folder, "create", "One", "--id", "bb-one");
      await bd(folder, "create", "Two", "--id", "bb-two", "--deps", "blocks:bb-one");
      assertEquals((await bd(folder, "sync")).code, 0);
      const added = await json(["rig", "add", "project", folder]);
      assertEquals([added.prefix, added.beads.source, added.beads.created], ["bb", "refs/beads/*", [
        "bb-one",
        "bb-two",
      ]]);
      const ready = JSON.parse((await bd(town, "ready")).stdout);
      assertEquals(ready.map((bead: { id: string }) => bead.id), ["bb-one"]);
    }));

  it("are not needed: --no-beads leaves them", () =>
    inPlace(async ({ json, repository }) => {
      const folder = await repository("project", { ".beads/issues.jsonl": "<<<<<<< not JSON\n" });
      assertEquals((await json(["rig", "add", "project", folder, "--no-beads"])).beads, undefined);
    }));
});

describe("gt rig remove", () => {
  it("keeps what only this machine has, and says where", () =>
    inPlace(async ({ root, town, gt, json, git, repository }) => {
      const folder = await repository("project");
      await json(["rig", "add", "project", folder]);
      const repo = join(town, "rigs/project/repo.git");
      const worktree = join(town, "rigs/project/crew/ann");
      await git(repo, "worktree", "add", "-q", "-b", "draft", worktree, "origin/trunk");
      await Deno.writeTextFile(join(worktree, "new file.txt"), "not committed");
      assertEquals(codeOf(await gt(["rig", "remove", "project", "--json"])), "rig_in_use");
      const plan = await json(["rig", "remove", "project", "--dry-run"]);
      assertEquals([plan.dry_run, plan.dirty], [true, [worktree]]);
      const removed = await json(["rig", "remove", "project", "--force"]);
      const refs = await git(removed.kept, "for-each-ref", "--format=%(refname)", "refs/gt/rescue");
      assertEquals(await git(removed.kept, "show", `${refs.split("\n")[0]}:new file.txt`), "not committed");
      assertEquals([...Deno.readDirSync(join(town, "rigs"))].map((entry) => entry.name), [".removed"]);
      assertEquals(await json(["rig", "list"]), []);
      assertEquals(codeOf(await gt(["rig", "remove", "project", "--json"])), "rig_not_found");
      assertEquals((await json(["rig", "add", "project", folder])).existed, false);
      assertEquals(await git(root, "-C", folder, "status", "--porcelain"), "");
    }));

  it("refuses while beads are on its hooks, and takes them off when forced", () =>
    inPlace(async ({ town, env, gt, json, repository }) => {
      await json(["rig", "add", "project", await repository("project"), "--prefix", "pr"]);
      await callWords([...gtWords, "--as", "bd", "create", "One", "--id", "pr-one"], { cwd: town, env });
      await json(["sling", "pr-one", "project"]);
      const refused = await gt(["rig", "remove", "project", "--json"]);
      assertEquals(codeOf(refused), "rig_in_use");
      assertStringIncludes(refused.stderr, "gt unsling pr-one");
      assertEquals((await json(["rig", "remove", "project", "--force"])).released, ["pr-one"]);
      const shown = await callWords([...gtWords, "--as", "bd", "show", "pr-one", "--json"], {
        cwd: town,
        env,
      });
      assertEquals(JSON.parse(shown.stdout)[0].status, "open");
    }));

  it("is completed by the same call after a kill", () =>
    inPlace(async ({ root, town, gt, json, repository }) => {
      await json(["rig", "add", "project", await repository("project")]);
      await gt(["rig", "remove", "project"], { GT_FAULT: `rig-unlisted:${join(root, "fault")}` });
      assertEquals(await json(["rig", "list"]), []);
      const doctor = await gt(["doctor"]);
      assertStringIncludes(doctor.stdout, "gt rig remove project");
      assertEquals((await json(["rig", "remove", "project"])).configured, false);
      assertEquals([...Deno.readDirSync(join(town, "rigs"))], []);
    }));
});

describe("gt install", () => {
  it("is completed by the same call after a kill at any point", () =>
    inPlace(async ({ root, gt }) => {
      const points = ["town.yaml", "folders", "git repository of the town", "ledger", "tmux configuration"];
      for (const [at, point] of points.entries()) {
        const path = join(root, `town ${at}`);
        const killed = await gt(["install", path], {
          GT_FAULT: `install-${point}:${join(root, `fault-${at}`)}`,
        });
        assertEquals([point, killed.code === 0], [point, false]);
        const again = await gt(["install", path]);
        assertEquals([point, again.code, again.stderr], [point, 0, ""]);
        const third = JSON.parse((await gt(["install", path, "--json"])).stdout);
        assertEquals([point, third.made], [point, []]);
      }
    }));

  it("needs no identity of git, and no configuration", () =>
    inPlace(async ({ town, git }) => {
      assertEquals(await git(town, "log", "--format=%an %s"), "gt town: begin");
    }));
});

describe("gt doctor", () => {
  it("--fix makes what is missing, and a second run has nothing to do", () =>
    inPlace(async ({ town, gt, json, repository }) => {
      await json(["rig", "add", "project", await repository("project")]);
      assertEquals((await gt(["doctor"])).code, 0);
      for (const path of [".gt", "rigs/project/repo.git", "molecules", ".gitignore"]) {
        await Deno.remove(join(town, path), { recursive: true });
      }
      assertEquals((await gt(["doctor"])).code, 1);
      const fixed = await json(["doctor", "--fix"]);
      assertEquals(fixed.some((one: { fixed: boolean }) => one.fixed), true);
      const again = await json(["doctor", "--fix"]);
      assertEquals(
        again.filter((one: { fixed: boolean; condition: string }) => one.fixed || one.condition !== "ok"),
        [],
      );
    }));

  it("says what is wrong with town.yaml, and where", () =>
    inPlace(async ({ town, gt }) => {
      await Deno.writeTextFile(join(town, "town.yaml"), "town: a\nlimits:\n  workers: many\n");
      const ended = await gt(["doctor"]);
      assertEquals(ended.code, 1);
      assertStringIncludes(
        ended.stdout,
        'town.yaml:3:12: limits.workers: expected a whole number, 1 or more, found "many"',
      );
    }));
});

describe("gt config", () => {
  it("sets, gets, unsets and lists, and refuses what is not valid", () =>
    inPlace(async ({ town, gt, json }) => {
      assertEquals((await gt(["config", "set", "limits.workers", "6"])).code, 0);
      assertEquals((await gt(["config", "get", "limits.workers"])).stdout, "6\n");
      assertEquals((await gt(["config", "unset", "limits.workers"])).code, 0);
      assertEquals((await gt(["config", "get", "limits.workers"])).stdout, "4\n");
      const before = await Deno.readTextFile(join(town, "town.yaml"));
      assertStringIncludes(before, "# Which agent does the work.");
      assertEquals(codeOf(await gt(["config", "set", "limits.workers", "many", "--json"])), "config_invalid");
      assertEquals(
        codeOf(await gt(["config", "set", "limits.wrokers", "3", "--json"])),
        "config_key_unknown",
      );
      assertEquals(await Deno.readTextFile(join(town, "town.yaml")), before);
      const listed = await json(["config", "list"]);
      assertEquals(listed.find((one: { key: string }) => one.key === "agent").value, "script");
      assertEquals((await json(["config", "schema"])).properties.town.type, "string");
      assertEquals((await gt(["config", "path"])).stdout, `${town}/town.yaml\n`);
    }));

  it("takes as a rig's molecule only one that a bead can be worked by; doctor and sling name the key of one that is gone", () =>
    inPlace(async ({ town, gt, json, repository }) => {
      await json(["rig", "add", "project", await repository("project"), "--prefix", "pr"]);
      const key = "rigs.project.molecule";
      const before = await Deno.readTextFile(join(town, "town.yaml"));
      const missing = await gt(["config", "set", key, "tddd"]);
      assertEquals(missing.code, 1);
      assertStringIncludes(
        missing.stderr,
        `Cannot use "${key}" of town.yaml: cannot find molecule "tddd": there is none of this name\n` +
          "hint: Did you mean tdd?\n",
      );
      assertEquals(codeOf(await gt(["config", "set", key, "code-review", "--json"])), "not_a_checklist");
      assertEquals(await Deno.readTextFile(join(town, "town.yaml")), before);
      for (const name of ["tdd", "none"]) await json(["config", "set", key, name]);

      const own = join(town, "molecules", "own.yaml");
      await Deno.writeTextFile(own, "molecule: own\nsteps:\n  - { id: a, title: A }\n");
      await json(["config", "set", key, "own"]);
      assertEquals((await gt(["doctor"])).code, 0);
      await Deno.remove(own);
      const looked = await gt(["doctor"]);
      assertEquals(looked.code, 1);
      assertStringIncludes(looked.stdout, `rig project: molecule: Cannot use "${key}" of town.yaml`);
      await callWords([...gtWords, "--as", "bd", "create", "One", "--id", "pr-one"], {
        cwd: town,
        env: { HOME: join(town, "..", "home"), GIT_CONFIG_GLOBAL: "/dev/null" },
      });
      const slung = await gt(["sling", "pr-one", "project"]);
      assertEquals(slung.code, 1);
      assertStringIncludes(slung.stderr, `Cannot use "${key}" of town.yaml: cannot find molecule "own"`);
      assertStringIncludes(slung.stderr, `gt config set ${key} NAME`);
      await json(["config", "set", "limits.workers", "2"]);
    }));
});
