import { assertEquals, assertStringIncludes } from "@std/assert";
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
