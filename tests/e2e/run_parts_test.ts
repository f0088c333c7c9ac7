import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
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

  it("gives a nested run its numbers, truths and lists as they are written", async () => {
    await repository.molecule(
      "inner",
      `molecule: inner
vars: { list: { type: list, required: true }, n: { type: int, required: true }, on: { type: bool, required: true } }
steps: [{ id: a, run: 'echo {{ quote(to_json([vars.list, vars.n + 1, !vars.on])) }} >>said' }]
`,
    );
    const said = await run(
      "outer",
      `vars: { who: { default: bob } }
steps: [{ id: sub, molecule: inner, with: { list: [x y, 1, true, "{{ who }}", "for {{ who }}"], n: 2, on: true } }]
`,
    );
    assertEquals(said, ['[["x y",1,true,"bob","for bob"],3,false]']);
  });

  it("counts the commands of nested runs among those that may be at work at a time, also those of a driver before", async () => {
    await repository.molecule(
      "inner",
      `molecule: inner
steps:
  - { id: a, run: "echo + >>said; until [ -e go ]; do sleep 0.01; done; sleep 0.1; echo - >>said" }
  - { id: b, needs: [a], run: "echo + >>said; sleep 0.1; echo - >>said" }
`,
    );
    await repository.molecule(
      "outer",
      `molecule: outer
steps:
  - { id: sub, for_each: "[1, 2, 3, 4]", molecule: inner }
  - { id: own, run: "echo + >>said; until [ -e go ]; do sleep 0.01; done; sleep 0.1; echo - >>said" }
  - { id: asked, gate: { type: human } }
`,
    );
    const first = repository.begin(["mol", "run", "outer", "-j", "2"]);
    await repository.holds("said", "+\n+\n");
    first.kill("SIGKILL");
    await first.ended;
    const second = repository.begin(["mol", "resume", "outer", "-j", "2"]);
    await second.says("asked");
    const [gate] = JSON.parse((await repository.gt(["gate", "list", "--json"])).stdout);
    await repository.gt(["gate", "approve", gate.id]);
    await second.says("✓ asked");
    await Deno.writeTextFile(join(repository.folder, "go"), "");
    const { code, stdout, stderr } = await second.ended;
    assertEquals(code, 0, stdout + stderr);
    let [now, most] = [0, 0];
    const said = repository.read("said").trim().split("\n");
    for (const each of said) most = Math.max(most, now += each === "+" ? 1 : -1);
    assertEquals([most, said.length, now], [2, 18, 0], said.join(""));
  });

  it("gives the commands of what it extends its own environment, and its own those of the other", async () => {
    await repository.molecule(
      "base",
      `molecule: base
env: { A: base, B: base }
defaults: { cwd: sub }
steps:
  - { id: one, run: "echo one $A $B $C >>../said", on_failure: [{ id: undo, run: "echo undone >>../said" }] }
  - { id: two, needs: [one], always: true, run: "echo two $A $B $C >>../said" }
`,
    );
    await Deno.mkdir(join(repository.folder, "sub"));
    const said = await run(
      "own",
      `extends: base
env: { A: own, C: own }
steps:
  - { id: one, run: "echo mine $A $B $C >>../said; exit 1", allow_failure: true }
  - { id: three, needs: [two], run: "echo three $A $B $C >>../said" }
`,
    );
    assertEquals(said, ["mine own base own", "two own base own", "three own base own"]);
  });
});
