import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

interface Step {
  id: string;
  status: string;
  attempt: number;
  bead: string;
  reason?: string;
}

describe("a step whose bead was closed while nobody drove its run", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
  });
  afterEach(() => repository.end());

  const gt = (...args: string[]) => repository.gt(["mol", ...args]);
  const shown = async (name: string): Promise<{ id: string; status: string; steps: Step[] }> =>
    JSON.parse((await gt("status", name, "--json")).stdout);
  const standing = ({ steps }: { steps: Step[] }) =>
    steps.map(({ id, status, attempt }) => `${id} ${status} ${attempt}`);

  /** Begins a run and kills its driver once it waits for all of these steps. */
  async function left(name: string, ...waits: string[]): Promise<void> {
    const run = repository.begin(["mol", "run", name]);
    for (const step of waits) await run.says(`◆ ${step}`);
    run.kill("SIGKILL");
    await run.ended;
  }
  async function close(name: string, ...steps: string[]): Promise<void> {
    for (const { id, bead } of (await shown(name)).steps) {
      if (steps.includes(id)) assertEquals((await repository.bd(["close", bead])).code, 0);
    }
  }

  it("has succeeded although the run is cancelled then, and is not done again", async () => {
    await repository.molecule("part", "molecule: part\nsteps: [{ id: deep, title: Deep }]\n");
    await repository.molecule(
      "items",
      `molecule: items
steps:
  - { id: done, title: Done }
  - { id: open, title: Open }
  - { id: gate, gate: { type: human } }
  - { id: sub, molecule: part }
`,
    );
    await left("items", "done", "open", "gate", "sub › deep");
    await close("items", "done");
    await close("part", "deep");
    const [gate] = JSON.parse((await repository.gt(["gate", "list", "--json"])).stdout);
    assertEquals((await repository.gt(["gate", "approve", gate.id])).code, 0);
    assertEquals((await gt("cancel", "items")).code, 0);
    assertEquals(standing(await shown("items")), [
      "done succeeded 1",
      "open cancelled 1",
      "gate succeeded 1",
      "sub cancelled 1",
    ]);
    assertEquals(standing(await shown("part")), ["deep succeeded 1"]);
    const again = repository.begin(["mol", "retry", "items"]);
    await again.says("◆ open");
    await close("items", "open");
    assertEquals((await again.ended).code, 0);
    assertEquals(standing(await shown("items")), [
      "done succeeded 1",
      "open succeeded 2",
      "gate succeeded 1",
      "sub succeeded 2",
    ]);
    assertEquals(standing(await shown("part")), ["deep succeeded 1"]);
  });
});
