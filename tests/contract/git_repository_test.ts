import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../src/lib/errors.ts";
import { createGit, inRepository } from "../../src/git/git.ts";
import { createTestClock } from "../../src/ports/clock.ts";
import { probeRemote, remoteBranchCommit, requireRemote } from "../../src/git/remote.ts";
import { createRepository, fetch, openRepository } from "../../src/git/repository.ts";
import {
  commitsBetween,
  describeCommit,
  isAncestor,
  readFileAt,
  resolveCommit,
} from "../../src/git/commit.ts";
import { requireGit } from "../../src/git/version.ts";
import { cloneOf, makePlace, type Place, portsWith } from "./git_fixture.ts";

async function within(run: (place: Place) => Promise<void>): Promise<void> {
  const place = await makePlace();
  try {
    await run(place);
  } finally {
    place.remove();
  }
}

describe("a remote", () => {
  it("is recognised as a bare folder, a checkout, a file URL and an ssh-style path", () =>
    within(async (place) => {
      place.write(`${place.folder}/ssh.sh`, '#!/bin/sh\nshift $(($# - 1))\nexec sh -c "$1"\n');
      Deno.chmodSync(`${place.folder}/ssh.sh`, 0o755);
      const git = createGit(portsWith({
        PATH: Deno.env.get("PATH")!,
        HOME: place.folder,
        GIT_SSH_COMMAND: `'${place.folder}/ssh.sh'`,
      }, place.folder));
      const head = await place.user(place.seed, "rev-parse", "HEAD");
      for (
        const url of [
          place.remote,
          place.seed,
          `file://${place.remote}`,
          `somewhere:${place.remote}`,
        ]
      ) {
        assertEquals(await probeRemote(git, { url }), {
          kind: "repository",
          defaultBranch: "main",
          branches: new Map([["main", head]]),
        }, url);
      }
    }));

  it("that cannot be used is refused with the reason", () =>
    within(async (place) => {
      const empty = `${place.folder}/empty.git`;
      await place.user(place.folder, "init", "-q", "--bare", empty);
      const codes: [string, string][] = [
        [empty, "remote_empty"],
        [`${place.folder}/nowhere`, "not_a_repository"],
        [`file://${place.folder}`, "not_a_repository"],
        ["--upload-pack=touch", "not_a_repository"],
        ["http://127.0.0.1:9/x.git", "remote_unreachable"],
      ];
      for (const [url, code] of codes) {
        const error: CommandError = await assertRejects(
          () => requireRemote(place.git, { url }),
          CommandError,
        );
        assertEquals(error.code, code, url);
        assert(error.hints.length > 0);
      }
    }));

  it("has the branch at its HEAD as default, or main when HEAD names none", () =>
    within(async (place) => {
      await place.user(place.seed, "checkout", "-q", "-b", "other");
      const other = await probeRemote(place.git, { url: place.seed });
      assertEquals(other.kind === "repository" && other.defaultBranch, "other");
      await place.user(place.seed, "checkout", "-q", "--detach");
      const detached = await probeRemote(place.git, { url: place.seed });
      assertEquals(detached.kind === "repository" && detached.defaultBranch, "main");
    }));
});

describe("the repository of a rig", () => {
  it("is made from a remote, and making it again changes nothing", () =>
    within(async (place) => {
      const head = await place.user(place.seed, "rev-parse", "HEAD");
      for (let time = 0; time < 2; time++) {
        const repository = await cloneOf(place);
        const found = await resolveCommit(repository, "refs/remotes/origin/main");
        assertEquals(found, { kind: "found", commit: head });
      }
    }));

  it("is completed when the first attempt was killed after any step", () =>
    within(async (place) => {
      const folder = `${place.folder}/rig/repo.git`;
      await place.user(place.folder, "init", "-q", "--bare", folder);
      Deno.removeSync(`${folder}/HEAD`);
      const repository = await createRepository(place.git, { folder, url: place.remote });
      assertEquals((await resolveCommit(repository, "refs/remotes/origin/main")).kind, "found");
    }));

  it("is not made over something else", () =>
    within(async (place) => {
      place.write(`${place.folder}/mine/file`, "precious");
      const made = () => createRepository(place.git, { folder: `${place.folder}/mine`, url: place.remote });
      const error: CommandError = await assertRejects(made, CommandError);
      assertEquals(error.code, "folder_taken");
      assertEquals(place.read(`${place.folder}/mine/file`), "precious");
    }));

  it("is fetched by many at once", () =>
    within(async (place) => {
      const repository = await cloneOf(place);
      for (let number = 0; number < 8; number++) {
        await place.user(place.seed, "push", "-q", "origin", `HEAD:refs/heads/b${number}`);
      }
      const all = await Promise.all([1, 2, 3, 4].map(() => fetch(repository)));
      assertEquals(all.map((one) => one.kind), ["fetched", "fetched", "fetched", "fetched"]);
    }));

  it("is used again although a git that was killed left its locks there", () =>
    within(async (place) => {
      const { folder } = await cloneOf(place);
      await place.user(place.seed, "push", "-q", "origin", "HEAD:refs/heads/gone");
      const clock = createTestClock(Date.now());
      const repository = openRepository(createGit({ ...place.ports, clock }), folder);
      await fetch(repository);
      await place.user(place.seed, "push", "-q", "origin", ":gone", "HEAD:refs/heads/new");
      place.write(`${place.seed}/more`, "x\n");
      await place.user(place.seed, "add", "-A");
      await place.user(place.seed, "commit", "-q", "-m", "more");
      await place.user(place.seed, "push", "-q", "origin", "HEAD:refs/heads/main");
      const locks = ["refs/remotes/origin/main.lock", "packed-refs.lock", "config.lock"];
      for (const lock of locks) {
        place.write(`${folder}/${lock}`, "");
        // Git itself waits for some; for the last it does not, and the clock of this test shows that we do.
        const age = lock === locks.at(-1) ? 0 : 60_000;
        Deno.utimeSync(`${folder}/${lock}`, new Date(clock.now() - age), new Date(clock.now() - age));
      }
      assertEquals((await fetch(repository)).kind, "fetched");
      const head = await place.user(place.seed, "rev-parse", "HEAD");
      assertEquals(await resolveCommit(repository, "refs/remotes/origin/main"), {
        kind: "found",
        commit: head,
      });
      assertEquals((await inRepository(repository, ["config", "a.b", "c"])).code, 0);
      assertEquals(locks.filter((lock) => place.ports.files.exists(`${folder}/${lock}`)), []);
    }));

  it("tells an absent branch from a remote that does not answer", () =>
    within(async (place) => {
      const repository = await cloneOf(place);
      assertEquals((await remoteBranchCommit(repository, { branch: "main" })).kind, "found");
      assertEquals((await remoteBranchCommit(repository, { branch: "nope" })).kind, "absent");
      Deno.renameSync(place.remote, `${place.remote}.away`);
      assertEquals((await remoteBranchCommit(repository, { branch: "main" })).kind, "unknown");
      assertEquals((await fetch(repository)).kind, "unreachable");
    }));
});

describe("a commit", () => {
  it("is found, described and compared; what cannot be read is unknown", () =>
    within(async (place) => {
      const repository = await cloneOf(place);
      const first = await place.user(place.seed, "rev-parse", "HEAD");
      place.write(`${place.seed}/ü b.txt`, "x\n");
      await place.user(place.seed, "add", "-A");
      await place.user(place.seed, "commit", "-q", "-m", "second ünd\n\nwith a body\n\nof two");
      await place.user(place.seed, "push", "-q", "origin", "main");
      await fetch(repository);
      const second = await place.user(place.seed, "rev-parse", "HEAD");
      const between = await commitsBetween(repository, { from: first, to: "refs/remotes/origin/main" });
      assertEquals(between.kind === "commits" && between.commits.map((c) => [c.commit, c.subject, c.body]), [
        [second, "second ünd", "with a body\n\nof two"],
      ]);
      const described = await describeCommit(repository, first);
      assertEquals(described.kind === "found" && described.commit.author, {
        name: "Ada",
        email: "ada@example.com",
      });
      assertEquals((await describeCommit(repository, "refs/heads/none")).kind, "absent");
      assertEquals(await isAncestor(repository, { ancestor: first, descendant: second }), true);
      assertEquals(await isAncestor(repository, { ancestor: second, descendant: first }), false);
      const nowhere = "1".repeat(40);
      assertEquals(await isAncestor(repository, { ancestor: nowhere, descendant: first }), "unknown");
      assertEquals(await readFileAt(repository, { revision: second, path: "ü b.txt" }), {
        kind: "found",
        text: "x\n",
      });
      assertEquals((await readFileAt(repository, { revision: second, path: "no" })).kind, "absent");
      const gone = openRepository(place.git, `${place.folder}/gone`);
      assertEquals((await resolveCommit(gone, "HEAD")).kind, "unknown");
      assertEquals((await commitsBetween(gone, { from: first, to: second })).kind, "unknown");
    }));
});

describe("git itself", () => {
  it("is refused when it is too old or absent", () =>
    within(async (place) => {
      place.write(`${place.folder}/bin/git`, "#!/bin/sh\necho git version 2.37.9\n");
      Deno.chmodSync(`${place.folder}/bin/git`, 0o755);
      for (const [path, code] of [["bin", "git_too_old"], ["none", "git_missing"]] as const) {
        const git = createGit(portsWith({ PATH: `${place.folder}/${path}` }, place.folder));
        const error: CommandError = await assertRejects(() => requireGit(git), CommandError);
        assertEquals(error.code, code);
        assert(error.hints[0]!.includes("git"));
      }
      assert(await requireGit(place.git));
    }));
});
