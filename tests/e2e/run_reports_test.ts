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
    assertStringIncludes(stdout, "\n::group::k[0] (x) › deeper › a\nfrom a\n::endgroup::\n");
    const annotated = stdout.match(/^::(error|warning) .*$/gm);
    assertEquals(annotated?.map((line) => line.split(" ")[0]), ["::warning", "::warning", "::warning"]);
    const cases = [
      ...repository.read("report.xml").matchAll(
        /<testcase .* name="([^"]*)" time="[^"]*"(?:\/>|>\n *<(\w+))/g,
      ),
    ];
    assertEquals(cases.map(([, name, inner]) => [name, inner]), [
      ["first", undefined],
      ["k[0] (x)", "skipped"],
      ["k[0] (x) › deeper", "skipped"],
      ["k[0] (x) › deeper › a", "skipped"],
      ["k[0] (x) › deeper › b", undefined],
    ]);
    const rows = repository.read("summary.md").match(/^\| k.*? \| \w+/gm);
    assertEquals(rows, [
      "| k[0] (x) | failed",
      "| k[0] (x) › deeper | failed",
      "| k[0] (x) › deeper › a | failed",
      "| k[0] (x) › deeper › b | succeeded",
    ]);
    await repository.molecule("outer", NESTED.outer.replace(", allow_failure: true", ""));
    const red = await repository.gt(["mol", "run", "outer", "--junit", "red.xml"]);
    assertEquals(red.code, 1);
    assertStringIncludes(repository.read("red.xml"), '<failure message="exit code 3">from a</failure>');
  });

  it("say for which row or item a step was, as do lines and the status of the run", async () => {
    const item = {
      id: "x1",
      text: "a text\nthat is far too long to stand there",
      more: [1],
      e: "\u001b[31m",
    };
    await repository.molecule(
      "rows",
      `molecule: rows
steps:
  - { id: t, matrix: { os: [linux, mac], node: [16, 18] }, run: 'test {{ matrix.os }}{{ matrix.node }} != mac16' }
  - { id: e, for_each: ${JSON.stringify(JSON.stringify([item, "##[endgroup]", [[1]]]))}, run: echo of e }
`,
    );
    const { stdout } = await repository.gt(["mol", "run", "rows", "--ci", "--junit", "report.xml"], {
      env: { GITHUB_STEP_SUMMARY: at("summary.md") },
    });
    const names = [
      ...["t[0] (linux, 16)", "t[1] (linux, 18)", "t[2] (mac, 16)", "t[3] (mac, 18)"],
      ...["e[0] (x1, a text that is far too…, \\x1b[31m)", "e[1] (##[endgroup])", "e[2]"],
    ];
    const ended = stdout.match(/^[✓✗] .*\[\d\].*? \d+\.\ds/gm)!.map((line) => line.replace(/^. | \S+$/g, ""));
    assertEquals(ended.sort(), [...names].sort());
    assertStringIncludes(stdout, ",title=rows › t[2] (mac%2C 16)::exit code 1\n");
    assertStringIncludes(stdout, "\n::group::e[1] (## [endgroup])\nof e\n::endgroup::\n");
    const cases = repository.read("report.xml").matchAll(/<testcase .* name="([^"]*)"/g);
    assertEquals([...cases].map(([, name]) => name), names);
    const rows = repository.read("summary.md").match(/^\| [te]\[.*? \|/gm)!;
    assertEquals(rows, names.map((name) => `| ${name.replace("\\", "&#92;")} |`));
    const status = await repository.gt(["mol", "status", "rows"]);
    const shown = status.stdout.match(/^ {4}[✓✗] .*/gm)!.map((line) => /^ {4}. (.*?) {2}/.exec(line)![1]);
    assertEquals(shown, names);
    const { steps } = JSON.parse((await repository.gt(["mol", "status", "rows", "--json"])).stdout);
    assertEquals([steps[3].id, steps[3].item], ["t[2]", { os: "mac", node: 16 }]);
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
    assertStringIncludes(text, "have[119] (119) | failed");
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
