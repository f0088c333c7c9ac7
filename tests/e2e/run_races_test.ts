import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

/** Ends once somebody has made the file `go`. */
const HOLDS = `molecule: holds
steps:
  - { id: long, run: 'echo long >>effects; until [ -e go ]; do sleep 0.02; done', timeout: 20s }
`;

describe("calls at the same moment", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.molecule("holds", HOLDS);
    await repository.molecule("first", "molecule: first\nsteps:\n  - { id: a, run: 'true' }\n");
    assertEquals((await repository.gt(["mol", "run", "first"])).code, 0);
  });
  afterEach(() => repository.end());

  it("begin one run: one drives it, the others are told who does", async () => {
    const calls = Array.from({ length: 6 }, () => repository.begin(["mol", "run", "holds"]));
    let over = 0;
    await new Promise<void>((resolve) => {
      for (const { ended } of calls) ended.then(() => ++over === calls.length - 1 && resolve());
    });
    await Deno.writeTextFile(join(repository.folder, "go"), "");
    const ends = await Promise.all(calls.map(({ ended }) => ended));
    assertEquals(ends.map(({ code }) => code).sort(), [0, 1, 1, 1, 1, 1]);
    for (const { code, stderr } of ends) {
      if (code !== 0) assertStringIncludes(stderr, "Cannot drive run");
    }
    assertEquals(repository.counts("effects"), { long: 1 });
    const { stdout } = await repository.gt(["mol", "status", "--all", "--json"]);
    assertEquals(JSON.parse(stdout).map((run: { molecule: string }) => run.molecule), ["first", "holds"]);
  });
});

describe("a run that ends", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  const path = (name: string) => join(repository.folder, name);

  it("and is tried again before its driver has left is driven on by that", async () => {
    await repository.molecule("fails", "molecule: fails\nsteps:\n  - { id: only, run: test -e there }\n");
    await new Deno.Command("mkfifo", { args: [path("stand")] }).output();
    const run = repository.begin(["mol", "run", "fails"], {
      env: { GT_FAULT: `mol.after-write@2:${path("stand")}` },
    });
    // Its end is written, and nothing after that done.
    const pipe = await Deno.open(path("stand"), { write: true });
    await Deno.writeTextFile(path("there"), "");
    const retry = await repository.gt(["mol", "retry", "fails"]);
    pipe.close();
    assertEquals(retry.code, 0, retry.stderr);
    assertStringIncludes(retry.stdout, "ann drives it");
    const { code, stdout } = await run.ended;
    assertEquals(code, 0, stdout);
    assertEquals(
      JSON.parse((await repository.gt(["mol", "status", "fails", "--json"])).stdout).status,
      "succeeded",
    );
  });

  it("because it was cancelled after its driver had died is told of once", async () => {
    await repository.molecule(
      "tries",
      "molecule: tries\nsteps:\n  - { id: only, run: test -e there, retry: { attempts: 5, delay: 1h } }\n",
    );
    const run = repository.begin(["mol", "run", "tries"]);
    await run.says("↻ only");
    run.kill("SIGKILL");
    await run.ended;
    await Deno.writeTextFile(path("there"), "");
    const cancel = await repository.gt(["mol", "cancel", "tries"]);
    assertEquals(cancel.code, 0, cancel.stderr);
    assertMatch(cancel.stdout, /^■ \S+ is cancelled\n■ tries cancelled/);
    const { code, stdout } = await repository.gt(["mol", "run", "tries"]);
    assertEquals([code, stdout.includes("tries succeeded")], [0, true], stdout);
  });

  it("is not tried again once it was squashed or burned meanwhile, and one that goes on meanwhile is not burned", async () => {
    await repository.molecule("fails", "molecule: fails\nsteps:\n  - { id: only, run: test -e there }\n");
    assertEquals((await repository.gt(["mol", "run", "fails"])).code, 1);
    const { id } = JSON.parse((await repository.gt(["mol", "status", "fails", "--json"])).stdout);
    await new Deno.Command("mkfifo", { args: [path("stand")] }).output();
    // Both stand where they have looked at the run, and have not begun to write.
    const standing = { env: { GT_FAULT: `ledger.before-begin:${path("stand")}` } };
    const retry = repository.begin(["mol", "retry", id], standing);
    let pipe = await Deno.open(path("stand"), { write: true });
    assertEquals((await repository.bd(["mol", "squash", id])).code, 0);
    pipe.close();
    const { code, stderr } = await retry.ended;
    assertEquals(code, 1);
    assertStringIncludes(stderr, `Cannot retry run "${id}": it was squashed into`);

    const again = repository.begin(["mol", "retry", id], standing);
    pipe = await Deno.open(path("stand"), { write: true });
    assertEquals((await repository.bd(["mol", "burn", id, "--yes"])).code, 0);
    pipe.close();
    assertStringIncludes((await again.ended).stderr, `Cannot retry run "${id}": it was deleted`);

    await repository.molecule("holds", HOLDS);
    const first = repository.begin(["mol", "run", "holds"]);
    await repository.holds("effects", "long");
    first.kill("SIGTERM");
    await first.ended;
    const held = JSON.parse((await repository.gt(["mol", "status", "holds", "--json"])).stdout).id;
    const burn = repository.begin(["--as", "bd", "mol", "burn", held, "--yes"], standing);
    pipe = await Deno.open(path("stand"), { write: true });
    const second = repository.begin(["mol", "run", "holds"]);
    await second.says("▸ long");
    pipe.close();
    const burned = await burn.ended;
    await Deno.writeTextFile(path("go"), "");
    assertEquals([burned.code, (await second.ended).code], [1, 0], burned.stdout);
    assertStringIncludes(burned.stderr, `Cannot burn run "${held}": ann drives it`);
  });
});

describe("two who move a run to other values at the same moment", () => {
  it("do not undo what the other one has done", async () => {
    const repository = await createTestRepository();
    try {
      const stand = join(repository.folder, "stand");
      await new Deno.Command("mkfifo", { args: [stand] }).output();
      await repository.molecule(
        "two",
        "molecule: two\nvars: { a: { default: x }, b: { default: x } }\n" +
          "steps:\n  - { id: only, run: 'false' }\n  - { id: last, needs: [only], run: 'echo {{ quote(vars.a + vars.b) }}' }\n",
      );
      assertEquals((await repository.gt(["mol", "run", "two"])).code, 1);
      const env = { GT_FAULT: `ledger.before-begin:${stand}` };
      const one = repository.begin(["mol", "upgrade", "two", "--var", "a=y"], { env });
      const pipe = await Deno.open(stand, { write: true });
      const other = await repository.gt(["mol", "upgrade", "two", "--var", "b=y"]);
      pipe.close();
      const { code, stderr } = await one.ended;
      assertEquals([other.code, code], [0, 1], other.stderr);
      assertStringIncludes(stderr, "somebody else has just moved it");
      const { stdout } = await repository.gt(["mol", "upgrade", "two", "--var", "a=y", "--json"]);
      assertEquals(JSON.parse(stdout).values, { a: "y", b: "y" });
    } finally {
      await repository.end();
    }
  });
});
