import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { StepDefinition } from "../../../src/molecules/definition.ts";
import {
  evaluateTemplate,
  ExpressionError,
  type Scope,
} from "../../../src/molecules/expressions/evaluate.ts";
import { definitionOf, problemsOf, withStep } from "./language_fixture.ts";

async function stepOf(lines: string, head = ""): Promise<StepDefinition> {
  return (await definitionOf(head + withStep(lines))).steps[0]!;
}

/** A step without places. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => key !== "place" && key !== "places").map((
      [key, inner],
    ) => [key, bare(inner)]),
  );
}

describe("what a step means", () => {
  it("has every default filled in", async () => {
    assertEquals(bare(await stepOf("    run: make\n")), {
      id: "one",
      title: { text: "one" },
      action: { kind: "run", command: { text: "make" } },
      needs: { mode: "all", of: [] },
      always: false,
      strict: false,
      retry: {
        attempts: 1,
        delay: 0,
        factor: 1,
        maxDelay: 0,
        on: ["exit", "timeout", "heartbeat", "failed"],
      },
      outputs: [],
      env: {},
      secrets: [],
      allowFailure: false,
    });
  });

  it("has all that the file says, in milliseconds and with its places", async () => {
    const head = "vars: { x: a, n: 2 }\nenv: { A: 1.10, B: b }\nsecrets: [T]\n";
    const step = await stepOf(
      `    title: Make {{ x }}
    description: |
      All of it
    acceptance: Done.
    run: |
      make
      test {{ vars.x }}
    cwd: src
    stdin: in
    env: { B: c, C: '{{ vars.n }}' }
    secrets: [U, T]
    when: vars.n > 1
    for_each: '["a", "b"]'
    max_parallel: 3
    retry: { attempts: 3, delay: 10s, factor: 2, max_delay: 2m, on: [exit, unknown] }
    timeout: 1h30m
    heartbeat: 500ms
    outputs: { out: '{{ stdout.trim() }}' }
    allow_failure: true
    concurrency: { group: 'g-{{ x }}', limit: 2 }
    cache: { key: '{{ vars.x }}', paths: [dist] }
    budget: { minutes: 3 }
`,
      head,
    );
    assertEquals(step.title, { text: "Make {{ x }}", places: [{ line: 7, column: 17 }] });
    assertEquals(step.action, {
      kind: "run",
      command: { text: "make\ntest {{ vars.x }}\n", places: [{ line: 13, column: 12 }] },
      cwd: { text: "src" },
      stdin: { text: "in" },
    });
    assertEquals(bare(step.env), { A: { text: "1.10" }, B: { text: "c" }, C: { text: "{{ vars.n }}" } });
    assertEquals(step.when, { source: "vars.n > 1", place: { line: 18, column: 11 } });
    assertEquals(step.forEach, { source: '["a", "b"]', place: { line: 19, column: 16 } });
    assertEquals([step.secrets, step.maxParallel, step.timeout, step.heartbeat], [
      ["T", "U"],
      3,
      5_400_000,
      500,
    ]);
    assertEquals(step.retry, {
      attempts: 3,
      delay: 10_000,
      factor: 2,
      maxDelay: 120_000,
      on: ["exit", "unknown"],
    });
    assertEquals(bare([step.outputs, step.concurrency, step.cache, step.budget, step.allowFailure]), [
      [{ name: "out", value: { text: "{{ stdout.trim() }}" } }],
      { group: { text: "g-{{ x }}" }, limit: 2 },
      { key: { text: "{{ vars.x }}" }, paths: [{ text: "dist" }] },
      { minutes: 3 },
      true,
    ]);
  });

  it("has one row for each combination of a matrix", async () => {
    const step = await stepOf("    run: x {{ matrix.os }}\n    matrix: { os: [linux, mac], n: [1, 2] }\n");
    assertEquals(step.matrix, [
      { os: "linux", n: 1 },
      { os: "linux", n: 2 },
      { os: "mac", n: 1 },
      { os: "mac", n: 2 },
    ]);
  });

  it("may need all, any or a number of others", async () => {
    const { steps } = await definitionOf(
      withStep("") + "  - { id: b, needs: [one, one] }\n  - { id: c, needs: { any: [one, b] } }\n" +
        "  - { id: d, needs: { quorum: 2, of: [one, b, c] } }\n  - { id: e, needs: { all: [d] } }\n",
    );
    assertEquals(steps.map(({ needs }) => needs), [
      { mode: "all", of: [] },
      { mode: "all", of: ["one"] },
      { mode: "any", of: ["one", "b"] },
      { mode: "quorum", count: 2, of: ["one", "b", "c"] },
      { mode: "all", of: ["d"] },
    ]);
  });

  const gates: readonly [string, unknown][] = [
    ["type: human, message: Go?, approvers: [ann]", {
      type: "human",
      approvers: [{ text: "ann" }],
      message: { text: "Go?" },
    }],
    ["type: timer, for: 2h", { type: "timer", for: 7_200_000 }],
    ["type: timer, until: '2030-01-01T00:00:00Z'", {
      type: "timer",
      until: { text: "2030-01-01T00:00:00Z" },
    }],
    ["type: cron, schedule: '0 9 * * 1-5', timezone: Europe/Berlin", {
      type: "cron",
      schedule: "0 9 * * 1-5",
      timezone: "Europe/Berlin",
    }],
    ["type: bead, bead: cs-1", { type: "bead", bead: { text: "cs-1" } }],
    ["type: mail, from: ann, subject: ok", { type: "mail", from: { text: "ann" }, subject: { text: "ok" } }],
    ["type: gh:run, run: 123, repo: a/b, every: 5s", {
      type: "gh:run",
      run: { text: "123" },
      repo: { text: "a/b" },
      every: 5_000,
    }],
    ["type: gh:pr, pr: 7", { type: "gh:pr", pr: { text: "7" }, state: "merged", every: 15_000 }],
    ["type: command, command: test -f x", {
      type: "command",
      command: { text: "test -f x" },
      every: 10_000,
      factor: 1.5,
      maxEvery: 300_000,
    }],
  ];
  for (const [written, condition] of gates) {
    it(`may be a gate of ${written.split(",")[0]}`, async () => {
      const { action, timeout } = await stepOf(`    gate: { ${written}, timeout: 1m }\n`);
      assertEquals(bare(action), { kind: "gate", gate: { condition, onTimeout: "fail" } });
      assertEquals(timeout, 60_000);
    });
  }

  it("may tell somebody that a gate waits, and go on when its time is over", async () => {
    const { action } = await stepOf(
      "    gate: { type: human, on_timeout: succeed, escalate: { after: 1d } }\n",
    );
    assertEquals(action.kind === "gate" && [action.gate.onTimeout, action.gate.escalate], [
      "succeed",
      { after: 86_400_000, to: { text: "overseer" } },
    ]);
  });

  it("gives a nested molecule lists as they are written, with their expressions where they stand", async () => {
    const others = {
      net: "molecule: net\nvars: { x: { type: list } }\nsteps: [{ id: a, for_each: vars.x, run: id }]\n",
    };
    const { steps: [, step] } = await definitionOf(
      withStep("    run: x\n    outputs: { n: '0' }\n") +
        "  - id: b\n    needs: [one]\n    molecule: net\n    with:\n      x:\n" +
        `        - a {b} "c"\n        - 2.5\n        - true\n        - of {{ run.molecule }}!\n        - '{{ "{{" }}'\n` +
        "        - '{{ 1 / int(steps.one.outputs.n) }}'\n",
      others,
    );
    const template = step!.action.kind === "molecule" ? step!.action.with.x! : { text: "" };
    const scope = (n: string): Scope => ({
      vars: {},
      run: { molecule: "m" },
      steps: { one: { status: "succeeded", outputs: { n }, attempt: 1 } },
    });
    assertEquals(evaluateTemplate(template, scope("4")), ['a {b} "c"', 2.5, true, "of m!", "{{", 0]);
    const { place } = assertThrows(() => evaluateTemplate(template, scope("0")), ExpressionError);
    assertEquals(place, { line: 16, column: 15 });
  });

  it("may be a prompt, a nested molecule or a convoy", async () => {
    const others = {
      net: "molecule: net\nvars: { x: }\nsteps: [{ id: a, run: 'echo {{ x }}' }]\noutputs: { size: 1 }\n",
    };
    const { steps } = await definitionOf(
      withStep("    prompt: |\n      Look.\n    agent: { rig: app }\n    outputs: [verdict]\n") +
        "  - { id: b, molecule: net, with: { x: 1.0 } }\n  - { id: c, convoy: auth }\n" +
        "  - { id: d, convoy: { title: T, beads: [cs-1, cs-2], rig: app } }\n",
      others,
    );
    assertEquals(bare(steps.map(({ action }) => action)), [
      {
        kind: "prompt",
        prompt: { text: "Look." },
        agent: { role: { text: "worker" }, rig: { text: "app" } },
      },
      { kind: "molecule", molecule: "net", with: { x: { text: "1.0" } }, outputs: ["size"] },
      { kind: "convoy", convoy: { name: { text: "auth" }, beads: [] } },
      {
        kind: "convoy",
        convoy: { beads: [{ text: "cs-1" }, { text: "cs-2" }], title: { text: "T" }, rig: { text: "app" } },
      },
    ]);
    assertEquals(steps[0]!.outputs, [{ name: "verdict" }]);
  });
});

describe("what a molecule means", () => {
  it("has the defaults of the file in its steps, but not in those that wait for people", async () => {
    const { steps } = await definitionOf(
      "defaults: { timeout: 30m, heartbeat: 1m, retry: { attempts: 2 }, cwd: src, agent: { rig: app } }\n" +
        withStep("    run: x\n") + "  - { id: b, run: x, timeout: 1s, cwd: lib, retry: { attempts: 1 } }\n" +
        "  - { id: c, prompt: x }\n  - { id: d, gate: { type: human } }\n  - { id: e }\n",
    );
    assertEquals(steps.map(({ timeout, heartbeat, retry }) => [timeout, heartbeat, retry.attempts]), [
      [1_800_000, 60_000, 2],
      [1_000, 60_000, 1],
      [1_800_000, undefined, 2],
      [undefined, undefined, 1],
      [undefined, undefined, 1],
    ]);
    assertEquals(bare(steps.slice(0, 3).map(({ action }) => action)), [
      { kind: "run", command: { text: "x" }, cwd: { text: "src" } },
      { kind: "run", command: { text: "x" }, cwd: { text: "lib" } },
      { kind: "prompt", prompt: { text: "x" }, agent: { role: { text: "worker" }, rig: { text: "app" } } },
    ]);
  });

  it("has typed variables, limits, outputs, and the names of the environment it reads", async () => {
    const definition = await definitionOf(
      "version: 3\nmax_parallel: 4\ntimeout: 2h\nconcurrency: { group: g }\nbudget: { usd: 3 }\n" +
        "vars: { s: x, i: 2, n: 1.5, b: true, l: { default: [a] }, e: , d: { type: int, required: true }, v: { default: 1.10, type: string } }\n" +
        "outputs: { o: '{{ steps.one.status }}' }\n" +
        withStep(
          "    run: x {{ env.CI }} {{ s }}{{ i }}{{ n }}{{ b }}{{ l }}{{ e }}{{ d }}{{ v }} {{ has(env.HOME) }}\n",
        ) +
        "on_failure: [{ id: f, run: 'x {{ status }}' }]\nfinally: [{ id: z, run: 'x {{ steps.one.status }}' }]\n",
    );
    assertEquals(
      definition.vars.map(({ name, type, required, default: value }) => [name, type, required, value]),
      [
        ["s", "string", false, "x"],
        ["i", "int", false, 2],
        ["n", "number", false, 1.5],
        ["b", "bool", false, true],
        ["l", "list", false, ["a"]],
        ["e", "string", false, undefined],
        ["d", "int", true, undefined],
        ["v", "string", false, "1.10"],
      ],
    );
    const { version, maxParallel, timeout, concurrency, budget, environment } = definition;
    assertEquals([version, maxParallel, timeout, environment], [3, 4, 7_200_000, ["CI", "HOME"]]);
    assertEquals([concurrency, budget], [{ group: { text: "g" }, limit: 1 }, { usd: 3 }]);
    assertEquals([definition.onFailure[0]!.id, definition.finally[0]!.id, definition.outputs[0]!.name], [
      "f",
      "z",
      "o",
    ]);
  });

  it("has another hash when anything in it changes, or in what it takes in", async () => {
    const hash = async (text: string, others = {}) => (await definitionOf(text, others)).hash;
    const text = "include: [part]\n" + withStep("    run: x\n");
    const part = "molecule: part\nsteps: [{ id: p, run: x }]\n";
    const first = await hash(text, { part });
    assertEquals(await hash(text, { part }), first);
    assertEquals(await hash(`${text}# more\n`, { part }) === first, false);
    assertEquals(await hash(text, { part: part.replace("run: x", "run: y") }) === first, false);
  });

  it("can be kept as JSON", async () => {
    const definition = await definitionOf(withStep("    run: x {{ now }}\n    when: run.id != ''\n"));
    assertEquals(JSON.parse(JSON.stringify(definition)), definition as never);
  });

  it("has the steps after a failure of one step behind the others, waiting for it", async () => {
    const { steps } = await definitionOf(
      withStep(
        "    run: x\n    on_failure:\n      - { id: undo, run: y }\n      - { id: tell, run: z, needs: [undo], when: run.by != 'ci' }\n",
      ),
    );
    assertEquals(steps.map(({ id, needs, always, when }) => [id, needs.of, always, when?.source]), [
      ["one", [], false, undefined],
      ["undo", ["one"], true, 'steps["one"].status == "failed"'],
      ["tell", ["undo", "one"], true, `steps["one"].status == "failed" && (run.by != 'ci')`],
    ]);
  });

  it("takes over what it extends, except where it has its own", async () => {
    const base = "molecule: base\nversion: 9\nvars: { a: 1, b: 2 }\ntimeout: 1h\nsteps:\n" +
      "  - { id: build, run: 'make {{ a }}' }\n  - { id: test, needs: [build], run: 'test {{ b }}' }\nfinally: [{ id: z, run: z }]\n";
    const definition = await definitionOf(
      "molecule: own\nextends: base\nvars: { b: 3 }\nsteps:\n  - { id: test, needs: [build], run: mine }\n  - { id: more, needs: [test], run: more }\n",
      { base },
    );
    assertEquals(
      definition.steps.map(({ id, action }) => [id, action.kind === "run" && action.command.text]),
      [
        ["build", "make {{ a }}"],
        ["test", "mine"],
        ["more", "more"],
      ],
    );
    assertEquals(definition.vars.map(({ name, default: value }) => [name, value]), [["a", 1], ["b", 3]]);
    assertEquals([definition.name, definition.version, definition.timeout, definition.finally.length], [
      "own",
      1,
      3_600_000,
      1,
    ]);
    assertEquals(definition.steps[0]!.place?.file, "built-in base");
    assertEquals(definition.steps[2]!.place?.file, undefined);
  });

  it("takes in the steps of others, by name or by path", async () => {
    const definition = await definitionOf(
      "include: [prepare, ./lib/end.yaml]\n" + withStep("    needs: [checkout]\n    run: x\n"),
      {
        prepare:
          "molecule: prepare\nvars: { ref: main }\nsteps: [{ id: checkout, run: 'git checkout {{ ref }}' }]\n",
        "lib/end.yaml":
          "molecule: end\ninclude: [../base.yaml]\nsteps: [{ id: last, needs: [first], run: x }]\n",
        "base.yaml": "molecule: base\nsteps: [{ id: first, run: x }]\n",
      },
    );
    assertEquals(definition.steps.map(({ id }) => id), ["checkout", "first", "last", "one"]);
    assertEquals(definition.vars.map(({ name }) => name), ["ref"]);
  });

  it("has the steps of its aspects around those they match", async () => {
    const { steps } = await definitionOf(
      withStep("    run: x\n") + "  - { id: build-a, needs: [one], when: run.by == 'x', run: a }\n" +
        "  - { id: build-b, needs: [one], run: b }\n  - { id: pack, needs: { any: [build-a, build-b] }, run: p }\n" +
        "aspects:\n  - match: build-*\n    before:\n      - { id: log, run: 'log {{ step.id }}' }\n      - { id: lock, run: lock }\n" +
        "    after: [{ id: scan, run: 'scan {{ step.title }}', when: 'steps[step.id].status == \"succeeded\"' }]\n",
    );
    assertEquals(steps.map(({ id, needs, when }) => [id, needs.of.join(" "), when?.source ?? ""]), [
      ["one", "", ""],
      ["build-a-log", "one", "run.by == 'x'"],
      ["build-a-lock", "build-a-log", "run.by == 'x'"],
      ["build-a", "build-a-lock", "run.by == 'x'"],
      ["build-a-scan", "build-a", `(run.by == 'x') && (steps["build-a"].status == "succeeded")`],
      ["build-b-log", "one", ""],
      ["build-b-lock", "build-b-log", ""],
      ["build-b", "build-b-lock", ""],
      ["build-b-scan", "build-b", 'steps["build-b"].status == "succeeded"'],
      ["pack", "build-a-scan build-b-scan", ""],
    ]);
    const log = steps[1]!.action;
    assertEquals(log.kind === "run" && log.command.text, 'log {{ "build-a" }}');
  });

  it("has none of them around a step that wants none", async () => {
    const aspects = "aspects:\n  - { match: '*', before: [{ id: log, run: x }] }\n";
    const gate = "  - { id: one-gate, gate: { type: human }, aspects: false }\n";
    const { steps } = await definitionOf(
      `${withStep("    needs: [one-gate]\n    run: x\n")}${gate}${aspects}`,
    );
    assertEquals(steps.map(({ id, needs }) => [id, needs.of.join(" ")]), [
      ["one-log", "one-gate"],
      ["one", "one-log"],
      ["one-gate", ""],
    ]);
    const found = await problemsOf(`molecule: m\nsteps:\n${gate}${aspects}`);
    assertEquals(found, ['5:14 composition match: no step is called "*"']);
  });
});
