import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inRepository } from "./import_fixture.ts";

const head = 'formula = "m"\nversion = 1\n';
const one = '[[steps]]\nid = "one"\ntitle = "One"\n';

/** Formulas that are wrong; others are made of them. */
const BROKEN: Readonly<Record<string, string>> = {
  "badbase.formula.toml": 'formula = "badbase"\nversion = 1\n[[steps]]\nid = "x\n',
  "badpart.formula.toml": `${head}type = "expansion"\n[[template]]\nid = "{target}.a"\ntilte = "A"\n`,
  "over.formula.toml": `${head}extends = ["badbase"]\n${one}`,
  "looped.formula.toml": 'formula = "looped"\nversion = 1\n[[steps]]\nid = "a"\nneeds = ["a"]\n',
  "itself.formula.toml": 'formula = "other"\nversion = 1\nextends = ["itself"]\n',
};

/** A formula, and what is said of it. */
const REFUSED: readonly { name: string; toml: string; says: string }[] = [
  {
    name: "one that expands what is no TOML",
    toml: `${head}${one}expand = "badbase"\n`,
    says: "Cannot import badbase.formula.toml:4: this is no TOML",
  },
  {
    name: "one that extends what is no TOML",
    toml: `${head}extends = ["badbase"]\n`,
    says: "Cannot import badbase.formula.toml:4: this is no TOML",
  },
  {
    name: "one that extends what extends what is no TOML",
    toml: `${head}extends = ["over"]\n`,
    says: "Cannot import badbase.formula.toml:4: this is no TOML",
  },
  {
    name: "one that expands what has no translation",
    toml: `${head}${one}expand = "badpart"\n`,
    says: "Cannot import badpart.formula.toml:6: template.0.tilte: unknown key",
  },
  {
    name: "one that extends what extends itself",
    toml: `${head}extends = ["itself"]\n`,
    says: '"itself" is taken in by itself',
  },
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
  {
    name: "a range that ends before it begins",
    toml: `${head}${one}[steps.loop]\nrange = "3..1"\n[[steps.loop.body]]\nid = "b"\n`,
    says: 'm.formula.toml:7: steps.0.loop.range: "3..1" ends (1) before it begins (3)',
  },
  {
    name: "a loop without a turn",
    toml: `${head}${one}[steps.loop]\ncount = 0\n[[steps.loop.body]]\nid = "b"\n`,
    says: "m.formula.toml:7: steps.0.loop.count: a loop has at least one turn",
  },
  {
    name: "loops in loops that come to millions of steps",
    toml: ["", ".loop.body", ".loop.body.loop.body"].reduce(
      (text, at) => `${text}[[steps${at}]]\nid = "l"\n[steps${at}.loop]\ncount = 200\n`,
      head,
    ) + '[[steps.loop.body.loop.body.loop.body]]\nid = "b"\n',
    says: "m.formula.toml:13: steps.0.loop.body.0.loop.body.0.loop: more than 10000 steps are written out",
  },
  {
    name: "a step that is expanded twice",
    toml:
      `${head}${one}[[compose.expand]]\ntarget = "one"\nwith = "a"\n[[compose.expand]]\ntarget = "one"\nwith = "b"\n`,
    says: 'm.formula.toml:10: compose.expand.1.target: step "one" is expanded already, with "a"',
  },
  {
    name: "steps that wait for each other",
    toml: `${head}${one}needs = ["two"]\n[[steps]]\nid = "two"\ndepends_on = ["one"]\n`,
    says: 'm.formula.toml:4: steps.0.id: "one" waits for itself: one → two → one',
  },
  {
    name: "a version of none",
    toml: `${head.replace("1", "0")}${one}`,
    says: "m.formula.toml:2: version: expected",
  },
  { name: "a formula without steps", toml: head, says: "m.formula.toml:1: " },
  {
    name: "a default that its pattern does not take",
    toml: `${head}${one}[vars.x]\ndefault = "b"\npattern = "^a+$"\n`,
    says: "m.formula.toml:7: vars.x.default: expected what matches ^a+$",
  },
  {
    name: "a gate in a loop that lacks something, once",
    toml:
      `${head}${one}[steps.loop]\ncount = 3\n[[steps.loop.body]]\nid = "b"\n[steps.loop.body.gate]\ntype = "timer"\n`,
    says: "m.formula.toml:10: steps.0.loop.body.0.gate: a gate of type timer needs a timeout",
  },
  {
    name: "what stands behind three quotes in a text",
    toml: `${head}${one}description = 'x = """'\nnotes = """x""" # """\nwrong = 1\n`,
    says: "m.formula.toml:8: steps.0.wrong: unknown key",
  },
  {
    name: "what stands behind a list of texts that look like tables",
    toml: `${head}${one}needs = [\n  """\n[[steps]]\nid = "x"\n""",\n]\nwrong = 1\n`,
    says: "m.formula.toml:12: steps.0.wrong: unknown key",
  },
  {
    name: "steps in a list",
    toml: `${head}steps = [\n  { id = "a" },\n  { id = "b",\n    wrong = 1 },\n]\n`,
    says: "m.formula.toml:6: steps.1.wrong: unknown key",
  },
  {
    name: "what is wrong in a formula beside it, once all of it is put together",
    toml: `${head}extends = ["looped"]\n`,
    says: 'looped.formula.toml:4: steps.0.id: "a" waits for itself',
  },
];

describe("gt mol import refuses", () => {
  for (const { name, toml, says } of REFUSED) {
    it(`${name}, by name and line`, () =>
      inRepository(async (gt) => {
        const { code, stdout, stderr } = await gt(["mol", "import", "m.formula.toml"]);
        assertEquals([code, stdout], [1, ""], stderr);
        assertStringIncludes(stderr, says);
      }, { ...BROKEN, "m.formula.toml": toml }));
  }
});
