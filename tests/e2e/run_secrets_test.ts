import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { callWords, type Ended } from "./program.ts";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

describe("the secrets of a run", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  const TOKEN = "hunter2hunter2";

  const run = (name: string, env: Record<string, string> = { TOKEN }): Promise<Ended> =>
    repository.gt(["mol", "run", name, "--ci"], { env });

  /** The files of the ledger in which a word stands. */
  async function filesWith(word: string): Promise<string> {
    return (await callWords(["grep", "-rla", word, ".beads"], { cwd: repository.folder })).stdout;
  }

  it("are masked in what a gate's command gives and in why it stays shut, also where that is cut", async () => {
    await repository.molecule(
      "gates",
      `molecule: gates
steps:
  - { id: use, secrets: [TOKEN], run: 'printf %s "$TOKEN" >kept' }
  - { id: given, needs: [use], gate: { type: command, command: cat kept } }
  - { id: long, needs: [use], gate: { type: command, command: 'cat kept; head -c 65530 /dev/zero | tr "\\\\0" x' } }
  - { id: shut, needs: [use], allow_failure: true, gate: { type: command, command: 'cat kept >&2; exit 3', timeout: 200ms } }
  - { id: shown, needs: [given], run: 'echo is {{ quote(steps.given.outputs.stdout) }}' }
`,
    );
    const { code, stdout, stderr } = await run("gates");
    assertEquals(code, 0, stdout + stderr);
    assertStringIncludes(stdout, "is ***\n");
    assertStringIncludes(stdout, "it ended with 3: ***");
    assertEquals(stdout.includes(TOKEN), false, stdout);
    assertEquals(await filesWith("nter2"), "");
  });

  it("make no step wait for what it has left running, whose output is masked all the same", async () => {
    const left = (name: string) =>
      `{ while ! test -e go; do sleep 0.02; done; echo "late: $(cat kept)"; touch ${name}; } & printf started`;
    await repository.molecule(
      "left",
      `molecule: left
defaults: { timeout: 20s }
steps:
  - { id: use, secrets: [TOKEN], run: 'printf %s "$TOKEN" >kept' }
  - { id: together, needs: [use], run: '${left("one")}; exit 3', allow_failure: true }
  - { id: apart, needs: [use], run: '${
        left("two")
      } >&2; printf hun', outputs: { said: "{{ stdout + stderr }}" } }
  - { id: go, needs: [together, apart], always: true, run: 'touch go; while ! test -e one || ! test -e two; do sleep 0.02; done' }
`,
    );
    const { code, stdout, stderr } = await run("left");
    assertEquals(code, 0, stdout + stderr);
    assertStringIncludes(stdout, "::group::together\nstarted\n::endgroup::");
    assertStringIncludes(
      stdout,
      "::warning file=molecules/left.yaml,line=5,title=left › together::exit code 3",
    );
    const shown = await repository.gt(["mol", "status", "left", "--json"]);
    assertStringIncludes(shown.stdout, '"said": "hunstarted"');
    const late = await callWords(["grep", "-rhac", "late: \\*\\*\\*", ".beads/runs"], {
      cwd: repository.folder,
    });
    assertEquals(late.stdout.split("\n").filter((line) => line === "1").length, 2, late.stdout);
    assertEquals([await filesWith(TOKEN), await filesWith("gt-mask-end")], ["", ""]);
  });

  it("of a nested molecule are withheld from the other steps and masked in what they print, at whatever depth", async () => {
    await repository.molecule(
      "outer",
      `molecule: outer
steps:
  - { id: before, run: 'echo "before has: $TOKEN"' }
  - { id: nested, needs: [before], molecule: middle }
  - { id: after, needs: [nested], run: 'echo "after has: $TOKEN"; cat kept' }
`,
    );
    await repository.molecule("middle", "molecule: middle\nsteps:\n  - { id: deeper, molecule: inner }\n");
    await repository.molecule(
      "inner",
      "molecule: inner\nsteps:\n  - { id: use, secrets: [TOKEN], run: 'printf %s \"$TOKEN\" >kept' }\n",
    );
    const { code, stdout, stderr } = await run("outer");
    assertEquals(code, 0, stdout + stderr);
    assertStringIncludes(stdout, "before has: \n");
    assertStringIncludes(stdout, "after has: \n***\n");
    assertEquals(repository.read("kept"), TOKEN);
    assertEquals([stdout.includes(TOKEN), await filesWith(TOKEN)], [false, ""]);
  });

  it("of a run are not in what a molecule nested in it records of the environment", async () => {
    await repository.molecule(
      "outer",
      "molecule: outer\nsteps:\n  - { id: use, secrets: [TOKEN], run: 'true' }\n  - { id: nested, needs: [use], molecule: inner }\n",
    );
    await repository.molecule(
      "inner",
      "molecule: inner\nsteps:\n  - { id: a, run: 'echo {{ has(env.TOKEN) }} {{ env.OTHER }}' }\n",
    );
    const { code, stdout, stderr } = await run("outer", { TOKEN, OTHER: "other" });
    assertEquals(code, 0, stdout + stderr);
    assertStringIncludes(stdout, "false other\n");
    assertEquals([stdout.includes(TOKEN), await filesWith(TOKEN)], [false, ""]);
  });

  it("that a nested molecule has got since the run began are withheld once it has begun", async () => {
    await repository.molecule(
      "outer",
      `molecule: outer
steps:
  - { id: change, run: 'cp later.yaml molecules/inner.yaml' }
  - { id: nested, needs: [change], molecule: inner }
  - { id: after, needs: [nested], run: 'echo "after has: $TOKEN"; cat kept; test -e go || exit 1' }
`,
    );
    await repository.molecule("inner", "molecule: inner\nsteps:\n  - { id: use, run: 'true' }\n");
    await Deno.writeTextFile(
      join(repository.folder, "later.yaml"),
      "molecule: inner\nsteps:\n  - { id: use, secrets: [TOKEN], run: 'printf %s \"$TOKEN\" >kept' }\n",
    );
    const first = await run("outer");
    assertEquals(first.code, 1, first.stderr);
    assertStringIncludes(first.stdout, "after has: \n***\n");
    await Deno.writeTextFile(join(repository.folder, "go"), "");
    // Another driver, which saw nothing of that.
    const again = await repository.gt(["mol", "retry", "outer"], { env: { TOKEN } });
    assertEquals(again.code, 0, again.stdout + again.stderr);
    const logs = await repository.gt(["mol", "logs", "outer"], { env: { TOKEN } });
    assertEquals(logs.stdout.match(/after has: $/gm)?.length, 2, logs.stdout);
    assertEquals([again.stdout.includes(TOKEN), await filesWith(TOKEN)], [false, ""]);
  });
});
