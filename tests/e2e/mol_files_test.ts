import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { callWords, type Ended, gtWords } from "./program.ts";

const good = "molecule: good\nvars: { x: { required: true } }\nsteps:\n  - { id: a, run: 'echo {{ x }}' }\n" +
  "  - { id: b, needs: [a], run: done }\n";
const bad = "molecule: bad\nsteps:\n  - { id: a, run: 'echo {{ wat }}', needs: [b] }\n  - id: A\n";

/** A repository with `molecules/`, without a town and without tmux. */
async function inRepository(
  use: (gt: (words: readonly string[], stdin?: string) => Promise<Ended>, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-mol-" }));
  try {
    await Deno.mkdir(join(folder, ".git"));
    await Deno.mkdir(join(folder, "molecules"));
    await Deno.writeTextFile(join(folder, "molecules", "good.yaml"), good);
    await Deno.writeTextFile(join(folder, "molecules", "good.test.yaml"), "- name: none\n");
    await Deno.mkdir(join(folder, "sub"));
    const env = { HOME: folder, NO_COLOR: "1" };
    await use(
      (words, stdin) =>
        callWords([...gtWords, ...words], {
          cwd: join(folder, "sub"),
          env,
          ...(stdin === undefined ? {} : { stdin }),
        }),
      folder,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("gt mol in a repository", () => {
  it("lints all of its molecules, one, a folder, or what comes in", () =>
    inRepository(async (gt, folder) => {
      const all = await gt(["mol", "lint"]);
      assertEquals([all.code, all.stdout, all.stderr], [0, "", "1 molecule: nothing to say\n"]);
      await Deno.writeTextFile(join(folder, "molecules", "bad.yaml"), bad);
      const file = join(folder, "molecules", "bad.yaml");
      const expected = [
        `${file}:3:28: error unknown-variable there is no variable "wat"`,
        `${file}:3:45: error unknown-need needs: there is no step "b"; did you mean "a"?`,
        `${file}:4:9: error value id: expected an id of a-z, 0-9, - and _, found "A"`,
      ].join("\n") + "\n";
      for (const words of [["bad"], ["../molecules/bad.yaml"], ["../molecules"], []]) {
        const { code, stdout } = await gt(["mol", "lint", ...words]);
        assertEquals([words, code, stdout], [words, 1, expected]);
      }
      const piped = await gt(["mol", "lint", "-"], "molecule: m\nsteps: []\n");
      assertEquals([piped.code, piped.stdout], [
        1,
        "-:1:1: error missing-key steps: expected at least one step\n",
      ]);
      assertEquals((await gt(["mol", "lint", "good", "--quiet"])).stderr, "");
    }));

  it("writes what it found for scripts, for code scanning and for pull requests", () =>
    inRepository(async (gt, folder) => {
      await Deno.writeTextFile(join(folder, "sub", "bad.yaml"), bad);
      const json = JSON.parse((await gt(["mol", "lint", "bad.yaml", "--json"])).stdout);
      assertEquals([json.errors, json.warnings, json.problems[0]], [3, 0, {
        rule: "unknown-variable",
        severity: "error",
        message: 'there is no variable "wat"',
        file: "bad.yaml",
        line: 3,
        column: 28,
      }]);
      assertEquals(JSON.parse((await gt(["mol", "lint", "bad.yaml", "--format", "json"])).stdout), json);
      const sarif = await gt(["mol", "lint", "bad.yaml", "--format", "sarif"]);
      assertEquals([sarif.code, JSON.parse(sarif.stdout).runs[0].results.length], [1, 3]);
      const github = await gt(["mol", "lint", "bad.yaml", "--format", "github"]);
      assertMatch(github.stdout, /^::error file=bad\.yaml,line=3,col=28,title=unknown-variable::there is no/);
      assertEquals((await gt(["mol", "lint", "bad.yaml", "--format", "xml"])).code, 2);
    }));

  it("plans and draws, by name or file, and says which value is missing", () =>
    inRepository(async (gt) => {
      const plan = await gt(["mol", "plan", "good", "--var", "x=1=2"]);
      assertEquals(plan.code, 0);
      assertStringIncludes(plan.stdout, "run: echo 1=2\n");
      assertStringIncludes(plan.stdout, "Longest chain: 2 steps  a → b");
      const missing = await gt(["mol", "plan", "../molecules/good.yaml"]);
      assertEquals(missing.code, 1);
      assertStringIncludes(missing.stderr, "--var x=VALUE");
      assertEquals((await gt(["mol", "plan", "good", "--var", "x"])).code, 2);
      const shape = JSON.parse((await gt(["mol", "plan", "good", "--var", "x=1", "--json"])).stdout);
      assertEquals([shape.waves, shape.maxParallel], [[["a"], ["b"]], 1]);
      const graph = await gt(["mol", "graph", "good", "--format", "mermaid"]);
      assertEquals(graph.stdout.split("\n")[0], "flowchart TD");
    }));

  it("shows what it means, and the file as it is written", () =>
    inRepository(async (gt) => {
      const shown = JSON.parse((await gt(["mol", "show", "good", "--json"])).stdout);
      assertEquals([shown.molecule, shown.steps[0].action, shown.steps[1].needs], [
        "good",
        { kind: "run", command: "echo {{ x }}" },
        { mode: "all", of: ["a"] },
      ]);
      assertEquals((await gt(["mol", "show", "good", "--source"])).stdout, good);
      const listed = JSON.parse((await gt(["mol", "list", "--json"])).stdout);
      assertEquals(listed.filter((each: { source: string }) => each.source !== "built-in").length, 1);
      const schema = JSON.parse((await gt(["mol", "schema"])).stdout);
      assertEquals(schema.required, ["molecule"]);
    }));
});
