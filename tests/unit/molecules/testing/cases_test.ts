import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { builtinMolecules } from "../../../../src/molecules/builtin.ts";
import { readCases } from "../../../../src/molecules/testing/read_cases.ts";
import { runCase } from "../../../../src/molecules/testing/run_cases.ts";
import { definitionOf } from "../language_fixture.ts";

/** What is wrong with the cases of a molecule, as `line:column message`. */
async function problemsOf(molecule: string, cases: string): Promise<string[]> {
  const definition = await definitionOf(`molecule: m\n${molecule}`);
  const read = await readCases(`cases:\n${cases}`, { source: "m.test.yaml" });
  const results = [];
  for (const written of read.cases) results.push(await runCase(definition, { written, file: "m.test.yaml" }));
  return [...read.problems, ...results.flatMap(({ problems }) => problems)]
    .map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** A molecule with a case of it that holds. */
const holds: readonly { name: string; molecule: string; given?: string; expect: string }[] = [
  {
    name: "a step that is not named succeeds at once",
    molecule:
      "steps: [{ id: a, run: x }, { id: b, needs: [a], prompt: y }, { id: c, gate: { type: human } }]",
    expect:
      "{ status: succeeded, took: 0s, order: [a, b], steps: { a: succeeded, b: succeeded, c: succeeded } }",
  },
  {
    name: "a timer and a cron line open at their time",
    molecule:
      "steps: [{ id: t, gate: { type: timer, for: 3h } }, { id: c, needs: [t], gate: { type: cron, schedule: '0 9 * * 1' } }]",
    given: "{ at: 2026-01-02T08:00:00Z }",
    expect: "{ status: succeeded, took: 3d1h, steps: { c: { began: 3h } } }",
  },
  {
    name: "a timer until a moment opens then",
    molecule: "vars: { at: x }\nsteps: [{ id: t, gate: { type: timer, until: '{{ at }}' } }]",
    given: "{ at: 2026-01-02T08:00:00Z, vars: { at: '2026-01-03T08:00:00Z' } }",
    expect: "{ status: succeeded, took: 1d }",
  },
  {
    name: "what waits is ended by its timeout, a gate as it says",
    molecule:
      "steps:\n  - { id: r, run: x, timeout: 5m }\n  - { id: g, gate: { type: human, timeout: 1h, on_timeout: succeed } }\n" +
      "  - { id: h, gate: { type: human, timeout: 2h } }",
    given: "{ steps: { r: { waits: true }, g: { waits: true }, h: { waits: true } } }",
    expect:
      "{ status: failed, took: 2h, steps: { r: { reason: longer than 5m }, g: succeeded, h: { status: failed, reason: within 2h } } }",
  },
  {
    name: "a budget is for all attempts, the pauses between them, and the whole of a run",
    molecule: "budget: { minutes: 60 }\nsteps:\n" +
      "  - { id: a, run: x, allow_failure: true, retry: { attempts: 9, delay: 4m, factor: 1 }, budget: { minutes: 10 } }\n" +
      "  - { id: b, needs: [a], run: x, allow_failure: true, timeout: 3m, retry: { attempts: 9, delay: 0s }, budget: { minutes: 5 } }\n" +
      "  - { id: c, needs: [b], gate: { type: timer, for: 2h } }",
    given: "{ steps: { a: { exit: 1, takes: 1m }, b: { waits: true } } }",
    expect: "{ status: failed, took: 1h, reason: 'budget is used up: 1h of 1h', steps: " +
      "{ a: { status: failed, attempts: 2, reason: '6m of 10m, and 4m before another attempt; the last one: exit code 1' }, " +
      "b: { status: failed, attempts: 2, began: 9m, reason: 'budget is used up: 5m of 5m' }, c: cancelled } }",
  },
  {
    name: "a run that waits for what never comes is still running",
    molecule: "steps: [{ id: a, gate: { type: human } }, { id: b, needs: [a], run: x }]",
    given: "{ steps: { a: { waits: true } } }",
    expect: "{ status: running, steps: { a: waiting, b: pending } }",
  },
  {
    name: "each attempt has a result of its own, the last for all that follow",
    molecule:
      "steps: [{ id: a, run: x, retry: { attempts: 4, delay: 10s, factor: 2 } }, { id: b, run: x, retry: { attempts: 3, delay: 1s, factor: 1 } }]",
    given: "{ steps: { a: [{ exit: 1 }, { fails: timeout }, {}], b: [{ exit: 9 }] } }",
    expect:
      "{ status: failed, took: 30s, steps: { a: { status: succeeded, attempts: 3 }, b: { attempts: 3, reason: exit code 9 } } }",
  },
  {
    name: "a retry is only for the reasons that are named",
    molecule: "steps: [{ id: a, run: x, retry: { attempts: 4, on: [timeout] } }]",
    given: "{ steps: { a: { fails: unknown, reason: its driver died } } }",
    expect: "{ status: failed, reason: its driver died, steps: { a: { attempts: 1 } } }",
  },
  {
    name: "a repetition reads what it has given",
    molecule:
      "steps: [{ id: a, run: x, outputs: { n: '{{ stdout }}' }, repeat: { until: steps.a.outputs.n == '3', max: 5, delay: 1m } }]",
    given: "{ steps: { a: [{ stdout: 1 }, { stdout: 2 }, { stdout: 3 }] } }",
    expect: "{ status: succeeded, took: 2m, steps: { a: { attempts: 3, outputs: { n: '3' } } } }",
  },
  {
    name: "a fan-out keeps to its limit, and gives lists",
    molecule: "steps:\n  - { id: l, run: ls, outputs: { names: '{{ lines(stdout) }}' } }\n" +
      "  - { id: f, needs: [l], for_each: steps.l.outputs.names, max_parallel: 2, run: 'do {{ item }}', outputs: { o: '{{ stdout }}' } }",
    given:
      "{ steps: { l: { stdout: \"a\\nb\\nc\\n\" }, f: { takes: 1m, stdout: x }, 'f[1]': { takes: 2m, stdout: y } } }",
    expect:
      "{ status: succeeded, took: 2m, steps: { f: { items: 3, outputs: { o: [x, y, x] } }, 'f[2]': { began: 1m, text: do c } } }",
  },
  {
    name: "steps of a group are at work as many at a time as it says, whatever it is called then",
    molecule: "vars: { where: x }\nsteps:\n" +
      "  - { id: a, run: x, concurrency: { group: g1, limit: 1 }, retry: { attempts: 2, delay: 1m } }\n" +
      "  - { id: b, run: x, concurrency: { group: 'g{{ vars.where == \"x\" ? 1 : 2 }}', limit: 1 } }\n" +
      "  - { id: c, run: x, concurrency: { group: g2, limit: 1 } }\n" +
      "  - { id: f, run: x, matrix: { n: [1, 2, 3] }, concurrency: { group: g3, limit: 2 } }",
    given:
      "{ steps: { a: [{ exit: 1, takes: 5m }, { takes: 5m }], b: { takes: 10m }, c: { takes: 5m }, f: { takes: 4m } } }",
    expect:
      "{ status: succeeded, took: 20m, order: [a, b, a], steps: { b: { began: 5m }, a: { began: 15m }, c: { began: 0s }, 'f[2]': { began: 4m } } }",
  },
  {
    name:
      "steps that could begin do so in the order of the molecule, as far as there is room, and gates need none",
    molecule: "max_parallel: 1\nsteps:\n  - { id: a, needs: [z], run: x }\n  - { id: z, run: x }\n" +
      "  - { id: b, run: x }\n  - { id: h, gate: { type: human } }\n" +
      "  - { id: f, run: x, matrix: { n: [1, 2] }, concurrency: { group: g, limit: 2 } }",
    given: "{ steps: { a: { takes: 1m }, z: { takes: 1m }, b: { takes: 1m }, f: { takes: 1m } } }",
    expect: "{ status: succeeded, took: 5m, order: [z, h, a, b, 'f[0]', 'f[1]'], " +
      "steps: { h: { began: 0s }, a: { began: 1m }, b: { began: 2m }, f: succeeded } }",
  },
  {
    name: "many steps may fail many times, all of them",
    molecule: "steps: [{ id: l, run: x, outputs: { n: '{{ lines(stdout) }}' } }, " +
      "{ id: a, needs: [l], for_each: steps.l.outputs.n, run: x, retry: { attempts: 51, delay: 0s } }]",
    given: `{ steps: { l: { stdout: "${"1\\n".repeat(2_000)}" }, a: { exit: 1 } } }`,
    expect: "{ status: failed, steps: { a: { items: 2000 }, 'a[1999]': { attempts: 51 } } }",
  },
  {
    name: "conditions, the environment and the bead are read",
    molecule:
      "steps:\n  - { id: a, when: env.MODE == 'x', run: 'echo {{ bead.id }}' }\n  - { id: b, needs: [a], when: env.MODE == 'y', run: x }\n" +
      "  - { id: c, needs: [b], run: 'at {{ string(now) }}' }",
    given: "{ env: { MODE: x }, bead: { id: app-7 }, at: 2026-02-01T00:00:00Z }",
    expect: "{ steps: { a: { text: echo app-7 }, b: skipped, c: { text: 'at 2026-02-01T00:00:00.000Z' } } }",
  },
  {
    name: "on_failure and finally run, and a failure that is allowed is none",
    molecule:
      "steps: [{ id: a, run: x, allow_failure: true }, { id: b, run: y }]\non_failure: [{ id: f, run: 'f {{ status }}' }]\n" +
      "finally: [{ id: l, run: 'l {{ status }}' }]",
    given: "{ steps: { a: { exit: 1 }, b: { exit: 2 } } }",
    expect:
      "{ status: failed, reason: '\"b\" failed', steps: { f: { text: f failed }, l: { text: l failed } } }",
  },
  {
    name: "a run is cancelled, or ended by its own timeout",
    molecule: "timeout: 1h\nsteps: [{ id: a, run: x }]\nfinally: [{ id: l, run: y }]",
    given: "{ steps: { a: { waits: true } } }",
    expect:
      "{ status: failed, took: 1h, reason: the run took longer than 1h, steps: { a: cancelled, l: succeeded } }",
  },
  {
    name: "a nested molecule and a convoy end as they are said to",
    molecule: "steps: [{ id: n, molecule: nets }, { id: c, needs: [n], convoy: { beads: [app-1] } }]",
    given: "{ steps: { n: { takes: 1h }, c: { fails: failed, reason: a bead was closed undone } } }",
    expect: "{ status: failed, took: 1h, steps: { n: succeeded, c: { reason: closed undone } } }",
  },
  {
    name: "what an agent does not give is missed",
    molecule: "steps: [{ id: p, prompt: x, outputs: [verdict] }]",
    expect: "{ status: failed, steps: { p: { reason: 'it gave no \"verdict\"' } } }",
  },
];

describe("a case of a molecule", () => {
  for (const { name, molecule, given, expect } of holds) {
    it(`shows that ${name}`, async () => {
      const text = `  - name: it\n${given ? `    given: ${given}\n` : ""}    expect: ${expect}\n`;
      const nets = molecule.includes("nets") ? { nets: "molecule: nets\nsteps: [{ id: x, run: y }]\n" } : {};
      const definition = await definitionOf(`molecule: m\n${molecule}\n`, nets);
      const read = await readCases(`cases:\n${text}`, { source: "m.test.yaml" });
      assertEquals(read.problems, []);
      const { problems } = await runCase(definition, { written: read.cases[0]!, file: "m.test.yaml" });
      assertEquals(problems, []);
    });
  }

  it("says at its place what went another way, all of it", async () => {
    const molecule =
      "steps: [{ id: a, run: echo 1, outputs: { n: '{{ stdout }}' } }]\noutputs: { n: '{{ steps.a.outputs.n }}' }\n";
    const cases = [
      "  - name: it",
      "    given: { steps: { a: { stdout: 7, takes: 90s } } }",
      "    expect:",
      "      status: failed",
      "      reason: no",
      "      took: 1m",
      "      order: [a, a]",
      "      outputs: { n: 7, m: 1 }",
      "      steps:",
      "        b: skipped",
      "        a: { status: skipped, attempts: 2, items: 3, reason: no, text: echo 2, began: 1s, outputs: { n: '8' } }",
      "",
    ].join("\n");
    assertEquals(await problemsOf(molecule, cases), [
      "5:15 status: expected failed, found succeeded",
      '6:15 reason: expected a reason with "no", found none',
      "7:13 took: expected 1m, found 1m30s",
      '8:18 order: "a" did not begin there; begun were a',
      '9:21 outputs.n: expected 7, found "7"',
      "9:27 outputs.m: expected 1, found none",
      '11:9 there is no step "b"; did you mean "a"?',
      '12:22 "a": status: expected skipped, found succeeded',
      '12:41 "a": attempts: expected 2, found 1',
      '12:51 "a": items: expected 3, found none',
      '12:62 "a": reason: expected a reason with "no", found none',
      '12:72 "a": text: expected "echo 2", found "echo 1"',
      '12:87 "a": began: expected it to begin after 1s, found 0s',
      '12:105 "a": outputs.n: expected "8", found "7"',
    ]);
  });

  it("is refused where it gives what there is not", async () => {
    const molecule =
      "vars: { x: { required: true } }\nsteps: [{ id: a, run: 'echo {{ x }}' }, { id: b, prompt: y }, { id: d, prompt: y, outputs: [size] }, { id: e, prompt: y, outputs: { n: int } }]\n";
    const cases =
      "  - name: it\n    given:\n      at: soon\n      steps: { c: {}, a: { outputs: {} }, b: [{ exit: 1 }], d: { outputs: { siz: 1 } }, e: { outputs: { n: none } } }\n" +
      "    expect: { status: succeeded }\n";
    const found = await problemsOf(molecule, cases);
    assertEquals(found, [
      '4:7 vars: "x" has no value',
      '4:11 at: expected a moment such as 2026-01-31T09:00:00Z, found "soon"',
      '5:16 there is no step "c"; did you mean "a"?',
      '5:28 "a" is a command: its outputs are made of what it prints; give "stdout"',
      '5:49 "b" is no command: "exit" means nothing for it',
      '5:77 "d" has no output "siz"; did you mean "size"?',
      '5:105 "e" gives n: expected a whole number, found "none"',
    ]);
  });

  it("is refused where what it gives contradicts itself, or can never be", async () => {
    const molecule =
      "vars: { who: { default: me, enum: [me, you] }, n: 1, must: { required: true } }\nsteps:\n" +
      "  - { id: a, run: 'echo {{ who }} {{ n }} {{ must }}' }\n  - { id: p, prompt: y, outputs: [x] }\n" +
      "  - { id: h, gate: { type: human } }\n  - { id: t, gate: { type: timer, for: 1h } }\n  - { id: c }\n";
    const of = async (
      given: string,
    ) => (await problemsOf(
      molecule,
      `  - name: it\n    given: ${given}\n    expect: { status: succeeded }\n`,
    ));
    assertEquals(await of("{ vars: { whoo: x, who: us, n: many } }"), [
      '3:14 vars: "must" has no value',
      '3:22 vars: there is no variable "whoo"; did you mean "who"?',
      '3:36 vars: who: expected one of me, you, found "us"',
      '3:43 vars: n: expected a whole number, found "many"',
    ]);
    const steps: readonly [steps: string, problem: string][] = [
      ["a: { waits: true, takes: 3s }", '"a" waits, and never ends by itself: "takes" means nothing then'],
      ["a: { exit: 3, fails: timeout }", '"a" fails for the reason timeout: it has no exit code 3 then'],
      ["a: { exit: 0, fails: exit }", '"a" fails for the reason exit: it has no exit code 0 then'],
      [
        "a: [{}, { fails: rejected }]",
        '"a" is a command: it fails for one of exit, timeout, heartbeat, unknown, start, budget',
      ],
      [
        "a: { fails: failed }",
        '"a" is a command: it fails for one of exit, timeout, heartbeat, unknown, start, budget',
      ],
      ["p: { fails: heartbeat }", '"p" is a prompt: it fails for one of failed, timeout, start, budget'],
      ["p: { fails: failed, outputs: { x: 1 } }", '"p" fails: it has no outputs then'],
      ["p: { outputs: { x: 1 }, reason: no }", '"p" succeeds: it has no reason; give "fails"'],
      ["t: { fails: rejected }", '"t" is a gate of type timer: it fails for one of failed, timeout, start'],
      ["c: { fails: exit }", '"c" is a checklist item: it fails for one of failed, timeout, start'],
      ["'a[0]': {}", '"a" is no fan-out: it has no elements'],
      ["'d[0]': {}", 'there is no step "d[0]"'],
    ];
    for (const [given, problem] of steps) {
      const found = await of(`{ vars: { must: x }, steps: { ${given} } }`);
      assertEquals([given, found.length, found[0]?.includes(problem)], [given, 1, true], found.join("\n"));
    }
    assertEquals(await of("{ vars: { must: x }, steps: { a: { takes: 1s, exit: 3, fails: timeout } } }"), [
      '3:58 "a" fails for the reason timeout: it has no exit code 3 then',
    ]);
    for (
      const at of [
        "5",
        "2026-01-31",
        "2026-01-31T09:00:00",
        "2026-13-01T00:00:00Z",
        "Sat, 31 Jan 2026 09:00:00 GMT",
      ]
    ) {
      const found = await of(`{ vars: { must: x }, at: "${at}" }`);
      assertEquals([at, found.length, found[0]?.includes("expected a moment")], [at, 1, true]);
    }
  });

  it("is refused where a step of it does not end", async () => {
    const molecule = "steps: [{ id: a, run: x, repeat: { until: 'false', max: 9999999 } }]";
    assertEquals(await problemsOf(molecule, "  - { name: c, expect: { status: failed } }"), [
      '2:5 Cannot play "m": "a" does not end, it was begun 100000 times',
    ]);
  });

  it("says which names in it are those of no step, and of no element", async () => {
    const molecule = "vars: { l: { default: [x, y] } }\nsteps:\n  - { id: a, run: x }\n" +
      "  - { id: f, for_each: vars.l, run: x }\n  - { id: n, when: vars.l.size() > 9, for_each: vars.l, run: x }\n";
    const cases = "  - name: it\n    given: { steps: { 'f[1]': { takes: 1s }, 'f[2]': {}, 'n[7]': {} } }\n" +
      "    expect: { order: [a, bb, 'f[1]', 'f[9]'], steps: { 'n[0]': skipped } }\n";
    assertEquals(await problemsOf(molecule, cases), [
      '3:46 there is no "f[2]": "f" has 2 elements',
      '4:26 order: there is no step "bb"; known are a, f, n',
      '4:38 order: there is no "f[9]": "f" has 2 elements',
      '4:56 there is no "n[0]": "n" was never spread',
    ]);
  });

  it("gives a failure the words of a real run unless it has its own", async () => {
    const molecule = "steps:\n  - { id: a, run: x, heartbeat: 1s, timeout: 5m, budget: { minutes: 9 } }\n" +
      "  - { id: h, gate: { type: human, timeout: 2d } }\n  - { id: p, prompt: x, budget: { tokens: 5 } }\n";
    const reasons: readonly [step: string, given: string, text: string][] = [
      ["a", "{ fails: heartbeat }", "silent for 1s"],
      ["a", "{ fails: timeout }", "longer than 5m"],
      ["a", "{ fails: budget }", "its budget is used up: 9m of 9m"],
      ["a", "{ fails: unknown }", "its driver ended, and so did it: nobody knows how"],
      ["a", "{ fails: start }", "it cannot be started"],
      ["a", "{ exit: 127 }", "exit code 127, a command was not found"],
      ["a", "{ exit: 137 }", "exit code 137, signal 9"],
      ["a", "{ fails: exit }", "exit code 1"],
      ["h", "{ fails: rejected }", "rejected by overseer"],
      ["h", "{ fails: timeout }", "nothing opened it within 2d"],
      ["p", "{ fails: budget }", "its budget is used up"],
      ["p", "{ fails: failed, reason: 'failed: no' }", "failed: no"],
    ];
    for (const [step, given, text] of reasons) {
      const cases =
        `  - name: it\n    given: { steps: { ${step}: ${given} } }\n    expect: { steps: { ${step}: { reason: none } } }\n`;
      const [found] = await problemsOf(molecule, cases);
      assertEquals([step, given, found?.split(", found ")[1]], [step, given, `"${text}"`]);
    }
  });

  it("is read like a molecule: every mistake at its place", async () => {
    const cases =
      "  - nmae: it\n    given: { steps: { a: { exits: 1 } } }\n    expect: { status: good, took: soon }\n";
    assertEquals(await problemsOf("steps: [{ id: a, run: x }]\n", cases), [
      '2:5 unknown key "nmae" in a case; did you mean "name"?',
      '3:28 unknown key "exits" in "a"; did you mean "exit"?',
      '4:23 status: expected one of succeeded, failed, cancelled, running, found "good"',
      '4:35 took: expected a duration such as 90s or 1h30m, found "soon"',
    ]);
    assertEquals((await readCases("- a", { source: "m" })).problems.map(({ message }) => message), [
      'expected a map with "cases"',
    ]);
  });
});

describe("the built-in molecules", () => {
  for (const [name, text] of Object.entries(builtinMolecules)) {
    it(`${name} has cases that hold, and says when to use it`, async () => {
      const definition = await definitionOf(text, builtinMolecules);
      const path = new URL(`../../../../molecules/${name}.test.yaml`, import.meta.url);
      const { cases, problems } = await readCases(Deno.readTextFileSync(path), { source: name });
      assertEquals([problems, cases.length > 0], [[], true]);
      for (const written of cases) {
        assertEquals((await runCase(definition, { written, file: name })).problems, []);
      }
      const [, when = ""] = definition.description!.split("\n\n");
      assertEquals([when.startsWith("Use it "), when.length > 150], [true, true]);
    });
  }
});
