import { assertEquals, assertMatch } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { quoteWords } from "../../src/lib/quote_words.ts";
import { inRepository } from "./repository_fixture.ts";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

interface Step {
  id: string;
  status: string;
  attempt: number;
  bead: string;
  reason?: string;
}

interface Run {
  id: string;
  status: string;
  duration_ms: number;
  steps: Step[];
}

describe("a step whose bead was closed while nobody drove its run", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
  });
  afterEach(() => repository.end());

  const gt = (...args: string[]) => repository.gt(["mol", ...args]);
  const shown = async (name: string): Promise<Run> => JSON.parse((await gt("status", name, "--json")).stdout);
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

  it("leaves nothing to be tried again where all of them were: the run has succeeded at once", async () => {
    await repository.molecule("all", "molecule: all\nsteps: [{ id: done, title: Done }]\n");
    await left("all", "done");
    await close("all", "done");
    assertEquals((await gt("cancel", "all")).code, 0);
    const { id, duration_ms: took } = await shown("all");
    const bead = async () => JSON.parse((await repository.bd(["show", id, "--json"])).stdout)[0];
    assertEquals((await bead()).close_reason, "cancelled: cancelled by ann");
    assertEquals((await gt("retry", "all")).code, 0);
    assertEquals((await bead()).close_reason, "succeeded");
    const after = await shown("all");
    assertEquals([after.status, after.duration_ms], ["succeeded", took]);
  });
});

describe("a step whose bead is closed by hand", () => {
  it("fails by a reason in the form of one, which is told, and by no other", () =>
    inRepository(async ({ molecule, run, gt, until }) => {
      await molecule("words", "  - { id: a, title: A }\n  - { id: b, title: B }\n  - { id: c, title: C }\n");
      const running = run("words");
      const ids = await until("it waits", () => {
        const found = [...running.text().matchAll(/bd close (\S+)\n/g)].map(([, id]) => id!);
        return Promise.resolve(found.length === 3 && found);
      });
      const close = async (id: string, reason: string) =>
        (await gt(["--as", "bd", "close", id, "--reason", reason])).stdout;
      const [a, b, c] = ids as [string, string, string];
      for (const reason of ["Timeout of the login is 5 minutes now", "Failed, the disk's full"]) {
        const { code, stderr } = await gt(["--as", "bd", "close", a, "--reason", reason]);
        assertEquals([code, stderr], [
          1,
          `error: Cannot close "${a}": "${reason}" may say that its step has failed, or that it was done\n` +
          `hint: It has failed: bd close ${a} --reason ${quoteWords([`failed: ${reason}`])}\n` +
          `hint: It was done: bd close ${a} --reason ${quoteWords([`done: ${reason}`])}\n`,
        ]);
      }
      assertMatch(await close(a, "done: Timeout of the login is 5 minutes now"), /^✓ Closed \S+: A\n$/);
      assertMatch(await close(b, "all of it"), /^✓ Closed \S+: B\n$/);
      assertMatch(
        await close(c, "failed: no disk"),
        /^✓ Closed \S+: C\n✗ Step "c" of \S+ has failed: no disk\n$/,
      );
      const { code, text } = await running.ended;
      assertEquals(code, 1);
      assertMatch(text, /"c" failed: no disk\n/);
      assertMatch(await close(c, "failed: no disk"), /^✓ Already closed \S+: C\n$/);
      const { steps } = JSON.parse((await gt(["mol", "status", "words", "--json"])).stdout);
      assertEquals(steps.map(({ status }: Step) => status), ["succeeded", "succeeded", "failed"]);
    }));
});
