/**
 * Every command that a briefing names, run as it stands by whom it is told to: a briefing that contradicts what the
 * commands do would send its agent astray.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { callProgram } from "./program.ts";
import { createTestTown, type TestTown } from "./town_fixture.ts";

type Role = "worker" | "coordinator" | "crew";

const golden = join(dirname(fileURLToPath(import.meta.url)), "..", "golden");

/** The command lines in the briefings of a role, with capitals where a briefing of the moment has names. */
function linesFor(role: Role): string[] {
  const files = [...Deno.readDirSync(golden)].map(({ name }) => name)
    .filter((name) => name.startsWith("prime_") && (/coordinator|crew/.exec(name)?.[0] ?? "worker") === role);
  const lines = files.map((name) => Deno.readTextFileSync(join(golden, name))).flatMap((text) => [
    ...[...text.matchAll(/`([^`]+)`/g)].map((found) => found[1]!),
    ...[...text.matchAll(/(?:: |^)((?:gt|bd|git) [^\n]+?)(?: {3}\(.*)?$/gm)].map((found) => found[1]!),
  ]);
  const named = lines.map((line) =>
    line.replaceAll(/cs-login\.\d/g, "STEP").replaceAll("cs-login", "ID").replaceAll(/hq-msg-\w+/g, "MESSAGE")
  );
  return [...new Set(named.map((line) => line.replace(/(?<!\.)\.$/, "").trim()))].sort();
}

const molecule =
  "molecule: two\nversion: 1\ndescription: Two.\nsteps:\n  - { id: a, title: First }\n  - { id: b, title: Second }\n";

/** A town in which workers hang, so that each command finds a worker of its own. */
class Scene {
  readonly town: TestTown;
  #beads = 0;

  constructor(town: TestTown) {
    this.town = town;
  }

  async bead(): Promise<string> {
    const id = `app-${++this.#beads}`;
    await Deno.mkdir(join(this.town.folder, "scripts"), { recursive: true });
    await Deno.writeTextFile(join(this.town.folder, "scripts", `${id}.yaml`), "- hang: true\n");
    await this.town.must(["--as", "bd", "create", `Do ${id}`, "--id", id]);
    return id;
  }

  /** A worker that is at work, as its own session would see the world. */
  async worker(...sling: string[]): Promise<{ env: Record<string, string>; cwd: string; id: string }> {
    const id = await this.bead();
    await this.town.must(["sling", id, "app", ...sling]);
    const { worker } = await this.town.until(`${id} at work`, async () => {
      const attempt = await this.town.attempt(id);
      return attempt.state === "working" && attempt;
    });
    const env = {
      ...{ GT_ROLE: "worker", GT_RIG: "app", GT_WORKER: String(worker), GT_BEAD: id, GT_ATTEMPT: "1" },
      ...{ GT_SESSION: `gt-worker-${worker}`, BD_ACTOR: `worker-${worker}` },
    };
    return { env, id, cwd: join(this.town.folder, "rigs", "app", "workers", String(worker)) };
  }

  /** Commits something in a worktree. */
  async commit(cwd: string): Promise<void> {
    await Deno.writeTextFile(join(cwd, `file-${this.#beads}.txt`), `${cwd}\n`);
    await this.town.git(cwd, "add", "-A");
    await this.town.git(
      cwd,
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@localhost",
      "commit",
      "-qm",
      "Something",
    );
  }

  async mail(to: string): Promise<string> {
    const [sent] = await this.town.json(["mail", "send", to, "-m", "Look here"]);
    return sent.id;
  }

  /** Runs a line as it stands; returns what went wrong. */
  async run(line: string, at: { cwd: string; env: Record<string, string> }): Promise<string[]> {
    const person = { GIT_AUTHOR_NAME: "t", GIT_AUTHOR_EMAIL: "t@localhost" };
    const committer = { GIT_COMMITTER_NAME: "t", GIT_COMMITTER_EMAIL: "t@localhost" };
    const PATH = `${join(this.town.folder, ".gt", "bin")}:${this.town.env.PATH}`;
    const env = { ...this.town.env, ...person, ...committer, ...at.env, PATH, GT_TOWN: this.town.folder };
    const { code, stdout, stderr } = await callProgram(["sh", "-c", line], { cwd: at.cwd, env });
    return code === 0 ? [] : [`${line}: ${code}\n${stdout}${stderr}`];
  }
}

async function onScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  const town = await createTestTown({ config: { "limits.workers": "12" } });
  try {
    await Deno.writeTextFile(join(town.folder, "molecules", "two.yaml"), molecule);
    await town.must(["start"]);
    await use(new Scene(town));
  } finally {
    await town.end();
  }
}

async function asWorker(scene: Scene): Promise<string[]> {
  const at = await scene.worker();
  const ofOwn: Record<string, () => Promise<[string, { cwd: string; env: Record<string, string> }]>> = {
    "gt done": async () => {
      const own = await scene.worker();
      await scene.commit(own.cwd);
      return ["gt done", own];
    },
    'gt done --no-code "why"': async () => ['gt done --no-code "why"', await scene.worker()],
    'gt ask "your question"': async () => ['gt ask "your question"', await scene.worker()],
    'gt handoff -m "what is done, what is next"': async () => [
      'gt handoff -m "what is done, what is next"',
      await scene.worker(),
    ],
    "bd close STEP --continue": async () => {
      const own = await scene.worker("--molecule", "two");
      return [`bd close ${own.id}.1 --continue`, own];
    },
    "git add -A && git commit --no-edit": async () => {
      await scene.commit(at.cwd);
      await scene.town.git(
        at.cwd,
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@localhost",
        "reset",
        "-q",
        "--soft",
        "HEAD~1",
      );
      await Deno.writeTextFile(
        await scene.town.git(at.cwd, "rev-parse", "--git-path", "MERGE_MSG"),
        "Merge\n",
      );
      return ["git add -A && git commit --no-edit", at];
    },
  };
  const wrong: string[] = [];
  for (const line of linesFor("worker")) {
    const own = await ofOwn[line]?.();
    const message = /MESSAGE|mail read ID/.test(line) ? await scene.mail(at.env.BD_ACTOR!) : "";
    const written = line.replace("MESSAGE", message).replace("mail read ID", `mail read ${message}`).replace(
      "ID",
      at.id,
    );
    wrong.push(...await scene.run(...own ?? [written, at]));
  }
  return wrong;
}

async function asCoordinator(scene: Scene): Promise<string[]> {
  const at = { cwd: scene.town.folder, env: { GT_ROLE: "coordinator", BD_ACTOR: "coordinator" } };
  const asking = await scene.worker();
  await scene.run('gt ask "Red or blue?"', asking);
  const wrong: string[] = [];
  for (const line of linesFor("coordinator")) {
    const id = await scene.bead();
    if (line.startsWith("gt unsling")) await scene.town.must(["sling", id, "app"]);
    const written = line.replace("worker-N", asking.env.BD_ACTOR!).replace("BEAD", asking.id).replace(
      "RIG",
      "app",
    )
      .replace("LATER EARLIER", `${id} ${await scene.bead()}`).replace("ID...", `${id} ${await scene.bead()}`)
      .replace("MESSAGE", /MESSAGE/.test(line) ? await scene.mail("coordinator") : "").replace(/\bID\b/, id);
    wrong.push(...await scene.run(written, at));
  }
  return wrong;
}

async function asCrew(scene: Scene): Promise<string[]> {
  const { path } = await scene.town.json(["crew", "add", "ann"]);
  const env = { GT_ROLE: "crew", GT_RIG: "app", BD_ACTOR: "crew/ann", GT_SESSION: "gt-crew-ann" };
  const wrong: string[] = [];
  for (const line of linesFor("crew")) {
    const id = await scene.bead();
    if (line.startsWith("gt done")) await scene.commit(path);
    if (line.includes("STEP")) await scene.town.must(["sling", id, "crew/ann", "--molecule", "two"]);
    const message = /MESSAGE/.test(line) ? await scene.mail("crew/ann") : "";
    const written = line.replace("RIG", "app").replace("MESSAGE", message).replace("STEP", `${id}.1`)
      .replace(/\bID\b/, id);
    wrong.push(...await scene.run(written, { cwd: path, env }));
  }
  return wrong;
}

describe("the commands that a briefing names", () => {
  const roles: Record<Role, (scene: Scene) => Promise<string[]>> = {
    worker: asWorker,
    coordinator: asCoordinator,
    crew: asCrew,
  };
  for (const [role, run] of Object.entries(roles)) {
    it(`do what they are named for (${role})`, () =>
      onScene(async (scene) => {
        assert(linesFor(role as Role).length > 8, linesFor(role as Role).join("\n"));
        assertEquals(await run(scene), []);
      }));
  }
});
