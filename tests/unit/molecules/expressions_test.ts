import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compileExpression, compileInsertion } from "../../../src/molecules/expressions/compile.ts";
import {
  elements,
  evaluate,
  evaluateTemplate,
  fill,
  holds,
} from "../../../src/molecules/expressions/evaluate.ts";
import type { Definition } from "../../../src/molecules/definition.ts";
import { definitionOf, withStep } from "./language_fixture.ts";
import { ExpressionError, type Scope } from "../../../src/molecules/expressions/evaluate.ts";

const scope: Scope = {
  vars: { name: "Ada", count: 5, rate: 2, list: ["a b", "c"], on: true, none: null },
  types: { rate: "number" },
  steps: {
    test: { status: "succeeded", outputs: { coverage: "85.5", n: 3 }, attempt: 2 },
    "run-it": { status: "failed", outputs: {}, attempt: 1 },
  },
  matrix: { os: "linux" },
  item: { file: "x.ts" },
  run: { id: "r-1" },
  env: { HOME: "/home" },
  now: 1_700_000_000_123,
  stdout: ' {"files": ["a", "b"], "n": 2.5}\n',
};

const values: readonly [string, unknown][] = [
  ["vars.count + 1", 6],
  ["vars.count / 2", 2],
  ["vars.rate / 2.0", 1],
  ['vars.name == "Ada" && vars.on', true],
  ["double(steps.test.outputs.coverage) > 80.0", true],
  ["steps.test.outputs.n + 1", 4],
  ['steps["run-it"].status', "failed"],
  ["matrix.os", "linux"],
  ["item.file", "x.ts"],
  ["env.HOME", "/home"],
  ["string(now)", "2023-11-14T22:13:20.123Z"],
  ["now.getHours()", 22],
  ["json(stdout).files", ["a", "b"]],
  ["json(stdout).n", 2.5],
  ["to_json({'a': [1, 2.5, null]})", '{"a":[1,2.5,null]}'],
  ["lines(' a \\n\\nb\\n')", ["a", "b"]],
  ["quote(vars.list)", "'a b' c"],
  ['quote("it\'s")', `'it'\\''s'`],
  ['"a-b".replace("-", "+")', "a+b"],
  ["vars.list.map(each, each.size())", [3, 1]],
  ["has(vars.wat)", false],
  ['duration("90m")', "5400s"],
  ["vars", scope.vars],
  ['{"constructor": 1, "prototype": 2, "__proto__": 3, "toString": 4}.map(k, k).size()', 4],
  ['{"constructor": 1}.constructor + {"constructor": 2}["constructor"]', 3],
  ['[1].map(x, {"constructor": {"prototype": x}})', [{ constructor: { prototype: 1 } }]],
  ['{"constructor": 1} == json("{\\"constructor\\": 1}") && "constructor" in {"constructor": 1}', true],
  ['{"constructor": "a", 1: "b"}[1]', "b"],
];

describe("an expression", () => {
  for (const [source, expected] of values) {
    it(`${source} gives ${JSON.stringify(expected)}`, () => {
      assertEquals(evaluate({ source }, scope), expected as never);
    });
  }

  it("reads what is called like something that every object has", () => {
    const odd: Scope = {
      vars: { constructor: "c", toString: "t" },
      steps: {
        constructor: { status: "succeeded", outputs: { constructor: { constructor: 1 } }, attempt: 1 },
      },
      matrix: { constructor: "m" },
    };
    const given = [
      "vars.constructor",
      "vars.toString",
      "vars",
      "matrix.constructor",
      "steps.constructor.outputs.constructor.constructor + 1",
      'steps["constructor"].outputs',
      '"constructor" in steps.constructor.outputs',
      "has(vars.prototype)",
      `json('{"constructor": {"a": 2}}').constructor.a`,
      `json('{"__proto__": 3}')["__proto__"]`,
    ].map((source) => evaluate({ source }, odd));
    assertEquals(given, ["c", "t", odd.vars, "m", 2, { constructor: { constructor: 1 } }, true, false, 2, 3]);
  });

  it("gives the same wherever the machine is", () => {
    const before = Deno.env.get("TZ");
    Deno.env.set("TZ", "America/New_York");
    try {
      assertEquals(evaluate({ source: "now.getHours()" }, scope), 22);
    } finally {
      if (before === undefined) Deno.env.delete("TZ");
      else Deno.env.set("TZ", before);
    }
  });

  it("that fails says where, why, and what it read", () => {
    const source = "vars.count > 1 && vars.name - 1 > 0";
    const error = assertThrows(
      () => evaluate({ source, place: { line: 7, column: 11 } }, scope),
      ExpressionError,
    );
    assertEquals(
      error.message,
      `7:29: no such overload: string - int in "${source}" (vars.count = 5, vars.name = "Ada")`,
    );
    assertEquals(error.place, { line: 7, column: 29 });
  });

  it("says of a name that the environment does not have what to ask first", () => {
    const place = { line: 4, column: 9 };
    const error = assertThrows(
      () => evaluate({ source: "env.NOPE == 'x'", place }, { ...scope, env: {} }),
      ExpressionError,
    );
    assertEquals(
      error.message,
      `4:13: no such key: NOPE in "env.NOPE == 'x'"; NOPE was not set when the run began: ask has(env.NOPE) first`,
    );
  });

  it("says how a step stands that has not given what is read, and the file it is read in", () => {
    const steps = Object.fromEntries(
      ["skipped", "failed", "cancelled", "succeeded"].map((
        status,
      ) => [`is-${status}`, { status, outputs: {}, attempt: 1 }]),
    );
    const of = (status: string) => {
      const source = `steps["is-${status}"].outputs.c`;
      return assertThrows(
        () => evaluate({ source, place: { line: 4, column: 9 } }, { ...scope, steps, file: "m.yaml" }),
        ExpressionError,
      ).message;
    };
    const said = (status: string, standing: string) =>
      `m.yaml:4:${
        30 + status.length
      }: no such key: c in "steps["is-${status}"].outputs.c" (steps.is-${status}.outputs = {}); ` +
      `"is-${status}" ${standing}: ask has(steps["is-${status}"].outputs.c) first`;
    assertEquals(of("skipped"), said("skipped", "was skipped"));
    assertEquals(of("failed"), said("failed", "has failed"));
    assertEquals(of("cancelled"), said("cancelled", "was cancelled"));
    assertEquals(
      of("succeeded"),
      said("succeeded", "has succeeded without it, as a gate does when its time is over"),
    );
  });

  it("that reads what is not there names the part that is", () => {
    const error = assertThrows(
      () => evaluate({ source: "steps.test.outputs.lines.size()" }, scope),
      ExpressionError,
    );
    assertEquals(
      error.message,
      "no such key: lines in " +
        '"steps.test.outputs.lines.size()" (steps.test.outputs = {"coverage":"85.5","n":3})',
    );
  });

  it("as a condition must be true or false", () => {
    assertEquals(holds({ source: "vars.on" }, scope), true);
    const error = assertThrows(() => holds({ source: "vars.count" }, scope), ExpressionError);
    assertEquals(error.message, 'expected true or false, found 5 in "vars.count" (vars.count = 5)');
  });

  it("of a fan-out must be a list of a bounded length", () => {
    const place = { line: 4, column: 15 };
    const of = (source: string) =>
      assertThrows(() => elements({ source, place }, scope), ExpressionError).message;
    assertEquals(elements({ source: "[1, vars.on]" }, scope), [1, true]);
    assertEquals(of("vars.count"), '4:15: expected a list, found 5 in "vars.count" (vars.count = 5)');
    const many = { vars: { many: Array.from({ length: 100_001 }, () => 1) } };
    assertMatch(
      assertThrows(() => elements({ source: "vars.many", place }, many), ExpressionError).message,
      /^4:15: 100001 elements, and there may be 100000 in "vars.many" /,
    );
  });

  it("that reads behind the end of a list says how long the list is", () => {
    const of = (source: string) => assertThrows(() => evaluate({ source }, scope), ExpressionError).message;
    assertMatch(of("[1, 2][3]"), /index 3 >= size 2 in/);
    assertMatch(of("[][3]"), /index 3 >= size 0 in/);
  });

  it("that is no CEL is refused with its place", () => {
    const place = { line: 2, column: 3, file: "x.yaml" };
    const error = assertThrows(() => evaluate({ source: "1 +", place }, scope), ExpressionError);
    assertEquals(error.message, 'x.yaml:2:6: it ends too soon in "1 +"');
  });

  it("that goes on in other lines says in which it failed, also once its molecule was kept", async () => {
    const text = withStep(
      "    when: >-\n      vars.x != '' &&\n      vars.x - 1 > 0\n" +
        "    run: |\n      {{ vars.x\n           - 1 }}\n",
    );
    const { steps: [step] }: Definition = JSON.parse(
      JSON.stringify(await definitionOf("vars: { x: { type: list } }\n" + text)),
    );
    const { action } = step!;
    const scope = { vars: { x: "a" } };
    const when = assertThrows(() => holds(step!.when!, scope), ExpressionError);
    assertEquals(when.place, { line: 7, column: 7 });
    const run = assertThrows(() => action.kind === "run" && fill(action.command, scope), ExpressionError);
    assertEquals(run.place, { line: 9, column: 10 });
  });

  it("cannot give a number too large to keep, or an object of the program", () => {
    for (const source of ["9007199254740993", "1.0 / 0.0", "type(1)"]) {
      assertThrows(() => evaluate({ source }, scope), ExpressionError);
    }
  });

  it("reaches nothing of the program", () => {
    for (
      const source of [
        "vars.__proto__",
        "vars.constructor",
        "steps.toString",
        "globalThis",
        "vars['__proto__']",
      ]
    ) {
      assertThrows(() => evaluate({ source }, scope), ExpressionError);
    }
  });
});

describe("a template", () => {
  it("that is one insertion gives its value", () => {
    assertEquals(evaluateTemplate({ text: "{{ vars.list }}" }, scope), ["a b", "c"]);
    assertEquals(evaluateTemplate({ text: "{{ count }}" }, scope), 5);
  });

  it("gives a text otherwise", () => {
    assertEquals(evaluateTemplate({ text: "{{ count }} " }, scope), "5 ");
    assertEquals(fill({ text: "{{name}} {{ vars.none }}x {{vars.list}}" }, scope), 'Ada x ["a b","c"]');
    assertEquals(evaluateTemplate({ text: "no insertion" }, scope), "no insertion");
  });

  it("may hold braces and quotes inside an expression, and two braces as a text", () => {
    assertEquals(fill({ text: `{{ {"a": {"b": "}}"}}.a.b }}|` }, scope), "}}|");
    assertEquals(fill({ text: `{{ "{{" }}.State}}` }, scope), "{{.State}}");
  });

  it("says where its insertion failed", () => {
    const template = { text: "a {{ vars.wat }}", places: [{ line: 3, column: 10 }] };
    const error = assertThrows(() => fill(template, scope), ExpressionError);
    assertEquals(error.place, { line: 3, column: 18 });
    assertEquals(error.message, '3:18: no such key: wat in "vars.wat"');
    const short = assertThrows(() => fill({ ...template, text: "a {{ wat }}" }, scope), ExpressionError);
    assertEquals(short.message, '3:13: no such key: wat in "wat"');
  });

  it("without its end is refused", () => {
    assertThrows(() => fill({ text: "a {{ b" }, scope), ExpressionError, 'without "}}"');
  });
});

describe("what an expression reads", () => {
  it("is known before it runs", () => {
    const paths = (source: string) =>
      compileExpression(source).reads.map(({ path, dynamic }) => path.join(".") + (dynamic ? "[]" : ""));
    assertEquals(paths('steps.a.status == "x" && steps["b-c"].outputs.d > vars.n'), [
      "steps.a.status",
      "steps.b-c.outputs.d",
      "vars.n",
    ]);
    assertEquals(paths("vars.list.map(x, x + vars.y)"), ["vars.list", "vars.y"]);
    assertEquals(paths("steps[vars.which].status"), ["steps[]", "vars.which"]);
    assertEquals(paths("cel.bind(a, vars.b, a + 1)"), ["vars.b"]);
    assertEquals(paths("has(env.CI) ? [item] : {'a': matrix.os}.a"), ["env.CI", "item", "matrix.os"]);
  });

  it("is a variable where an insertion is one bare word", () => {
    assertEquals(compileInsertion("channel").source, "vars.channel");
    assertEquals(compileInsertion("status").source, "status");
    assertEquals(compileInsertion("true").source, "true");
  });
});
