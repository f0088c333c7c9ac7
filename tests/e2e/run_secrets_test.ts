import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
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
});
