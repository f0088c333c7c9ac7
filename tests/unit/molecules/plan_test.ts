import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { graphText } from "../../../src/molecules/graph.ts";
import { planMolecule } from "../../../src/molecules/plan.ts";
import { mostAtOnce, ringsOf, stepGraph, upstreamOf } from "../../../src/molecules/step_graph.ts";
import { variableValues } from "../../../src/molecules/variables.ts";
import { definitionOf } from "./language_fixture.ts";

const release = `molecule: release
vars: { channel: stable, files: { default: [a, b, c] } }
steps:
  - { id: bump, title: "Bump {{ channel }}", run: "bump {{ vars.channel }} {{ run.id }}", timeout: 1m }
  - { id: lint, run: lint, needs: [bump], timeout: 1m }
  - { id: test, run: "test {{ matrix.os }}", needs: [bump], matrix: { os: [linux, mac, win] }, max_parallel: 2, timeout: 2m, retry: { attempts: 3 } }
  - { id: each, run: "x {{ item }}", needs: [bump], for_each: vars.files, timeout: 1m }
  - { id: dynamic, run: "x {{ item }}", needs: [lint], for_each: 'json("[]")', timeout: 1m }
  - { id: ask, gate: { type: human, message: "Release {{ channel }}?", timeout: 1d }, needs: [lint, test] }
  - { id: beta, run: beta, needs: [ask], when: vars.channel == "beta" && steps.ask.status == "succeeded", timeout: 1m }
  - { id: stable, run: stable, needs: [ask], when: vars.channel == "stable" && steps.ask.status == "succeeded", timeout: 1m }
  - { id: tell, run: tell, needs: { any: [beta, stable] }, timeout: 1m }
finally:
  - { id: report, run: "report {{ status }}" }
`;

async function planOf(given: Record<string, string>) {
  const definition = await definitionOf(release);
  return planMolecule(definition, { values: variableValues(definition, given) });
}

describe("a plan", () => {
  it("says what runs in which wave, and what is skipped with these values", async () => {
    const plan = await planOf({});
    assertEquals(plan.waves, [["bump"], ["lint", "test", "each"], ["dynamic", "ask"], ["stable"], ["tell"]]);
    assertEquals(plan.steps.map(({ id, fate }) => `${id} ${fate}`).slice(6), [
      "beta skip",
      "stable unknown",
      "tell run",
      "report run",
    ]);
    const beta = await planOf({ channel: "beta" });
    assertEquals(beta.steps.filter(({ fate }) => fate !== "run").map(({ id, fate }) => [id, fate]), [
      ["beta", "unknown"],
      ["stable", "skip"],
    ]);
  });

  it("puts in what is known and leaves the rest as it is written", async () => {
    const { steps } = await planOf({ channel: "beta" });
    const does = Object.fromEntries(steps.map((step) => [step.id, step.does]));
    assertEquals([does.bump, does.test, does.ask, does.report], [
      "bump beta {{ run.id }}",
      "test {{ matrix.os }}",
      "human Release beta?",
      "report {{ status }}",
    ]);
    assertEquals(steps[0]!.title, "Bump beta");
  });

  it("says how many run at the same time, and the longest chain", async () => {
    const plan = await planOf({ files: "a,b,c,d,e" });
    assertEquals(plan.steps.map(({ id, times }) => [id, times]).slice(1, 5), [
      ["lint", 1],
      ["test", 3],
      ["each", 5],
      ["dynamic", 0],
    ]);
    assertEquals(plan.maxParallel, 1 + 2 + 5);
    // Three rows two at a time, each tried three times, with pauses of 1 s and 2 s.
    assertEquals(plan.criticalPath.steps, ["bump", "test", "ask", "stable", "tell"]);
    const test = 2 * (3 * 120_000 + 1_000 + 2_000);
    assertEquals(plan.criticalPath.atMost, 60_000 + test + 86_400_000 + 60_000 * 2);
  });

  it("counts what can meet, though it stands in different waves", async () => {
    const definition = await definitionOf(`molecule: m
steps:
  - { id: a, run: a }
  - { id: b1, run: b, needs: [a] }
  - { id: b2, run: b, needs: [a], matrix: { x: [1, 2, 3] } }
  - { id: e, run: e }
  - { id: f, run: f, needs: [e] }
`);
    const plan = planMolecule(definition, { values: {} });
    assertEquals([plan.maxParallel, plan.waves.map((wave) => wave.length)], [1 + 3 + 1, [2, 3]]);
  });

  it("names the longest chain by what it can take, and by its steps where that is open", async () => {
    const chain = (limit: string) =>
      `molecule: m
steps:
  - { id: a, run: a, timeout: 1m }
  - { id: b, run: b, needs: [a], timeout: 1m }
  - { id: long, run: b, ${limit} }
`;
    const path = async (limit: string) =>
      planMolecule(await definitionOf(chain(limit)), { values: {} }).criticalPath;
    assertEquals(await path("timeout: 1h"), { steps: ["long"], atMost: 3_600_000 });
    assertEquals(await path("title: x"), { steps: ["a", "b"] });
    const repeated = "timeout: 1m, repeat: { until: steps.long.attempt == 3, max: 3, delay: 1h }";
    assertEquals(await path(repeated), { steps: ["long"], atMost: 3 * 60_000 + 2 * 3_600_000 });
    assertEquals(await path(`${repeated}, budget: { minutes: 5 }`), { steps: ["long"], atMost: 300_000 });
  });

  it("leaves what runs after a failure out of the longest chain, and draws it as what it is", async () => {
    const definition = await definitionOf(
      "molecule: m\nsteps:\n  - id: a\n    run: x\n    timeout: 1m\n" +
        "    on_failure: [{ id: undo, run: y, needs: [c], timeout: 1h }, { id: tell, run: z }]\n" +
        "  - { id: b, needs: [a], run: x, timeout: 2m }\n  - { id: c, run: x, timeout: 1m }\n",
    );
    const { criticalPath, steps } = planMolecule(definition, { values: {} });
    assertEquals(criticalPath, { steps: ["a", "b"], atMost: 180_000 });
    assertEquals(steps.map(({ onFailureOf }) => onFailureOf ?? ""), ["", "", "", "a", "a"]);
    assertEquals(graphText(definition, "text").split("\n").slice(3), [
      "     undo (run)  ← always: c; failed: a",
      "     tell (run)  ← failed: a",
    ]);
    assertStringIncludes(graphText(definition, "mermaid"), 's_a -- "failed" --> s_undo');
    assertStringIncludes(graphText(definition, "mermaid"), 's_c -- "always" --> s_undo');
    assertStringIncludes(graphText(definition, "dot"), '"a" -> "undo" [label="failed"];');
  });

  it("leaves as it is written what fails with these values", async () => {
    const definition = await definitionOf(`molecule: m
vars: { parts: { type: list, default: [a] }, n: { default: 0 }, j: x }
steps:
  - { id: a, run: "echo {{ vars.parts[5] }} {{ 10 / vars.n }} {{ vars.n + 1 }}" }
  - { id: b, run: b, for_each: json(vars.j) }
`);
    const { steps } = planMolecule(definition, { values: variableValues(definition, {}) });
    assertEquals(steps[0]!.does, "echo {{ vars.parts[5] }} {{ 10 / vars.n }} 1");
    assertEquals(steps[1]!.times, undefined);
  });

  it("knows that a strict step goes with the need that is skipped", async () => {
    const definition = await definitionOf(`molecule: m
vars: { go: false }
steps:
  - { id: a, run: a, when: vars.go }
  - { id: b, run: b, needs: [a], strict: true }
  - { id: c, run: c, needs: [b] }
  - { id: d, run: d, needs: { any: [b, c] }, strict: true }
`);
    const { steps } = planMolecule(definition, { values: variableValues(definition, {}) });
    assertEquals(steps.map(({ id, fate, without }) => `${id} ${fate} ${without ?? ""}`.trim()), [
      "a skip",
      "b skip a",
      "c run",
      "d run",
    ]);
  });

  it("says in words what gates wait for", async () => {
    const gates = "steps:\n  - { id: t, gate: { type: timer, for: 1m30s } }\n" +
      "  - { id: c, gate: { type: command, command: test -e x, every: 5s, max_every: 1m } }\n";
    const { steps } = planMolecule(await definitionOf(`molecule: m\n${gates}`), { values: {} });
    assertEquals(steps.map(({ does }) => does), ["timer 1m30s", "command test -e x"]);
  });

  it("counts a fan-out that only a run tells of by its limits, and says where it has none", async () => {
    const widthOf = async (fanOut: string, head = "") => {
      const definition = await definitionOf(
        `molecule: m\n${head}steps:\n  - { id: l, run: l, outputs: { n: "{{ lines(stdout) }}" } }\n` +
          `  - { id: o, run: o }\n  - { id: w, needs: [l], for_each: steps.l.outputs.n, run: w, ${fanOut} }\n`,
      );
      return planMolecule(definition, { values: {} }).maxParallel;
    };
    assertEquals(await widthOf("max_parallel: 3"), 3 + 1);
    assertEquals(await widthOf("concurrency: { group: g, limit: 2 }"), 2 + 1);
    assertEquals(await widthOf("title: W", "max_parallel: 7\n"), 7);
    assertEquals(await widthOf("title: W"), undefined);
    assertEquals(await widthOf("concurrency: { group: 'g{{ item }}', limit: 2 }"), undefined);
  });

  it("counts steps of a group as far as it has places", async () => {
    const steps = (group: string) =>
      Array.from(
        { length: 5 },
        (_, n) => `  - { id: s${n}, run: s, concurrency: { group: ${group}, limit: 2 } }\n`,
      );
    const widthOf = async (...text: string[]) => {
      const definition = await definitionOf(`molecule: m\nvars: { v: x }\nsteps:\n${text.join("")}`);
      return planMolecule(definition, { values: { v: "x" } }).maxParallel;
    };
    const other = "  - { id: a, run: a, matrix: { x: [1, 2, 3] } }\n";
    assertEquals(await widthOf(...steps("g")), 2);
    assertEquals(await widthOf(...steps("'g{{ vars.v }}'"), other), 2 + 3);
    assertEquals(await widthOf(...steps("'g{{ run.id }}'")), 5);
    assertEquals(await widthOf(other.replace("run: a", "run: a, concurrency: { group: h, limit: 2 }")), 2);
  });

  it("is bounded by what the molecule says", async () => {
    const definition = await definitionOf(`max_parallel: 3\n${release}`);
    assertEquals(planMolecule(definition, { values: variableValues(definition, {}) }).maxParallel, 3);
  });
});

describe("a graph", () => {
  it("is drawn for the terminal", async () => {
    assertEquals(graphText(await definitionOf(release), "text").split("\n").slice(0, 6), [
      "  1  bump (run)",
      "  2  lint (run)  ← bump",
      "     test ×3 (run)  ← bump",
      "     each ×n (run)  ← bump",
      "  3  dynamic ×n (run)  ← lint",
      "     ask (gate)  ← lint, test",
    ]);
    assertStringIncludes(graphText(await definitionOf(release), "text"), "tell (run)  ← any: beta, stable");
  });

  it("is written for mermaid and dot, names of any kind included", async () => {
    const definition = await definitionOf(
      "molecule: m\nsteps: [{ id: end, run: x }, { id: graph-it, needs: [end] }]\n",
    );
    assertEquals(
      graphText(definition, "mermaid"),
      [
        "flowchart TD",
        '  s_end["end (run)"]',
        '  s_graph-it("graph-it")',
        "  s_end --> s_graph-it",
      ].join("\n"),
    );
    assertEquals(
      graphText(definition, "dot"),
      [
        'digraph "m" {',
        "  rankdir=TB;",
        '  "end" [label="end (run)", shape=box];',
        '  "graph-it" [label="graph-it", shape=ellipse];',
        '  "end" -> "graph-it";',
        "}",
      ].join("\n"),
    );
  });
});

describe("the order of steps", () => {
  const step = (id: string, ...of: string[]) => ({ id, needs: { mode: "all", of } as const });

  it("keeps that of the file among those that may be next", () => {
    const { order, waves } = stepGraph([step("d", "b", "c"), step("c", "a"), step("b", "a"), step("a")]);
    assertEquals(order, [3, 1, 2, 0]);
    assertEquals(waves, [2, 1, 1, 0]);
  });

  it("leaves out rings and what is behind them, and names one", () => {
    const graph = stepGraph([step("a"), step("b", "d", "a"), step("c", "b"), step("d", "c"), step("e", "d")]);
    assertEquals(graph.order, [0]);
    assertEquals(ringsOf(graph), [[1, 3, 2, 1]]);
    const several = stepGraph([
      ...[
        step("a", "b", "x"),
        step("b", "a"),
        step("x", "y"),
        step("y", "x"),
        step("z", "z"),
        step("end", "a"),
      ],
    ]);
    assertEquals(ringsOf(several), [[0, 1, 0], [2, 3, 2], [4, 4]]);
  });

  it("knows what comes before what, through any number of others", () => {
    const steps = Array.from({ length: 100 }, (_, at) => step(`s${at}`, ...(at === 0 ? [] : [`s${at - 1}`])));
    const isUpstream = upstreamOf(stepGraph([...steps, step("alone")]));
    assertEquals([isUpstream(99, 0), isUpstream(0, 99), isUpstream(99, 99), isUpstream(100, 0)], [
      true,
      false,
      false,
      false,
    ]);
  });

  it("says how many can be at work at one time, for any steps", () => {
    const some = fc.array(
      fc.record({ needs: fc.array(fc.nat(7), { maxLength: 3 }), weight: fc.nat(3) }),
      { maxLength: 8 },
    );
    fc.assert(fc.property(some, (rows) => {
      const graph = stepGraph(
        rows.map(({ needs }, at) => step(`s${at}`, ...needs.filter((need) => need < at).map((n) => `s${n}`))),
      );
      const comes = upstreamOf(graph);
      let most = 0;
      for (let set = 0; set < 2 ** rows.length; set++) {
        const those = rows.map((_, at) => at).filter((at) => set & (1 << at));
        if (those.some((one) => those.some((other) => one !== other && comes(one, other)))) continue;
        most = Math.max(most, those.reduce((sum, at) => sum + rows[at]!.weight, 0));
      }
      assertEquals(mostAtOnce(graph, rows.map(({ weight }) => weight)), most);
    }));
  });
});
