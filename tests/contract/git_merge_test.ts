import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { commitTree, resolveCommit } from "../../src/git/commit.ts";
import type { Repository } from "../../src/git/git.ts";
import { mergeTree } from "../../src/git/merge.ts";
import { deleteRemoteBranch, pushBranch, pushWithLease } from "../../src/git/push.ts";
import { fetch } from "../../src/git/repository.ts";
import { cloneOf, type Configuration, expectKind, makePlace, type Place } from "./git_fixture.ts";

interface Scene {
  place: Place;
  repository: Repository;
  main: string;
  /** Commits on the user's branch `name`, pushes it, fetches it, returns the commit. */
  commit(name: string, files: Record<string, string>): Promise<string>;
}

async function within(configuration: Configuration, run: (scene: Scene) => Promise<void>): Promise<void> {
  const place = await makePlace(configuration);
  try {
    const repository = await cloneOf(place);
    const main = await place.user(place.seed, "rev-parse", "main");
    const commit = async (name: string, files: Record<string, string>) => {
      await place.user(place.seed, "checkout", "-q", "-B", name, main);
      for (const [path, text] of Object.entries(files)) place.write(`${place.seed}/${path}`, text);
      await place.user(place.seed, "add", "-A");
      await place.user(place.seed, "commit", "-q", "-m", name);
      await place.user(place.seed, "push", "-q", "-f", "origin", name);
      await fetch(repository);
      return await place.user(place.seed, "rev-parse", "HEAD");
    };
    await run({ place, repository, main, commit });
  } finally {
    place.remove();
  }
}

for (const configuration of ["nothing", "hostile"] as const) {
  describe(`a merge, when the user's configuration is ${configuration}`, () => {
    it("becomes a commit and is pushed, without a checkout", () =>
      within(configuration, async ({ place, repository, main, commit }) => {
        const one = await commit("one", { "one.txt": "1\n" });
        const two = await commit("two", { "two.txt": "2\n" });
        const merged = expectKind(await mergeTree(repository, { ours: one, theirs: two }), "clean");
        const made = await commitTree(repository, {
          tree: merged.tree,
          parents: [one, two],
          message: "both\n\n# not a comment\n",
          author: { name: "Bö", email: "b@example.com", at: 1_700_000_000_000 },
        });
        assertEquals(
          await place.user(repository.folder, "log", "-1", "--format=%an %at %cn %B", made),
          "Bö 1700000000 gt both\n\n# not a comment",
        );
        const order = { commit: made, branch: "main", expected: main };
        assertEquals(await pushWithLease(repository, order), { kind: "pushed" });
        assertEquals(await pushWithLease(repository, order), { kind: "pushed" });
        assertEquals(await place.user(place.remote, "rev-parse", "main"), made);
      }));

    it("in conflict names the files and shows both sides", () =>
      within(configuration, async ({ repository, commit }) => {
        const one = await commit("one", { "a.txt": "left\n", "ü x": "left\n" });
        const two = await commit("two", { "a.txt": "right\n", "ü x": "right\n" });
        const merged = expectKind(await mergeTree(repository, { ours: one, theirs: two }), "conflict");
        assertEquals(merged.files, ["a.txt", "ü x"]);
        for (const part of ["--- a.txt", "left", "|||||||", "right", "CONFLICT (content)"]) {
          assert(merged.text.includes(part), merged.text);
        }
      }));
  });
}

describe("a merge", () => {
  it("of a changed and a removed file says which is which", () =>
    within("nothing", async ({ place, repository, main, commit }) => {
      const one = await commit("one", { "a.txt": "changed\n" });
      await place.user(place.seed, "checkout", "-q", "-B", "two", main);
      await place.user(place.seed, "rm", "-q", "a.txt");
      await place.user(place.seed, "commit", "-q", "-m", "removed");
      const removed = await place.user(place.seed, "rev-parse", "HEAD");
      await place.user(place.seed, "push", "-q", "origin", "two");
      await fetch(repository);
      const merged = expectKind(await mergeTree(repository, { ours: one, theirs: removed }), "conflict");
      assertEquals(merged.files, ["a.txt"]);
      assert(merged.text.includes("modify/delete"), merged.text);
    }));

  it("of a commit that is not here fails, and is no conflict", () =>
    within("nothing", async ({ repository, main }) => {
      assertEquals((await mergeTree(repository, { ours: main, theirs: "1".repeat(40) })).kind, "failed");
    }));
});

describe("a push", () => {
  it("does not move a branch that has moved", () =>
    within("nothing", async ({ place, repository, main, commit }) => {
      const one = await commit("one", { "one.txt": "1\n" });
      const two = await commit("two", { "two.txt": "2\n" });
      await place.user(place.seed, "push", "-q", "origin", `${two}:main`);
      const pushed = await pushWithLease(repository, { commit: one, branch: "main", expected: main });
      assertEquals(pushed, { kind: "stale" });
      assertEquals(await place.user(place.remote, "rev-parse", "main"), two);
      const born = await pushWithLease(repository, { commit: one, branch: "main", expected: undefined });
      assertEquals(born, { kind: "stale" });
    }));

  it("never takes commits off the target", () =>
    within("nothing", async ({ repository, main, commit }) => {
      const one = await commit("one", { "one.txt": "1\n" });
      await assertRejects(() => pushWithLease(repository, { commit: main, branch: "one", expected: one }));
    }));

  it("says why the remote refused, and that it cannot be reached", () =>
    within("nothing", async ({ place, repository, main, commit }) => {
      const one = await commit("one", { "one.txt": "1\n" });
      place.write(`${place.remote}/hooks/pre-receive`, "#!/bin/sh\necho not on a friday >&2\nexit 1\n");
      Deno.chmodSync(`${place.remote}/hooks/pre-receive`, 0o755);
      const order = { commit: one, branch: "main", expected: main };
      assertEquals(await pushWithLease(repository, order), {
        kind: "rejected",
        reason: "pre-receive hook declined; not on a friday",
      });
      Deno.renameSync(place.remote, `${place.remote}.away`);
      assertEquals((await pushWithLease(repository, order)).kind, "unreachable");
    }));

  it("lets the files of a checkout follow while it is clean, and is refused when it is not", () =>
    within("nothing", async ({ place, main, commit }) => {
      const one = await commit("one", { "one.txt": "1\n" });
      await place.user(place.seed, "checkout", "-q", "main");
      const repository = await cloneOf(place, place.seed);
      const order = { commit: one, branch: "main", expected: main };
      place.write(`${place.seed}/a.txt`, "precious\n");
      const refused = await pushWithLease(repository, order);
      assert(
        refused.kind === "rejected" && refused.reason.includes("unstaged changes"),
        JSON.stringify(refused),
      );
      assertEquals(place.read(`${place.seed}/a.txt`), "precious\n");
      await place.user(place.seed, "checkout", "-q", "--", "a.txt");
      assertEquals(await pushWithLease(repository, order), { kind: "pushed" });
      assertEquals(place.read(`${place.seed}/one.txt`), "1\n");
      assertEquals(await place.user(place.seed, "status", "--porcelain"), "");
    }));

  it("replaces a branch of our own and keeps what was there", () =>
    within("nothing", async ({ place, repository, main, commit }) => {
      const one = await commit("gt/x", { "one.txt": "1\n" });
      const other = await commitTree(repository, {
        tree: `${main}^{tree}`,
        parents: [main],
        message: "other",
      });
      assertEquals(await pushBranch(repository, { branch: "gt/x", commit: other }), { kind: "pushed" });
      assertEquals(await place.user(place.remote, "rev-parse", "gt/x"), other);
      assertEquals(await resolveCommit(repository, "refs/gt/rescue/gt/x"), { kind: "found", commit: one });
    }));

  it("does not replace commits of others that were never fetched, nor remove them", () =>
    within("nothing", async ({ place, repository, main, commit }) => {
      await commit("gt/x", { "one.txt": "1\n" });
      place.write(`${place.seed}/theirs`, "x\n");
      await place.user(place.seed, "add", "-A");
      await place.user(place.seed, "commit", "-q", "-m", "theirs");
      await place.user(place.seed, "push", "-q", "origin", "gt/x");
      assertEquals(await pushBranch(repository, { branch: "gt/x", commit: main }), { kind: "stale" });
      assertEquals(await deleteRemoteBranch(repository, { branch: "gt/x" }), { kind: "stale" });
      await fetch(repository);
      assertEquals(await deleteRemoteBranch(repository, { branch: "gt/x" }), { kind: "pushed" });
      assertEquals(await deleteRemoteBranch(repository, { branch: "gt/x" }), { kind: "pushed" });
      assertEquals((await resolveCommit(repository, "refs/gt/rescue/gt/x")).kind, "found");
    }));
});
