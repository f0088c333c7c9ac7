import { assertEquals, assertMatch } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

/** Until there is a file of this name. */
const until = (name: string) => `while ! test -e ${name}; do sleep 0.02; done`;

/** What `a` leaves behind prints while `b` does. */
const LATE = `molecule: late
steps:
  - id: a
    run: '(${until("b-began")}; echo LATE; echo LATER >&2; touch late) & echo early'
    outputs: { v: '{{ stdout }}' }
  - { id: pause, needs: [a], run: '${until("go")}' }
  - id: b
    needs: [pause]
    run: 'touch b-began; ${until("late")}; echo B'
    outputs: { v: '{{ stdout }}', e: '{{ stderr }}' }
`;

describe("what a command prints", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.molecule("late", LATE);
  });
  afterEach(() => repository.end());

  const touch = (name: string) => Deno.writeTextFile(join(repository.folder, name), "");
  const outputs = async () => {
    const { stdout } = await repository.gt(["mol", "status", "late", "--json"]);
    return JSON.parse(stdout).steps.map((step: { outputs?: unknown }) => step.outputs);
  };
  const own = [{ v: "early\n" }, undefined, { v: "B\n", e: "" }];

  it("is its own, not what an earlier one left running in the background prints meanwhile", async () => {
    await touch("go");
    assertEquals((await repository.gt(["mol", "run", "late"])).code, 0);
    assertEquals(await outputs(), own);
    const { stdout } = await repository.gt(["mol", "logs", "late"]);
    assertMatch(stdout, /✓ a .*\n {4}│ early\n.*▸ pause\n.*✓ pause.*\n.*▸ b\n.*✓ b .*\n {4}│ B\n/);
  });

  it("is read whatever its keys and its step are called", async () => {
    await repository.molecule(
      "odd",
      `molecule: odd
vars: { constructor: { default: c } }
steps:
  - { id: constructor, run: 'echo ''{"constructor": 1}''', outputs: { constructor: "{{ json(stdout) }}" } }
  - id: last
    needs: [constructor]
    run: echo {{ constructor }}
    outputs: { n: "{{ steps.constructor.outputs.constructor.constructor + 1 }}" }
`,
    );
    const { stdout } = await repository.gt(["mol", "run", "odd", "--json"]);
    const outputs = JSON.parse(stdout).steps.map((step: { outputs?: unknown }) => step.outputs);
    assertEquals(outputs, [{ constructor: { constructor: 1 } }, { n: 2 }]);
  });

  it("is its own also for another driver than the one that began the earlier one", async () => {
    const one = repository.begin(["mol", "run", "late"]);
    await one.says("▸ pause");
    one.kill("SIGKILL");
    await one.ended;
    const two = repository.begin(["mol", "run", "late"]);
    await touch("go");
    const { code, stderr } = await two.ended;
    assertEquals(code, 0, stderr);
    assertEquals(await outputs(), own);
  });
});
