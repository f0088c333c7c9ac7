import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parse, stringify } from "smol-toml";
import { KEYS } from "./formula_keys.ts";
import { translate } from "./formula_fixture.ts";

const FIXTURES = new URL("../../../fixtures/formulas/", import.meta.url);
/** What is so here anyway, or already because a text reads it. */
const NO_TRACE = ["steps.0.on_complete.parallel", "vars.v.required", "vars.feature.required"];

interface Change {
  path: string;
  changed: unknown;
}

/** A value in all the ways in which one thing in it is another. */
function changesOf(value: unknown, path: readonly string[] = []): Change[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) =>
      changesOf(item, [...path, String(at)]).map((change) => ({
        ...change,
        changed: value.with(at, change.changed),
      }))
    );
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) =>
      changesOf(item, [...path, key]).map((change) => ({
        ...change,
        changed: { ...value, [key]: change.changed },
      }))
    );
  }
  return [{ path: path.join("."), changed: another(value) }];
}

function another(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  return typeof value === "boolean" ? !value : `${value}x`;
}

/** The molecule, and all that is said of it. */
function comesTo(formula: object): string {
  const { yaml, notes, refusals } = translate(stringify(formula));
  return JSON.stringify([yaml, notes, refusals]);
}

function withoutTrace(toml: string): string[] {
  const formula = parse(toml);
  if (translate(stringify(formula)).refusals.length > 0) return [];
  const before = comesTo(formula);
  return changesOf(formula)
    .filter(({ changed }) => comesTo(changed as object) === before)
    .map(({ path }) => path)
    .filter((path) => !NO_TRACE.includes(path));
}

describe("nothing in a formula is dropped silently", () => {
  for (const { name } of Deno.readDirSync(FIXTURES)) {
    it(`of ${name}`, () => assertEquals(withoutTrace(Deno.readTextFileSync(new URL(name, FIXTURES))), []));
  }

  it("whichever key there is", () => {
    const dropped = KEYS.flatMap(({ key, toml }) => withoutTrace(toml).map((path) => `${key}: ${path}`));
    assertEquals(dropped, []);
  });
});
