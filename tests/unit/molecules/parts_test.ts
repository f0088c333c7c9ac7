import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { StepDefinition } from "../../../src/molecules/definition.ts";
import { evaluate, ExpressionError, fill } from "../../../src/molecules/expressions/evaluate.ts";
import { definitionOf } from "./language_fixture.ts";

const commandOf = ({ action }: StepDefinition) => action.kind === "run" ? action.command : { text: "" };

describe("the steps of an aspect", () => {
  const scope = {
    vars: { x: "a b", n: 2, list: ["a"], y: "a" },
    steps: { "one-p": { status: "succeeded", outputs: { o: "of p" }, attempt: 1 } },
  };
  const woven = (steps: string, title = "First {{ x }} of {{ vars.n }}{{ vars.list }}") =>
    definitionOf(
      `molecule: m\nvars: { x: '', n: 1, list: [], y: { type: int } }\nsteps:\n  - { id: one, title: '${title}', when: vars.n > 0, run: x }\n` +
        `aspects:\n  - match: one\n    before:\n${steps}`,
    );

  it("read the title of the step that they are around as it is shown", async () => {
    const { steps: [p] } = await woven(
      "      - { id: p, run: 'echo {{ step.title }} {{ quote(step.title) }} {{step.id}}' }\n",
    );
    assertEquals(
      fill(commandOf(p!), scope),
      `echo First a b of 2["a"] 'First a b of 2["a"]' one`,
    );
    const whole = await woven("      - { id: p, run: 'echo {{ step.title }}' }\n", "{{ vars.n }}");
    assertEquals(fill(commandOf(whole.steps[0]!), scope), "echo 2");
  });

  it("keep what only looks like it: a text, and a name that a macro binds", async () => {
    const { steps: [p] } = await woven(
      `      - { id: p, run: 'echo {{ "step.id" + step["id"] + [{"id": "x"}].map(step, step.id)[0] }} step.id' }\n`,
    );
    assertEquals(fill(commandOf(p!), scope), "echo step.idonex step.id");
  });

  it("read each other under the names that they have in their aspect", async () => {
    const { steps: [, q] } = await woven(
      "      - { id: p, run: x, outputs: { o: '{{ stdout }}' } }\n" +
        "      - { id: q, run: 'echo {{ steps.p.outputs.o }}', for_each: '[steps[\"p\"].outputs.o]' }\n",
    );
    assertEquals(fill(commandOf(q!), scope), "echo of p");
    assertEquals(evaluate(q!.forEach!, scope), ["of p"]);
  });

  it("read those before the step from behind it, and wait for the step also where they only name such a one", async () => {
    const { steps } = await definitionOf(
      "molecule: m\nsteps:\n  - { id: one, run: x }\n  - { id: two, needs: [one], run: x }\n" +
        "aspects:\n  - match: one\n    before: [{ id: p, run: x, outputs: { o: '{{ stdout }}' } }]\n    after:\n" +
        "      - { id: q, run: 'echo {{ steps.p.outputs.o }}' }\n      - { id: r, needs: [p], run: x }\n" +
        "      - { id: s, needs: [p, q], when: steps.p.status == 'succeeded', run: x }\n",
    );
    assertEquals(steps.map(({ id, needs }) => [id, ...needs.of]), [
      ["one-p"],
      ["one", "one-p"],
      ["one-q", "one"],
      ["one-r", "one-p", "one"],
      ["one-s", "one-p", "one-q"],
      ["two", "one-s"],
    ]);
    assertEquals(fill(commandOf(steps[2]!), scope), "echo of p");
    assertEquals(evaluate(steps[4]!.when!, scope), true);
  });

  it("say of an expression that fails where it stands in their own file, however much was put in", async () => {
    const { steps: [p] } = await woven(
      "      - { id: p, run: 'echo {{step.id}}{{ step.title + text(vars.y - 1) }}', when: 'step.id != text(vars.y - 1)' }\n",
    );
    const failed = (run: () => unknown) => assertThrows(run, ExpressionError).place;
    assertEquals(failed(() => fill(commandOf(p!), scope)), { line: 8, column: 61 });
    assertEquals(failed(() => evaluate(p!.when!, scope)), { line: 8, column: 101 });
  });
});

describe("a molecule that extends another one", () => {
  const base = "molecule: base\nenv: { A: base, B: base }\nsecrets: [S]\n" +
    "defaults: { timeout: 1h, cwd: lib, retry: { attempts: 3 } }\nsteps:\n" +
    "  - { id: build, run: make, env: { B: step }, on_failure: [{ id: undo, run: undo }] }\n  - { id: test, run: test }\n" +
    "aspects: [{ match: test, before: [{ id: p, run: p }] }]\n";

  it("has the environment, the secrets and the defaults of both in the steps of both", async () => {
    const { steps } = await definitionOf(
      "molecule: own\nextends: base\nenv: { A: own, C: own }\nsecrets: [T]\n" +
        "defaults: { timeout: 1m, agent: { rig: app } }\n" +
        "steps:\n  - { id: more, run: more, secrets: [U], cwd: src, timeout: 1s }\n  - { id: ask, prompt: x }\n  - { id: wait, gate: { type: human } }\n",
      { base },
    );
    const shown = steps.map(({ id, env, secrets, timeout, retry, action }) => [
      id,
      Object.entries(env).map(([name, { text }]) => `${name}=${text}`).join(" "),
      secrets.join(" "),
      timeout,
      retry.attempts,
      action.kind === "run" ? action.cwd?.text : action.kind === "prompt" ? action.agent?.rig?.text : "",
    ]);
    assertEquals(shown, [
      ["build", "A=own B=step C=own", "S T", 60_000, 3, "lib"],
      ["test-p", "A=own B=base C=own", "S T", 60_000, 3, "lib"],
      ["test", "A=own B=base C=own", "S T", 60_000, 3, "lib"],
      ["undo", "A=own B=base C=own", "S T", 60_000, 3, "lib"],
      ["more", "A=own B=base C=own", "S T U", 1_000, 3, "src"],
      ["ask", "A=own B=base C=own", "S T", 60_000, 3, "app"],
      ["wait", "A=own B=base C=own", "S T", undefined, 1, ""],
    ]);
  });

  it("leaves the steps that it includes those of their own file", async () => {
    const { steps } = await definitionOf(
      "molecule: own\nextends: base\ninclude: [part]\nenv: { A: own }\nsteps: [{ id: more, run: more }]\n",
      { base, part: "molecule: part\nenv: { P: part }\nsteps: [{ id: of-part, run: x }]\n" },
    );
    const shown = steps.map(({ id, env, timeout }) => [id, Object.keys(env).join(" "), timeout]);
    assertEquals(shown.slice(-2), [["of-part", "P", undefined], ["more", "A B", 3_600_000]]);
  });

  it("has nothing of a step that it replaces, what runs after its failure neither", async () => {
    const ids = async (steps: string) =>
      (await definitionOf(`molecule: own\nextends: base\nsteps:\n${steps}`, { base }))
        .steps.map(({ id, needs }) => [id, ...needs.of].join(" "));
    assertEquals(await ids("  - { id: build, run: mine }\n"), ["build", "test-p", "test test-p"]);
    assertEquals(
      await ids("  - { id: build, run: mine, on_failure: [{ id: back, run: x }] }\n"),
      ["build", "test-p", "test test-p", "back build"],
    );
    assertEquals(
      await ids("  - { id: build, run: mine, on_failure: [{ id: undo, run: x }] }\n"),
      ["build", "test-p", "test test-p", "undo build"],
    );
    assertEquals(
      await ids("  - { id: test, run: mine }\n"),
      ["build", "test-p", "test test-p", "undo build"],
    );
  });
});
