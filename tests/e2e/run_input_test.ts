import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";
import type { Answer } from "./town_fixture.ts";

describe("a run that is given something odd", () => {
  let repository: TestRepository;
  beforeEach(async () => repository = await createTestRepository());
  afterEach(() => repository.end());

  const gt = (...words: string[]) => repository.gt(["mol", ...words]);
  const run = async (name: string, steps: string): Promise<Answer> => {
    await repository.molecule(name, `molecule: ${name}\nsteps:\n${steps}`);
    const { stdout, stderr } = await gt("run", name, "--json");
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout);
  };

  it("waits for the end of limits that are longer than a timer of the system", async () => {
    const { status, steps } = await run(
      "patient",
      `  - { id: a, run: sleep 0.2, timeout: 30d }
  - { id: b, run: sleep 0.2, heartbeat: 40d }
  - { id: c, run: sleep 0.2, budget: { minutes: 100000 } }
`,
    );
    assertEquals([status, ...steps.map((step: Answer) => step.reason)], [
      "succeeded",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("names what would hold a NUL byte, and of what that was made", async () => {
    const { steps: [, ...steps] } = await run(
      "nul",
      `  - { id: gives, run: "printf 'a\\\\0b'", outputs: { x: "{{ stdout }}" } }
  - { id: env, needs: [gives], run: "true", env: { FILES: "<{{ steps.gives.outputs.x }}>" } }
  - { id: command, needs: [gives], run: "echo {{ quote(steps.gives.outputs.x) }}" }
  - { id: folder, needs: [gives], run: "true", cwd: "{{ steps.gives.outputs.x }}" }
  - { id: gate, needs: [gives], gate: { type: command, timeout: 10s, command: "echo {{ quote(steps.gives.outputs.x) }}" } }
  - { id: stdin, needs: [gives], run: wc -c, stdin: "{{ steps.gives.outputs.x }}", outputs: { n: "{{ int(stdout.trim()) }}" } }
`,
    );
    const said = Object.fromEntries(steps.map(({ id, reason }: Answer) => [id, reason]));
    const would = "would hold a NUL byte, which ends every text, of {{";
    assertEquals(said, {
      env: `it cannot be started: its env "FILES" ${would} steps.gives.outputs.x }}`,
      command: `it cannot be started: its command ${would} quote(steps.gives.outputs.x) }}`,
      folder: `it cannot be started: its cwd ${would} steps.gives.outputs.x }}`,
      gate: `it cannot be started: its command ${would} quote(steps.gives.outputs.x) }}`,
      stdin: undefined,
    });
    assertEquals(steps.at(-1).outputs, { n: 3 });
  });

  it("names the line and the column in which an expression failed, however it is written", async () => {
    const { steps } = await run(
      "places",
      `  - { id: gives, run: "true", outputs: { x: a, m: "{}" } }
  - id: joined
    needs: [gives]
    when: >-
      run.id != "" &&
      steps.gives.outputs.x - 1 > 0
    run: "true"
  - id: lines
    needs: [gives]
    run: |
      echo {{ steps.gives.outputs.x
                - 1 }}
  - id: escapes
    needs: [gives]
    run: "echo \\"{{ \\"a\\" == string(steps.gives.outputs.x - 1) }}\\""
  - { id: each, needs: [gives], for_each: json(steps.gives.outputs.m), run: "true" }
`,
    );
    const places = steps.slice(1).map(({ id, reason }: Answer) => [
      id,
      /(\d+:\d+): (no such overload|expected a list, found \{\})/.exec(reason)?.[1],
    ]);
    assertEquals(places, [["joined", "8:7"], ["lines", "13:15"], ["escapes", "17:37"], ["each", "18:43"]]);
  });

  it("refuses a map where a list belongs, and takes words and lists of JSON", async () => {
    const lists =
      "vars: { parts: { type: list } }\nsteps:\n  - { id: a, run: \"echo {{ vars.parts.join('+') }} >>said\" }\n";
    await repository.molecule("lists", `molecule: lists\n${lists}`);
    for (const given of ['{"a": 1}', ' {"a"', "{}"]) {
      const { code, stderr } = await gt("run", "lists", "--var", `parts=${given}`);
      assertEquals([given, code], [given, 1]);
      assertStringIncludes(stderr, "Expected a list, found");
    }
    for (const given of ["a, b", '["c", "d"]']) {
      assertEquals((await gt("run", "lists", "--var", `parts=${given}`)).code, 0);
    }
    assertEquals(repository.read("said"), "a+b\nc+d\n");
  });

  it("speaks of runs where one is named that there is not", async () => {
    await run("one", '  - { id: a, run: "true" }\n');
    for (const verb of ["status", "logs", "pause", "resume", "cancel", "retry", "upgrade"]) {
      const { code, stderr } = await gt(verb, "nope");
      assertEquals([verb, code], [verb, 1]);
      assertMatch(
        stderr,
        /^error: Cannot find run "nope": there is none of that id or molecule\nhint: gt mol status --all\n/,
      );
    }
  });

  it("does not try again what was squashed, and says into what", async () => {
    const { id } = await run("two", "  - { id: a, run: test -e ok }\n");
    const { digest_id } = JSON.parse((await repository.bd(["mol", "squash", id, "--json"])).stdout);
    const { code, stderr } = await gt("retry", "two");
    assertEquals(code, 1);
    assertStringIncludes(stderr, `Cannot retry run "${id}": it was squashed into ${digest_id}`);
    assertStringIncludes(stderr, "gt mol run two");
    assertEquals(JSON.parse((await gt("status", id, "--json")).stdout).status, "failed");
  });
});
