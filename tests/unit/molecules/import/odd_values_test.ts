import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parse, stringify, TomlDate } from "smol-toml";
import { translate, workflow } from "./formula_fixture.ts";
import { KEYS } from "./formula_keys.ts";

const ODD: Readonly<Record<string, unknown>> = {
  "a date": new TomlDate("2024-01-01"),
  "a table": { a: { b: 1 } },
  "a list of tables": [{ x: 1 }],
  "a list": ["x", "y"],
  "a list of lists": [[1], [2]],
  "an empty list": [],
  "an infinite number": Infinity,
  "a number": -1.5,
  "an empty text": "",
  "a truth value": true,
};

/** Each copy of a value with one of its parts replaced. */
function* replaced(value: unknown, by: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      for (const inner of replaced(item, by)) yield value.with(at, inner);
    }
  } else if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    for (const [key, item] of Object.entries(value)) {
      yield { ...value, [key]: by };
      for (const inner of replaced(item, by)) yield { ...value, [key]: inner };
    }
  }
}

describe("a value of the wrong kind in a formula", () => {
  for (const [kind, value] of Object.entries(ODD)) {
    it(`is never more than refused: ${kind}`, () => {
      const seen = new Set<string>();
      for (const { toml } of KEYS) {
        for (const changed of replaced(parse(toml), value)) seen.add(stringify(changed));
      }
      assertEquals(seen.size > 100, true);
      for (const toml of seen) {
        const { yaml, refusals } = translate(toml);
        assertEquals(yaml.includes("[object"), false, toml);
        for (const { line, message } of refusals) assertEquals([line >= 1, message !== ""], [true, true]);
      }
    });
  }

  const step = (lines: string) => workflow(`[[steps]]\nid = "one"\ntitle = "One"\n${lines}`);
  const cases: readonly [text: string, line: number, path: string, message: RegExp][] = [
    [workflow("[vars]\nd = 2024-01-01\n"), 5, "vars.d", /^expected a default, or a table, found a date/],
    [
      step('expand = "twice"\nexpand_vars={a={b=1}}\n'),
      8,
      "steps.0.expand_vars.a",
      /^expected one value, found a table$/,
    ],
    [
      step('expand = "twice"\nexpand_vars={a=["x","y"]}\n'),
      8,
      "steps.0.expand_vars.a",
      /^expected one value, found a list$/,
    ],
    [workflow("[vars.x]\ndefault={a=1}\n"), 5, "vars.x.default", /^expected one value, found a table$/],
    [workflow("[vars.x]\nenum=[{x=1}]\n"), 5, "vars.x.enum.0", /^expected one value, found a table$/],
    [
      workflow("[vars.x]\nenum=[inf]\n"),
      5,
      "vars.x.enum.0",
      /^expected one value, found a number without end$/,
    ],
    [
      'formula = "m"\ntype = "convoy"\nversion = 1\n[[legs]]\nid={a=1}\n',
      5,
      "legs.0.id",
      /^expected text, found a table$/,
    ],
    [step("needs = 1979-05-27T07:32:00Z\n"), 7, "steps.0.needs", /^expected a list of texts, found a date/],
  ];
  for (const [text, line, path, message] of cases) {
    it(`is refused by name and line: ${text.trim().split("\n").at(-1)}`, () => {
      const { refusals } = translate(text);
      const [first] = refusals.filter((each) => each.path === path);
      assertEquals([first?.line, first?.path], [line, path], JSON.stringify(refusals));
      assertMatch(first!.message, message);
    });
  }
});
