import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { lintCases } from "../unit/molecules/lint_cases.ts";
import { callWords, type Ended, gtWords } from "./program.ts";

const good = "molecule: good\nvars: { x: { required: true } }\nsteps:\n  - { id: a, run: 'echo {{ x }}' }\n" +
  "  - { id: b, needs: [a], run: done }\n";
const cases =
  "cases:\n  - name: it is done\n    given: { vars: { x: a } }\n    expect: { status: succeeded }\n";
const bad = "molecule: bad\nsteps:\n  - { id: a, run: 'echo {{ wat }}', needs: [b] }\n  - id: A\n";

interface Problem {
  file: string;
  line: number;
  column: number;
  severity: string;
  rule: string;
  message: string;
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

const laughs = Array.from({ length: 20 }, (_, level) => {
  const [name, last] = [`l${level}`, `l${level - 1}`];
  return `${name}: &${name} [${level === 0 ? "ha" : Array(10).fill(`*${last}`).join(", ")}]\n`;
}).join("");
const steps = (count: number, step: (at: number) => string) =>
  `molecule: m\nsteps:\n${Array.from({ length: count }, (_, at) => `  - ${step(at)}\n`).join("")}`;

/** Files that nobody means well with, and the first thing that is said of each. */
const hostile: Readonly<Record<string, { text: () => string | Uint8Array; problem: string }>> = {
  "a file of ten million characters": {
    text: () => steps(250_000, (at) => `{ id: s${at}, run: 'echo ${at}' }`),
    problem: "m.yaml:1:1: error size it has more than 2000000 characters, and is not read",
  },
  "a billion laughs": {
    text: () => laughs,
    problem: "m.yaml:1:5: error yaml an anchor (&l0) is not read here",
  },
  "a hundred thousand brackets": {
    text: () => "[".repeat(100_000),
    problem: "m.yaml:1:1: error yaml it is nested too deeply",
  },
  "a program": {
    text: () => Uint8Array.from({ length: 10_000 }, (_, at) => (at * 7919) % 256),
    problem: "m.yaml:1:",
  },
  "a mistake in each of many lines": {
    text: () => steps(3_000, (at) => `{ id: step-${at}, needs: [stepp-${at}], run: x }`),
    problem: "m.yaml:1:1: error size there are 500 problems; what else there is was not looked for",
  },
  "a file in another encoding": {
    text: () => new Uint8Array([...new TextEncoder().encode("molecule: m\ndescription: caf"), 0xe9, 10]),
    problem: "m.yaml:2:17: error yaml here is something that is not UTF-8",
  },
  "one line of very many braces": {
    text: () => `molecule: m\nsteps:\n  - id: a\n    run: ${"{{ 1 }} ".repeat(20_000)}\n`,
    problem: "m.yaml:4:10: error yaml a value that begins with {{ must stand in quotes: write run: ",
  },
  "a key a hundred thousand letters long": {
    text: () => steps(1, () => `{ id: a, ${"k".repeat(100_000)}: 1 }`),
    problem: `m.yaml:3:14: error unknown-key unknown key "kkkkkk`,
  },
  "an expression without end": {
    text: () => steps(1, () => `{ id: a, when: '${"(".repeat(50_000)}1' }`),
    problem: 'm.yaml:3:81: error expression exceeded maxDepth (60) in "((((',
  },
  "a pattern that tries everything": {
    text: () =>
      steps(1, () => `{ id: ${"a".repeat(60)}b }`) +
      `aspects:\n  - { match: '${"*a".repeat(30)}c', before: [{ id: x }] }\n`,
    problem: 'm.yaml:5:14: error composition match: no step is called "*a*a',
  },
  "aspects of aspects": {
    text: () =>
      steps(1_000, (at) => `{ id: s${at}, run: x }`) +
      `aspects: [${Array.from({ length: 50 }, (_, at) => `{ match: '*', after: [{ id: t${at} }] }`)}]\n`,
    problem: "m.yaml:1003:",
  },
  "line ends of Windows, after a mark at the beginning": {
    text: () => "\ufeffmolecule: m\r\nsteps:\r\n  - id: a\r\n    run: echo {{ wat }}\r\n",
    problem: 'm.yaml:4:18: error unknown-variable there is no variable "wat"',
  },
};

/** A repository with `molecules/`, without a town and without tmux. */
async function inRepository(
  use: (gt: (words: readonly string[], stdin?: string) => Promise<Ended>, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-mol-" }));
  try {
    await Deno.mkdir(join(folder, ".git"));
    await Deno.mkdir(join(folder, "molecules"));
    await Deno.writeTextFile(join(folder, "molecules", "good.yaml"), good);
    await Deno.writeTextFile(join(folder, "molecules", "good.test.yaml"), cases);
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
      const counted = "1 molecule, 1 file of cases: nothing to say\n";
      assertEquals([all.code, all.stdout, all.stderr], [0, "", counted]);
      await Deno.writeTextFile(join(folder, "molecules", "bad.yaml"), bad);
      const file = join(folder, "molecules", "bad.yaml");
      const expected = [
        `${file}:3:28: error unknown-variable there is no variable "wat"`,
        `${file}:3:45: error unknown-need needs: there is no step "b"`,
        `${file}:4:9: error value id: expected an id of a-z, 0-9, - and _, found "A"; write a`,
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

  it("lints files of cases, and the names of molecules, however they are named", () =>
    inRepository(async (gt, folder) => {
      const at = (name: string) => join(folder, "molecules", name);
      await Deno.writeTextFile(at("good.test.yaml"), cases.replace("expect", "expct"));
      await Deno.writeTextFile(at("other.yaml"), "molecule: another\nsteps: [{ id: a, run: x }]\n");
      await Deno.writeTextFile(
        join(folder, "sub", "other.yaml"),
        "molecule: another\nsteps: [{ id: a, run: x }]\n",
      );
      const name = `${
        at("other.yaml")
      }:1:11: error name molecule: its file is called other.yaml, so its name must be other\n`;
      const inCases = `${
        at("good.test.yaml")
      }:4:5: error unknown-key unknown key "expct" in a case; did you mean "expect"?\n`;
      for (
        const words of [[], ["../molecules"], ["../molecules/good.test.yaml", "../molecules/other.yaml"]]
      ) {
        const { stdout } = await gt(["mol", "lint", ...words]);
        assertEquals([words, stdout], [words, inCases + name]);
      }
      assertEquals((await gt(["mol", "lint", "../molecules/other.yaml"])).stdout, name);
      assertEquals((await gt(["mol", "lint", "other"])).stdout, name);
      // Elsewhere nothing finds it by its name.
      assertEquals((await gt(["mol", "lint", "other.yaml"])).stdout, "");
    }));

  it("names a file that is not found by its name, and checks it all the same", () =>
    inRepository(async (gt, folder) => {
      await Deno.remove(join(folder, "molecules"), { recursive: true });
      await Deno.mkdir(join(folder, "molecules"));
      const file = join(folder, "molecules", "check.yml");
      await Deno.writeTextFile(file, "molecule: check\nsteps:\n  - { id: a, run: x, foo: bar }\n");
      const lint = await gt(["mol", "lint"]);
      assertEquals([lint.code, lint.stdout, lint.stderr], [
        1,
        `${file}:1:1: warning name it is not found by its name: rename it to check.yaml\n` +
        `${file}:3:22: error unknown-key unknown key "foo" in a step\n`,
        "1 molecule: 1 error, 1 warning\n",
      ]);
      const run = await gt(["mol", "run", "check"]);
      assertEquals(run.code, 1);
      assertStringIncludes(run.stderr, "there is none of this name");
      assertStringIncludes(run.stderr, `${file} is there: rename it to check.yaml`);
      assertStringIncludes((await gt(["mol", "list"])).stderr, `${file} is not found by its name`);
    }));

  it("names the misnamed file of a molecule that another asks for, and never suggests the other to itself", () =>
    inRepository(async (gt, folder) => {
      const at = (name: string) => join(folder, "molecules", name);
      await Deno.writeTextFile(at("z.yaml"), "molecule: z\nsteps: [{ id: a, molecule: y }]\n");
      const { stdout } = await gt(["mol", "lint", "z"]);
      assertMatch(stdout, /:2:28: error unknown-molecule there is no molecule "y"/);
      assert(!stdout.includes("did you mean"), stdout);
      await Deno.writeTextFile(at("y.yml"), "molecule: y\nsteps: [{ id: a, run: x }]\n");
      assertEquals(
        (await gt(["mol", "lint", "z"])).stdout,
        `${at("z.yaml")}:2:28: error unknown-molecule there is no molecule "y"; ` +
          `${at("y.yml")} is there: rename it to y.yaml\n`,
      );
    }));

  it("takes no file of another kind for a molecule, nor a folder that only has such files", () =>
    inRepository(async (gt, folder) => {
      const own = join(folder, "sub", "molecules");
      await Deno.mkdir(own);
      await Deno.writeTextFile(join(own, "water.yml"), "formula: H2O\n");
      await Deno.writeTextFile(join(folder, "molecules", "salt.yml"), "formula: NaCl\n");
      assertEquals((await gt(["mol", "plan", "good", "--var", "x=a"])).code, 0);
      const clean = "1 molecule, 1 file of cases: nothing to say\n";
      const lint = await gt(["mol", "lint"]);
      assertEquals([lint.code, lint.stdout, lint.stderr], [0, "", clean]);
      assertEquals((await gt(["mol", "list"])).stderr, "");
      // One that is a molecule does not hide those above it either.
      await Deno.writeTextFile(join(own, "check.yml"), "molecule: check\nsteps: [{ id: a, run: x }]\n");
      assertEquals((await gt(["mol", "plan", "good", "--var", "x=a"])).code, 0);
      await Deno.remove(join(folder, "molecules"), { recursive: true });
      assertEquals(
        (await gt(["mol", "lint"])).stdout,
        "molecules/check.yml:1:1: warning name it is not found by its name: rename it to check.yaml\n",
      );
    }));

  it("goes on with the others where one that is named cannot be read, or takes in one", () =>
    inRepository(async (gt, folder) => {
      await Deno.mkdir(join(folder, "empty"));
      await Deno.writeTextFile(join(folder, "sub", "bad.yaml"), bad);
      await Deno.symlink("nowhere", join(folder, "molecules", "lost.yaml"));
      await Deno.writeTextFile(
        join(folder, "sub", "uses.yaml"),
        "molecule: uses\ninclude: [lost]\nsteps: [{ id: a, molecule: ./no.yaml }]\n",
      );
      const words = ["no.yaml", "goud", "../empty", "x.toml", "uses.yaml", "bad.yaml"];
      const { code, stdout, stderr } = await gt(["mol", "lint", ...words]);
      assertEquals([code, stdout.split("\n").slice(0, 8), stderr], [1, [
        "no.yaml:1:1: error unreadable it cannot be read: there is no such file",
        "goud:1:1: error unknown-molecule there is none of this name; did you mean good?",
        `${join(folder, "empty")}:1:1: error unreadable no file NAME.yaml is in it`,
        "x.toml:1:1: error unreadable it cannot be read: there is no such file",
        'uses.yaml:2:11: error unknown-molecule molecule "lost" cannot be read: it is a link that leads nowhere',
        'uses.yaml:3:28: error unknown-molecule there is no file "./no.yaml"',
        'bad.yaml:3:28: error unknown-variable there is no variable "wat"',
        'bad.yaml:3:45: error unknown-need needs: there is no step "b"',
      ], "6 molecules: 9 errors, 0 warnings\n"]);
    }));

  it("lists and lints all others where one cannot be read, and names that one", () =>
    inRepository(async (gt, folder) => {
      const at = (name: string) => join(folder, "molecules", name);
      await Deno.mkdir(at("folder.yaml"));
      await Deno.symlink("nowhere", at("lost.yaml"));
      await Deno.writeTextFile(at("bad.yaml"), bad);
      const listed = await gt(["mol", "list"]);
      assertEquals([listed.code, listed.stderr], [1, ""]);
      const rows = listed.stdout.split("\n").map((line) => line.trim().split(/ {2,}/));
      const own = rows.filter((row) => row.includes(join(folder, "molecules"))).map(([name, ...rest]) => [
        name,
        rest.at(-1),
      ]);
      assertEquals(own, [
        ["bad", "cannot be used: gt mol show bad"],
        ["folder", "cannot be used: gt mol show folder"],
        ["good", join(folder, "molecules")],
        ["lost", "cannot be used: gt mol show lost"],
      ]);
      assert(rows.some(([name]) => name === "worker-work"));
      assertEquals(JSON.parse((await gt(["mol", "list", "--json"])).stdout).length, rows.length - 1);
      for (const words of [[], ["../molecules"]]) {
        const { code, stdout } = await gt(["mol", "lint", ...words]);
        const found = stdout.trim().split("\n").filter((line) => line.includes("unreadable"));
        assertEquals([words, code, found.length], [words, 1, 2]);
        assertStringIncludes(stdout, `${at("bad.yaml")}:3:28: error unknown-variable`);
        assertStringIncludes(
          stdout,
          `${at("folder.yaml")}:1:1: error unreadable it cannot be read: it is a folder`,
        );
        assertStringIncludes(stdout, `${at("lost.yaml")}:1:1: error unreadable it cannot be read: `);
      }
      const shown = await gt(["mol", "show", "lost"]);
      assertEquals(shown.code, 1);
      assertStringIncludes(shown.stderr, "it is a link that leads nowhere");
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

  it("finds each kind of mistake at its place, in one pass over a folder", () =>
    inRepository(async (gt, folder) => {
      await Deno.mkdir(join(folder, "sub", "bad"));
      const alone = lintCases.filter(({ others }) => !others);
      for (const [at, { text }] of alone.entries()) {
        await Deno.writeTextFile(join(folder, "sub", "bad", `${at}.yaml`), text);
      }
      const { code, stdout } = await gt(["mol", "lint", "bad", "--json"]);
      assertEquals(code, 1);
      const found: Problem[] = JSON.parse(stdout).problems;
      for (const [at, { name, problems }] of alone.entries()) {
        const own = found.filter(({ file }) => file === `bad/${at}.yaml`);
        const written = own.map(({ line, column, severity, rule, message }) =>
          `${line}:${column} ${severity === "warning" ? "?" : ""}${rule} ${message}`
        );
        assertEquals([name, written], [name, problems]);
      }
    }));

  for (const [what, { text, problem }] of Object.entries(hostile)) {
    it(`says what is wrong with ${what}, and no more than somebody reads`, () =>
      inRepository(async (gt, folder) => {
        await Deno.writeFile(join(folder, "sub", "m.yaml"), bytesOf(text()));
        const { code, stdout, stderr } = await gt(["mol", "lint", "m.yaml"]);
        assertEquals([what, code, stdout.split("\n")[0]!.slice(0, problem.length)], [what, 1, problem]);
        assertEquals([stdout.length < 100_000, stderr.includes("hint:")], [true, false]);
      }));
  }

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
