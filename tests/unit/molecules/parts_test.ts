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

  it("say of an expression that fails where it stands in their own file, however much was put in", async () => {
    const { steps: [p] } = await woven(
      "      - { id: p, run: 'echo {{step.id}}{{ step.title + text(vars.y - 1) }}', when: 'step.id != text(vars.y - 1)' }\n",
    );
    const failed = (run: () => unknown) => assertThrows(run, ExpressionError).place;
    assertEquals(failed(() => fill(commandOf(p!), scope)), { line: 8, column: 61 });
    assertEquals(failed(() => evaluate(p!.when!, scope)), { line: 8, column: 101 });
  });
});
