import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { commitAll, resetWorktree } from "../../src/git/checkout.ts";
import { resolveCommit } from "../../src/git/commit.ts";
import { createGit, type Repository } from "../../src/git/git.ts";
import { createTestClock } from "../../src/ports/clock.ts";
import { movedWorktrees, reattachWorktrees } from "../../src/git/moved_worktree.ts";
import { listRescues, rescue } from "../../src/git/rescue.ts";
import { administrationOf, worktreeState } from "../../src/git/status.ts";
import { addWorktree, listWorktrees, removeWorktree } from "../../src/git/worktree.ts";
import { cloneOf, type Configuration, expectKind, makePlace, type Place } from "./git_fixture.ts";

interface Scene {
  place: Place;
  repository: Repository;
  /** Path of a worktree that need not exist. */
  path: string;
  order: { path: string; branch: string; base: string };
}

async function within(configuration: Configuration, run: (scene: Scene) => Promise<void>): Promise<void> {
  const place = await makePlace(configuration);
  try {
    const path = `${place.folder}/rig/workers/wörker 1`;
    const order = { path, branch: "gt/cs-4f", base: "refs/remotes/origin/main" };
    await run({ place, repository: await cloneOf(place), path, order });
  } finally {
    place.remove();
  }
}

/** Every path of a commit with the text of its file. */
async function filesOf(scene: Scene, commit: string): Promise<Record<string, string>> {
  const { place, repository } = scene;
  const names = await place.user(
    repository.folder,
    "-c",
    "core.quotePath=false",
    "ls-tree",
    "-r",
    "--name-only",
    commit,
  );
  const entries = names.split("\n").map(async (name) => [
    name,
    await place.user(repository.folder, "cat-file", "blob", `${commit}:${name}`),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** The same snapshot as if somebody else had made it: other ids, the same content. */
async function bySomebodyElse({ place, repository }: Scene, commit: string): Promise<string> {
  const user = (...args: string[]) => place.user(repository.folder, ...args);
  const commitTree = ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit-tree", "--no-gpg-sign"];
  const staged = await user(...commitTree, "-p", `${commit}^1`, "-m", "gt: staged", `${commit}^2^{tree}`);
  return await user(
    ...commitTree,
    "-p",
    `${commit}^1`,
    "-p",
    staged,
    "-m",
    "gt: rescued",
    `${commit}^{tree}`,
  );
}

for (const configuration of ["nothing", "hostile"] as const) {
  describe(`a worktree, when the user's configuration is ${configuration}`, () => {
    it("is added once, found again, and clean", () =>
      within(configuration, async (scene) => {
        const first = await addWorktree(scene.repository, scene.order);
        const again = await addWorktree(scene.repository, scene.order);
        assertEquals([first.kind, again.kind], ["ready", "ready"]);
        assertEquals([first.kind === "ready" && first.created, again.kind === "ready" && again.created], [
          true,
          false,
        ]);
        const state = await worktreeState(scene.place.git, { worktree: scene.path, base: scene.order.base });
        assertEquals(state.kind === "present" && [state.branch, state.entries, state.ahead, state.behind], [
          "gt/cs-4f",
          [],
          0,
          0,
        ]);
      }));

    it("shows what changed, however the path is written", () =>
      within(configuration, async ({ place, repository, order, path }) => {
        await addWorktree(repository, order);
        place.write(`${path}/a.txt`, "two\n");
        place.write(`${path}/ä new`, "x\n");
        place.write(`${path}/ignored`, "x\n");
        place.write(`${path}/staged`, "x\n");
        await place.user(path, "add", "staged");
        const state = await worktreeState(place.git, { worktree: path });
        assertEquals(
          state.kind === "present" && state.entries.map((e) => `${e.staged}${e.unstaged} ${e.path}`).sort(),
          [".M a.txt", "?? ä new", "A. staged"],
        );
      }));

    it("commits everything that is not ignored, and nothing twice", () =>
      within(configuration, async (scene) => {
        const { place, repository, order, path } = scene;
        await addWorktree(repository, order);
        place.write(`${path}/a.txt`, "two\r\nlines\n");
        place.write(`${path}/new`, "x\n");
        await place.user(path, "init", "-q", "nested");
        place.write(`${path}/nested/inner`, "x\n");
        const committed = expectKind(
          await commitAll(place.git, { worktree: path, message: "WIP: all of it" }),
          "committed",
        );
        assertEquals(Object.keys(await filesOf(scene, committed.commit)), [".gitignore", "a.txt", "new"]);
        assertEquals(await commitAll(place.git, { worktree: path, message: "again" }), { kind: "nothing" });
      }));

    it("is reset to a commit with nothing else left but what is kept", () =>
      within(configuration, async ({ place, repository, order, path }) => {
        await addWorktree(repository, order);
        const head = await place.user(place.seed, "rev-parse", "HEAD");
        place.write(`${path}/a.txt`, "two\n");
        place.write(`${path}/ignored`, "x\n");
        place.write(`${path}/cache/x`, "x\n");
        await place.user(path, "init", "-q", "nested");
        Deno.writeTextFileSync(`${administrationOf(place.git, path)}/index.lock`, "");
        const git = createGit({ ...place.ports, clock: createTestClock() });
        assertEquals(await resetWorktree(git, { worktree: path, commit: head, keep: ["/cache"] }), {
          kind: "reset",
        });
        assertEquals(place.ports.files.list(path), [".git", ".gitignore", "a.txt", "cache"]);
        const state = await worktreeState(place.git, { worktree: path });
        assertEquals(state.kind === "present" && [state.branch, state.head], [undefined, head]);
      }));

    it("is rescued with everything in it, and stays as it is", () =>
      within(configuration, async (scene) => {
        const { place, repository, order, path } = scene;
        await addWorktree(repository, order);
        place.write(`${path}/committed`, "committed\n");
        await place.user(path, "add", "-A");
        await place.user(path, "commit", "-q", "-m", "work");
        place.write(`${path}/a.txt`, "staged\n");
        await place.user(path, "add", "-A");
        place.write(`${path}/a.txt`, "changed\r\nafter\n");
        place.write(`${path}/ü untracked`, "untracked\n");
        await place.user(path, "init", "-q", "nested");
        place.write(`${path}/nested/inner`, "inner\n");
        const before = await worktreeState(place.git, { worktree: path });
        const rescued = expectKind(await rescue(repository, { worktree: path, name: "worker-1" }), "rescued");
        assertEquals(await worktreeState(place.git, { worktree: path }), before);
        assertEquals(await filesOf(scene, rescued.commit), {
          ".gitignore": "ignored",
          "a.txt": "changed\r\nafter",
          committed: "committed",
          "nested/inner": "inner",
          "ü untracked": "untracked",
        });
        assertEquals((await filesOf(scene, `${rescued.commit}^2`))["a.txt"], "staged");
        assertEquals(
          await place.user(repository.folder, "log", "-1", "--format=%s", `${rescued.commit}^1`),
          "work",
        );
        assertEquals(await rescue(repository, { worktree: path, name: "worker-1" }), rescued);
        const earlier = await bySomebodyElse(scene, rescued.commit);
        await place.user(repository.folder, "update-ref", rescued.ref, earlier);
        assertEquals(await rescue(repository, { worktree: path, name: "worker-1" }), {
          ...rescued,
          commit: earlier,
        });
      }));
  });
}

describe("a worktree", () => {
  it("continues on its branch, or starts afresh after a rescue of the old commits", () =>
    within("nothing", async ({ place, repository, order, path }) => {
      await addWorktree(repository, order);
      place.write(`${path}/new`, "x\n");
      const wip = expectKind(await commitAll(place.git, { worktree: path, message: "WIP" }), "committed");
      assertEquals(await removeWorktree(repository, { path }), { kind: "removed" });
      const continued = await addWorktree(repository, order);
      assertEquals(continued.kind === "ready" && continued.head, wip.commit);
      await removeWorktree(repository, { path });
      const fresh = await addWorktree(repository, { ...order, fresh: true });
      const base = await place.user(place.seed, "rev-parse", "HEAD");
      assertEquals(fresh.kind === "ready" && fresh.head, base);
      assertEquals(await resolveCommit(repository, "refs/gt/rescue/gt/cs-4f"), {
        kind: "found",
        commit: wip.commit,
      });
    }));

  it("continues on a branch that only the remote has", () =>
    within("nothing", async ({ place, repository, order }) => {
      place.write(`${place.seed}/more`, "x\n");
      await place.user(place.seed, "add", "-A");
      await place.user(place.seed, "commit", "-q", "-m", "more");
      const commit = await place.user(place.seed, "rev-parse", "HEAD");
      await place.user(place.seed, "push", "-q", "origin", "HEAD:refs/heads/gt/cs-4f");
      await place.user(repository.folder, "fetch", "-q");
      const added = await addWorktree(repository, order);
      assertEquals(added.kind === "ready" && added.head, commit);
    }));

  it("is made anew when git was killed while making it, or its folder was deleted", () =>
    within("nothing", async ({ repository, order, path }) => {
      await addWorktree(repository, order);
      const place = administrationOf(repository.git, path)!;
      Deno.writeTextFileSync(`${place}/locked`, "initializing");
      Deno.writeTextFileSync(`${place}/index.lock`, "");
      Deno.removeSync(`${path}/a.txt`);
      const made = await addWorktree(repository, order);
      assertEquals(made.kind === "ready" && made.created, true);
      assert(Deno.statSync(`${path}/a.txt`).isFile);
      Deno.removeSync(path, { recursive: true });
      const again = await addWorktree(repository, order);
      assertEquals(again.kind === "ready" && again.created, true);
    }));

  it("is refused where something else is, where its branch is in use, and without a base", () =>
    within("nothing", async ({ place, repository, order, path }) => {
      place.write(`${path}/mine`, "precious");
      const foreign = await addWorktree(repository, order);
      assertEquals(foreign.kind === "refused" && foreign.code, "occupied");
      assertEquals(await removeWorktree(repository, { path }), { kind: "foreign" });
      assertEquals(place.read(`${path}/mine`), "precious");
      const other = `${place.folder}/rig/workers/2`;
      const unborn = await addWorktree(repository, {
        ...order,
        path: other,
        base: "refs/remotes/origin/none",
      });
      assertEquals(unborn.kind === "refused" && unborn.code, "no_base");
      await addWorktree(repository, { ...order, path: other });
      const third = await addWorktree(repository, { ...order, path: `${place.folder}/rig/workers/3` });
      assertEquals(third.kind === "refused" && [third.code, third.path], ["branch_in_use", other]);
      const moved = await addWorktree(repository, { ...order, path: other, branch: "gt/else" });
      assertEquals(moved.kind === "refused" && moved.code, "occupied");
    }));

  it("is listed, removed, and absent afterwards", () =>
    within("nothing", async ({ repository, order, path, place }) => {
      await addWorktree(repository, order);
      await addWorktree(repository, { path: `${place.folder}/rig/refinery`, base: order.base });
      const list = await listWorktrees(repository);
      const listed = expectKind(list, "worktrees").worktrees.map((one) => [one.path, one.branch]);
      assertEquals(listed.sort(), [[`${place.folder}/rig/refinery`, undefined], [path, "gt/cs-4f"]]);
      Deno.removeSync(`${path}/.git`);
      assertEquals(await removeWorktree(repository, { path }), { kind: "removed" });
      assertEquals(await removeWorktree(repository, { path }), { kind: "absent" });
      assertEquals((await worktreeState(place.git, { worktree: path })).kind, "absent");
    }));

  it("whose link is gone never makes git work on the repository around it", () =>
    within("nothing", async ({ repository, order, path, place }) => {
      await place.user(place.folder, "init", "-q", ".");
      await addWorktree(repository, order);
      Deno.removeSync(`${path}/.git`);
      const head = await place.user(place.seed, "rev-parse", "HEAD");
      place.write(`${place.folder}/precious`, "x");
      assertEquals((await resetWorktree(place.git, { worktree: path, commit: head })).kind, "failed");
      assertEquals((await rescue(repository, { worktree: path, name: "x" })).kind, "absent");
      assertEquals((await commitAll(place.git, { worktree: path, message: "x" })).kind, "failed");
      assert(Deno.statSync(`${place.folder}/precious`).isFile);
    }));
});

describe("a rescue", () => {
  it("has nothing to do when everything is on the remote", () =>
    within("nothing", async ({ repository, order, path }) => {
      await addWorktree(repository, order);
      assertEquals(await rescue(repository, { worktree: path, name: "w" }), { kind: "nothing" });
    }));

  it("keeps both sides of an unfinished merge, and the commits of an unfinished rebase", () =>
    within("nothing", async (scene) => {
      const { place, repository, order, path } = scene;
      await addWorktree(repository, order);
      await place.user(path, "checkout", "-q", "-b", "side");
      place.write(`${path}/a.txt`, "side\n");
      await place.user(path, "commit", "-q", "-a", "-m", "side");
      const side = await place.user(path, "rev-parse", "HEAD");
      await place.user(path, "checkout", "-q", "gt/cs-4f");
      place.write(`${path}/a.txt`, "ours\n");
      await place.user(path, "commit", "-q", "-a", "-m", "ours");
      for (const verb of ["merge", "rebase"]) {
        await place.user(path, verb, "side").catch(() => {});
        const state = await worktreeState(place.git, { worktree: path });
        assertEquals(state.kind === "present" && state.operation, verb);
        const rescued = expectKind(await rescue(repository, { worktree: path, name: verb }), "rescued");
        const reachable = await place.user(repository.folder, "log", "--format=%s", rescued.commit);
        assert(reachable.includes("side") && reachable.includes("ours"), reachable);
        assert((await filesOf(scene, rescued.commit))["a.txt"]!.includes("<<<<<<<"));
        await place.user(path, verb, "--abort");
      }
      assert(
        await place.user(repository.folder, "merge-base", "--is-ancestor", side, "refs/gt/rescue/merge") ===
          "",
      );
    }));

  it("takes another name when its own is taken by something else, and is listed", () =>
    within("nothing", async ({ place, repository, order, path }) => {
      await addWorktree(repository, order);
      const refs: string[] = [];
      for (const text of ["one", "two"]) {
        place.write(`${path}/new`, text);
        const rescued = await rescue(repository, { worktree: path, name: "w" });
        refs.push(rescued.kind === "rescued" ? rescued.ref : rescued.kind);
      }
      assertEquals(refs, ["refs/gt/rescue/w", "refs/gt/rescue/w-2"]);
      const list = await listRescues(repository);
      assertEquals(list.kind === "rescues" && list.rescues.map((one) => one.name).sort(), ["w", "w-2"]);
    }));

  it("that cannot be made says so", () =>
    within("nothing", async ({ place, repository, order, path }) => {
      await addWorktree(repository, order);
      place.write(`${path}/new`, "x");
      Deno.writeTextFileSync(`${administrationOf(repository.git, path)}/index`, "broken");
      assertEquals((await rescue(repository, { worktree: path, name: "w" })).kind, "failed");
    }));
});

describe("a worktree on a branch that is there already", () => {
  it("begins at the base when that has all of the branch, and goes on with the branch when not", () =>
    within("nothing", async (scene) => {
      const { place, repository, path, order } = scene;
      const base = expectKind(await resolveCommit(repository, order.base), "found").commit;
      const tip = await place.user(repository.folder, "commit-tree", "-p", base, "-m", "x", `${base}^{tree}`);
      const merge = await place.user(
        repository.folder,
        ...["commit-tree", "-p", base, "-p", tip, "-m", "merge", `${base}^{tree}`],
      );
      const refs = { merged: "refs/heads/merged", pushed: "refs/remotes/origin/pushed" };
      for (const [branch, ref] of Object.entries(refs)) {
        await place.user(repository.folder, "update-ref", ref, tip);
        const order = { path: `${path} ${branch}`, branch, base: merge };
        const added = expectKind(await addWorktree(repository, order), "ready");
        assertEquals([added.head, added.branch], [merge, branch]);
      }
      await place.user(repository.folder, "update-ref", "refs/heads/ahead", tip);
      const added = expectKind(await addWorktree(repository, { ...order, branch: "ahead" }), "ready");
      assertEquals([added.head, added.branch], [tip, "ahead"]);
    }));
});

describe("a worktree that was moved or copied together with its repository", () => {
  /** Moves or copies `rig`, which holds both, and returns the repository and the worktree at the new place. */
  async function elsewhere(
    { place, repository, path, order }: Scene,
    move: boolean,
  ): Promise<{ there: Repository; worktree: string }> {
    expectKind(await addWorktree(repository, order), "ready");
    await Deno.writeTextFile(`${path}/new.txt`, "not committed\n");
    await place.user(path, "add", "new.txt");
    const [from, to] = [`${place.folder}/rig`, `${place.folder}/rig elsewhere`];
    const copied = await new Deno.Command("cp", { args: ["-a", from, to] }).output();
    assert(copied.success);
    if (move) await Deno.remove(from, { recursive: true });
    const there = { git: repository.git, folder: repository.folder.replace(from, to) };
    return { there, worktree: path.replace(from, to) };
  }

  for (const move of [true, false]) {
    it(`is the repository's own again, with what was staged in it, ${move ? "moved" : "copied"}`, () =>
      within("nothing", async (scene) => {
        const { there, worktree } = await elsewhere(scene, move);
        const paths = [worktree, `${worktree} that is not there`];
        assertEquals(movedWorktrees(there, { paths }), [worktree]);
        assertEquals(reattachWorktrees(there, { paths }), [worktree]);
        assertEquals(reattachWorktrees(there, { paths }), []);
        const state = expectKind(await worktreeState(there.git, { worktree }), "present");
        assertEquals(state.branch, scene.order.branch);
        assertEquals(state.entries.map((entry) => entry.path), ["new.txt"]);
        const found = expectKind(await addWorktree(there, { ...scene.order, path: worktree }), "ready");
        assertEquals(found.created, false);
        if (move) return;
        await scene.place.user(worktree, "commit", "-qm", "only in the copy");
        const original = expectKind(
          await worktreeState(scene.repository.git, { worktree: scene.path }),
          "present",
        );
        assertEquals(original.entries.map((entry) => entry.path), ["new.txt"]);
      }));
  }

  it("is left alone where it belongs to another repository", () =>
    within("nothing", async ({ place, repository, path, order }) => {
      expectKind(await addWorktree(repository, order), "ready");
      const other = `${place.folder}/another`;
      await place.user(place.folder, "init", "-q", other);
      await place.user(other, "commit", "-q", "--allow-empty", "-m", "x");
      const foreign = path.replace("wörker 1", "2");
      await place.user(other, "worktree", "add", "-q", "--detach", foreign);
      const before = await Deno.readTextFile(`${foreign}/.git`);
      assertEquals(reattachWorktrees(repository, { paths: [path, foreign] }), []);
      assertEquals(await Deno.readTextFile(`${foreign}/.git`), before);
    }));
});
