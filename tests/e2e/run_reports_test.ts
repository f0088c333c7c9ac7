import { assert, assertEquals, assertStringIncludes } from "@std/assert";
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

  const NESTED = {
    outer: `molecule: outer
steps:
  - { id: first, run: 'true' }
  - { id: k, for_each: '["x"]', needs: [first], molecule: middle, allow_failure: true }
`,
    middle: "molecule: middle\nsteps:\n  - { id: deeper, molecule: inner }\n",
    inner: "molecule: inner\nsteps:\n  - { id: a, run: 'echo from a; exit 3' }\n  - { id: b, run: 'true' }\n",
  };

  it("have the steps of nested runs, under the names of the steps that they are nested in", async () => {
    for (const [name, text] of Object.entries(NESTED)) await repository.molecule(name, text);
    const env = { GITHUB_STEP_SUMMARY: at("summary.md") };
    const { code, stdout, stderr } = await repository.gt(
      ["mol", "run", "outer", "--ci", "--junit", "report.xml"],
      { env },
    );
    assertEquals(code, 0, stdout + stderr);
    assertStringIncludes(stdout, "\n::group::k[0] › deeper › a\nfrom a\n::endgroup::\n");
    const annotated = stdout.match(/^::(error|warning) .*$/gm);
    assertEquals(annotated?.map((line) => line.split(" ")[0]), ["::warning", "::warning", "::warning"]);
    const cases = [
      ...repository.read("report.xml").matchAll(
        /<testcase .* name="([^"]*)" time="[^"]*"(?:\/>|>\n *<(\w+))/g,
      ),
    ];
    assertEquals(cases.map(([, name, inner]) => [name, inner]), [
      ["first", undefined],
      ["k[0]", "skipped"],
      ["k[0] › deeper", "skipped"],
      ["k[0] › deeper › a", "skipped"],
      ["k[0] › deeper › b", undefined],
    ]);
    const rows = repository.read("summary.md").match(/^\| k.*? \| \w+/gm);
    assertEquals(rows, [
      "| k[0] | failed",
      "| k[0] › deeper | failed",
      "| k[0] › deeper › a | failed",
      "| k[0] › deeper › b | succeeded",
    ]);
    await repository.molecule("outer", NESTED.outer.replace(", allow_failure: true", ""));
    const red = await repository.gt(["mol", "run", "outer", "--junit", "red.xml"]);
    assertEquals(red.code, 1);
    assertStringIncludes(repository.read("red.xml"), '<failure message="exit code 3">from a</failure>');
  });

  it("cannot be broken by what a command prints: no group ends early, no cell, and nothing is a tag", async () => {
    await repository.molecule(
      "prints",
      `molecule: prints
steps:
  - id: a
    run: |
      echo '::endgroup::'; echo '  ::stop-commands::tok'; echo 'x ##[endgroup]'; echo '::Group::other'
      echo '::notice::kept'; echo 'std::endgroup::'
  - { id: b, needs: [a], gate: { type: command, command: cat said; exit 3, every: 1h, timeout: 100ms } }
`,
    );
    await Deno.writeTextFile(at("said"), "<b>&`|\\x");
    const { code, stdout } = await repository.gt(["mol", "run", "prints", "--ci"], {
      env: { GITHUB_STEP_SUMMARY: at("summary.md") },
    });
    assertEquals(code, 1);
    assertStringIncludes(
      stdout,
      "::group::a\n: :endgroup::\n  : :stop-commands::tok\nx ## [endgroup]\n: :Group::other\n" +
        "::notice::kept\nstd::endgroup::\n::endgroup::\n",
    );
    const row = /^\| b .*$/m.exec(repository.read("summary.md"))![0];
    assertStringIncludes(row, "3: &#60;b&#62;&#38;&#96;&#124;&#92;x |");
  });

  it("leave out of a summary what GitHub would not take, first what is in order", async () => {
    await repository.molecule(
      "many",
      `molecule: many
steps:
  - { id: some-step-with-quite-a-long-name-as-some-of-them-have, run: 'test {{ item }} != 119', for_each: '[${
        Array.from({ length: 120 }, (_, at) => at)
      }]' }
`,
    );
    // What another program has written there before.
    await Deno.writeTextFile(at("summary.md"), "x".repeat(1024 * 1024 - 4_000));
    const { code, stderr } = await repository.gt(["mol", "run", "many", "--ci"], {
      env: { GITHUB_STEP_SUMMARY: at("summary.md") },
    });
    assertEquals(code, 1, stderr);
    const text = repository.read("summary.md");
    assert(new TextEncoder().encode(text).length <= 1024 * 1024);
    assertStringIncludes(text, "have[119] | failed");
    const shown = text.match(/\| succeeded/g)!.length;
    assertStringIncludes(text, `\n\n${119 - shown} steps are left out: ${119 - shown} succeeded\n`);
    // Nothing at all is shown of a summary that is too large.
    await Deno.writeTextFile(at("summary.md"), "x".repeat(1024 * 1024 - 100));
    await repository.gt(["mol", "run", "many", "--ci", "--new"], {
      env: { GITHUB_STEP_SUMMARY: at("summary.md") },
    });
    assertEquals(repository.read("summary.md").length, 1024 * 1024 - 100);
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
