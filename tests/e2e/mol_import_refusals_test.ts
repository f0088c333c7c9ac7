import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inRepository } from "./import_fixture.ts";

const head = 'formula = "m"\nversion = 1\n';
const one = '[[steps]]\nid = "one"\ntitle = "One"\n';

/** A formula, and what is said of it. */
const REFUSED: readonly { name: string; toml: string; says: string }[] = [
  {
    name: "a date as a default",
    toml: `${head}${one}[vars]\nd = 2024-01-01\n`,
    says: "m.formula.toml:7: vars.d: expected a default, or a table, found a date",
  },
  {
    name: "a table as a value of an expansion",
    toml: `${head}${one}expand = "again-and-again"\nexpand_vars={a={b=1}}\n`,
    says: "m.formula.toml:7: steps.0.expand_vars.a: expected one value, found a table",
  },
  {
    name: "a list as a value of an expansion",
    toml: `${head}${one}expand = "again-and-again"\nexpand_vars={a=["x","y"]}\n`,
    says: "m.formula.toml:7: steps.0.expand_vars.a: expected one value, found a list",
  },
  {
    name: "a table as a default",
    toml: `${head}${one}[vars.x]\ndefault={a=1}\n`,
    says: "m.formula.toml:7: vars.x.default: expected one value, found a table",
  },
  {
    name: "a table as a choice",
    toml: `${head}${one}[vars.x]\nenum=[{x=1}]\n`,
    says: "m.formula.toml:7: vars.x.enum.0: expected one value, found a table",
  },
  {
    name: "a table as the id of a leg",
    toml: `${head}type = "convoy"\n[[legs]]\nid={a=1}\n`,
    says: "m.formula.toml:5: legs.0.id: expected text, found a table",
  },
];

describe("gt mol import refuses", () => {
  for (const { name, toml, says } of REFUSED) {
    it(`${name}, by name and line`, () =>
      inRepository(async (gt) => {
        const { code, stdout, stderr } = await gt(["mol", "import", "m.formula.toml"]);
        assertEquals([code, stdout], [1, ""], stderr);
        assertStringIncludes(stderr, says);
      }, { "m.formula.toml": toml }));
  }
});
