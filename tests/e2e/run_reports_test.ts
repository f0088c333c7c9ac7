import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

describe("the reports of a run", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  const at = (path: string) => join(repository.folder, path);

  it("are written through a link, which stays", async () => {
    await repository.molecule("one", "molecule: one\nsteps:\n  - { id: a, run: 'true' }\n");
    await Deno.mkdir(at("reports"));
    await Deno.symlink("reports/latest.xml", at("report.xml"));
    for (const _ of [1, 2]) {
      const { code, stderr } = await repository.gt(["mol", "run", "one", "--new", "--junit", "report.xml"]);
      assertEquals(code, 0, stderr);
      assertEquals((await Deno.lstat(at("report.xml"))).isSymlink, true);
      assertStringIncludes(repository.read("reports/latest.xml"), '<testcase classname="one" name="a"');
    }
    // The place is tried before anything runs, which leaves the link as well.
    const refused = await repository.gt(["mol", "run", "none", "--junit", "report.xml"]);
    assertEquals([refused.code, (await Deno.lstat(at("report.xml"))).isSymlink], [1, true]);
  });

  it("go to standard output where nothing else does", async () => {
    await repository.molecule("one", "molecule: one\nsteps:\n  - { id: a, run: 'true' }\n");
    const mixed = await repository.gt(["mol", "run", "one", "--junit", "-"]);
    assertEquals([mixed.code, mixed.stdout], [2, ""]);
    assertStringIncludes(mixed.stderr, "there is more to be printed\nhint: Nothing else is, with --quiet");
    const { code, stdout } = await repository.gt(["mol", "run", "one", "--quiet", "--junit", "-"]);
    assertEquals([code, stdout.split("\n")[0]], [0, '<?xml version="1.0" encoding="UTF-8"?>']);
    assertEquals(await Deno.lstat(at("-")).catch(() => undefined), undefined);
  });
});
