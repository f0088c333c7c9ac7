import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

describe("a run of a molecule that is put together", () => {
  let repository: TestRepository;
  beforeEach(async () => repository = await createTestRepository());
  afterEach(() => repository.end());

  const run = async (name: string, text: string): Promise<string[]> => {
    await repository.molecule(name, `molecule: ${name}\n${text}`);
    const { code, stderr } = await repository.gt(["mol", "run", name]);
    assertEquals(code, 0, stderr);
    return repository.read("said").trim().split("\n");
  };

  it("fills in what the steps of an aspect read of the step they are around, and of each other", async () => {
    const said = await run(
      "woven",
      `vars: { x: a b }
steps:
  - { id: one, title: "First {{ x }}", run: "true" }
  - { id: two, needs: [one], title: Second, run: "true" }
aspects:
  - match: "*"
    before:
      - { id: p, run: "echo of {{ step.id }}", outputs: { o: "{{ stdout.trim() }}" } }
      - { id: q, run: "echo {{ quote(step.title) }}, {{ steps.p.outputs.o }}, {{ 'step.id' }} >>said" }
`,
    );
    assertEquals(said, ["First a b, of one, step.id", "Second, of two, step.id"]);
  });
});
