import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { quoteWords } from "../../src/lib/quote_words.ts";
import { bd, callWords, gt, programWords } from "./program.ts";

/** Runs a test with a folder of its own, with a space and a letter beyond ASCII in its name. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "gt shëll " });
  try {
    await test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

describe("the program", () => {
  it("names its version, commit and runtime", async () => {
    const { code, stdout } = await gt(["--version"]);
    assertEquals(code, 0);
    assertMatch(stdout, /^gt \d+\.\d+\.\d+ \([\w+]+, (bun|deno|node) \d+\.\d+\.\d+\)\n$/);
    const report = JSON.parse((await gt(["version", "--json"])).stdout);
    assertEquals(stdout, `gt ${report.version} (${report.commit}, ${report.runtime})\n`);
  });

  it("answers as bd", async () => {
    assertMatch((await bd(["version"])).stdout, /^bd \d/);
    assertEquals(Object.keys(JSON.parse((await bd(["version"], { env: { BD_JSON: "1" } })).stdout)), [
      "version",
      "commit",
      "runtime",
    ]);
  });

  it("answers under every name it is linked to, or told with --as", async () => {
    const [binary, ...rest] = programWords;
    await inFolder(async (folder) => {
      for (
        const [name, told] of [["gt", "gt:"], ["bd", "bd:"], ["worker", "gt worker"], [
          "coordinator",
          "gt coord",
        ]]
      ) {
        const link = join(folder, name!);
        Deno.symlinkSync(binary!, link);
        const words = rest.length === 0 ? [link] : [...programWords, "--as", name!];
        const { stdout, stderr } = await callWords([...words, "--help"]);
        assertStringIncludes(stdout + stderr, told!);
      }
    });
  });

  it("needs nothing on PATH to answer", async () => {
    const { code, stderr } = await gt(["--help"], { env: { PATH: "" } });
    assertEquals([code, stderr], [0, ""]);
  });

  it("reads no settings of the repository it is called in", async () => {
    await inFolder(async (folder) => {
      Deno.writeTextFileSync(join(folder, ".env"), "BD_JSON=1\n");
      Deno.writeTextFileSync(join(folder, "bunfig.toml"), 'preload = ["./evil.js"]\n');
      Deno.writeTextFileSync(join(folder, "evil.js"), 'console.log("evil");\n');
      Deno.writeTextFileSync(join(folder, "deno.json"), "{ nonsense");
      Deno.writeTextFileSync(join(folder, "package.json"), "{ nonsense");
      assertMatch((await bd(["version"], { cwd: folder })).stdout, /^bd \d[^\n]*\n$/);
    });
  });

  it("refuses what it does not know, with what was meant, and exits with 2", async () => {
    const command = await gt(["versoin"]);
    assertEquals([command.code, command.stdout], [2, ""]);
    assertStringIncludes(command.stderr, "hint: did you mean `gt version`?");
    const flag = await gt(["version", "--jsno"]);
    assertEquals(flag.code, 2);
    assertStringIncludes(flag.stderr, "hint: did you mean --json?");
  });

  it("shows an error as JSON when asked", async () => {
    const { code, stderr } = await gt(["completion", "tcsh", "--json"]);
    assertEquals(code, 2);
    assertEquals(JSON.parse(stderr).error.code, "unknown_value");
  });

  it("marks text only on a terminal, or when told to", async () => {
    assertEquals((await gt(["--help"])).stdout.includes("\x1b["), false);
    assertEquals((await gt(["--help"], { env: { FORCE_COLOR: "1" } })).stdout.includes("\x1b["), true);
    assertEquals(
      (await gt(["--help"], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout.includes("\x1b["),
      false,
    );
  });

  it("ends quietly when its reader goes away", async () => {
    const line = `${quoteWords(programWords)} --help | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await callWords(["bash", "-c", line]);
    assertEquals([stdout, stderr], ["0\n", ""]);
  });
});

describe("completion in bash", () => {
  /** What bash would offer for each line; an empty last word is written `''`. */
  async function complete(folder: string, ...lines: string[]): Promise<string[]> {
    const script = [
      `gt() { ${quoteWords(programWords)} "$@"; }`,
      `bd() { gt --as bd "$@"; }`,
      'eval "$(gt completion bash)"; eval "$(bd completion bash)"',
      'offer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "_$1_complete"; (IFS=" "; echo "${COMPREPLY[*]}"); }',
      ...lines.map((line) => `offer ${line}`),
    ].join("\n");
    const { stdout, stderr } = await callWords(["bash", "-c", script], { cwd: folder });
    assertEquals(stderr, "");
    return stdout.split("\n").slice(0, -1);
  }

  it("knows commands, flags, their values and files", async () => {
    await inFolder(async (folder) => {
      Deno.writeTextFileSync(join(folder, "some file"), "");
      assertEquals(
        await complete(
          folder,
          "gt ver",
          "gt completion ''",
          "gt version --j",
          "gt --town some",
          "gt --town = some",
          "bd vers",
          "gt nonsense ''",
        ),
        ["version", "bash zsh fish", "--json", "some file", "some file", "version", ""],
      );
    });
  });
});

describe("shell-init", () => {
  it("makes the names that are missing, with completion", async () => {
    const script = [
      `eval "$(${quoteWords(programWords)} shell-init bash)"`,
      "type -t gt; type -t bd; type -t coordinator; type -t worker; complete -p gt",
      "bd version",
    ].join("\n");
    const bash = (await callWords(["bash", "-c", "command -v bash"])).stdout.trim();
    const { stdout, stderr } = await callWords([bash, "-c", script], {
      env: { PATH: "/nowhere" },
    });
    assertEquals(stderr, "");
    assertMatch(stdout, /^function\nfunction\nfunction\nfunction\ncomplete -F _gt_complete gt\nbd \d/);
  });

  it("says what to do when it cannot tell the shell", async () => {
    const { code, stderr } = await gt(["shell-init"], { env: { SHELL: "/bin/tcsh" } });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "gt shell-init bash");
  });
});
