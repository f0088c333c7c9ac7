import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fill, holds } from "../../../../src/molecules/expressions/evaluate.ts";
import { importFormula } from "../../../../src/molecules/import/import_formula.ts";
import { definitionMade, moleculeOf, translate, workflow } from "./formula_fixture.ts";

const step = (lines: string) => workflow(`[[steps]]\nid = "one"\ntitle = "One"\n${lines}`);

/** The text of a step, as whoever does it reads it. */
async function shownText(text: string, vars: Readonly<Record<string, string>>, more = ""): Promise<string> {
  const written = `[[steps]]\nid = "one"\ndescription = """${text}"""\n`;
  const [one] = (await definitionMade(workflow(`${more}${written}`))).steps;
  return fill(one!.description!, { vars });
}

describe("what a formula means stays the same:", () => {
  it("a condition is false for False, NO, Off, 0 and nothing, and true for all else", async () => {
    const { steps } = await definitionMade(step('condition = "{{v}}"\n[vars]\nv = "x"\n'));
    const { steps: negated } = await definitionMade(step('condition = "!{{v}}"\n[vars]\nv = "x"\n'));
    for (const v of ["", "false", "False", "FALSE", "0", "no", "NO", "off", "Off", "x", "true", "00", " "]) {
      const isTrue = !["", "false", "0", "no", "off"].includes(v.toLowerCase());
      const found = [steps, negated].map(([one]) => holds(one!.when!, { vars: { v } }));
      assertEquals([v, ...found], [v, isTrue, !isTrue]);
    }
  });

  it("what advice puts behind a step comes in its order, that of several rules too", async () => {
    const { steps } = await definitionMade(
      step(
        '[[advice]]\ntarget = "one"\nafter = { id = "a0" }\nbefore = { id = "b0" }\n' +
          'around = { before = [{ id = "b1" }], after = [{ id = "a1" }, { id = "a2" }] }\n' +
          '[[advice]]\ntarget = "*"\nafter = { id = "a3" }\nbefore = { id = "b2" }\n',
      ),
    );
    assertEquals(steps.map(({ id, needs }) => `${id} < ${needs.of}`), [
      "one-b0 < ",
      "one-b1 < one-b0",
      "one-b2 < one-b1",
      "one < one-b2",
      "one-a0 < one",
      "one-a1 < one-a0",
      "one-a2 < one-a1",
      "one-a3 < one-a2",
    ]);
  });

  it("a variable without a default is asked for where a text reads it, not for a condition", async () => {
    const vars = (text: string) =>
      step(`${text}[vars.v]\ndescription = "V"\n[vars.w]\ntype = "int"\n[vars.e]\ndefault = ""\n`);
    const required = async (text: string) =>
      (await definitionMade(vars(text))).vars.filter((each) => each.required).map(({ name }) => name);
    assertEquals(await required('description = "{{v}} {{e}}"\n'), ["v"]);
    assertEquals(await required('notes = "{{w}}"\n'), ["w"]);
    assertEquals(await required('condition = "{{v}}"\ndescription = "{{e}}"\n'), []);
    assertEquals(await required('description = "{{if .v}}so{{end}}"\n'), []);
    const { vars: [, w] } = await definitionMade(vars('notes = "{{w}}"\n'));
    assertEquals([w!.type, w!.pattern], ["int", undefined]);
  });

  it("one of what is extended is asked for as well", () => {
    const find = () =>
      workflow('[[steps]]\nid = "a"\n[vars.v]\ndescription = "V"\n[vars.u]\ndefault = "u"\n');
    const { yaml } = importFormula(
      'formula = "m"\nversion = 1\nextends = ["base"]\n[[steps]]\nid = "b"\ntitle = "{{v}} {{u}}"\n',
      { find },
    );
    assertStringIncludes(yaml, "vars:\n  v:\n    description: V\n    required: true\nsteps:\n");
  });

  it("a variable that a loop was written out for has that value and no other", async () => {
    const loop =
      '[steps.loop]\nrange = "1..{top}"\n[[steps.loop.body]]\nid = "b"\ntitle = "{i} of {{top}}"\n';
    for (const declared of ['[vars]\ntop = "3"\n', "[vars.top]\nrequired = true\n", ""]) {
      const yaml = await moleculeOf(`${step(loop)}${declared}`, { top: "2" });
      assertStringIncludes(yaml, '  top:\n    default: "2"\n    enum: ["2"]\n');
      assertEquals(yaml.match(/title: \d.*/g), ["title: 1 of {{ top }}", "title: 2 of {{ top }}"]);
    }
    const typed = `${step(loop)}[vars.top]\ntype = "int"\ndefault = 3\ndescription = "L"\n`;
    assertStringIncludes(
      await moleculeOf(typed, { top: "2" }),
      "  top:\n    description: L\n    type: int\n    default: 2\n    enum: [2]\n",
    );
  });
});

describe("braces in the text of a formula", () => {
  const who = '[vars]\nwho = "us"\n';
  const texts: readonly [text: string, shown: string][] = [
    ["For {{who}}.", "For me."],
    [
      "{{#each x}}{{this}} {{else}} {{name}}{{/each}} {{who}}",
      "{{#each x}}{{this}} {{else}} {{name}}{{/each}} me",
    ],
    ["{{if x}}{{who}}{{end}} {{range}}", "{{if x}}me{{end}} {{range}}"],
    ["{{if .who}}to {{.who}}{{else}}-{{end}} {{range .x}}", "to me {{range .x}}"],
    [
      "{{if .who}}{{range .x}}{{.who}}{{else}}no{{end}}{{end}} {{end}}",
      "{{range .x}}me{{else}}no{{end}} {{end}}",
    ],
    ["{{if .other}}{{if .who}}{{who}}{{end}}{{else}}{{x y}}{{end}}", "{{if .other}}me{{else}}{{x y}}{{end}}"],
    [
      "{{if .who}}A{{else if .other}}B{{end}} {{if .who}}C",
      "{{if .who}}A{{else if .other}}B{{end}} {{if .who}}C",
    ],
    ["{{this}} {{index}} {{nil}}", "{{this}} {{index}} {{nil}}"],
    ["{{else}}", "{{else}}"],
    ["{{x and more", "{{x and more"],
    ["{{x and {{who}} }} more", "{{x and me }} more"],
    ["{{{who}}}", "{me}"],
    ["{{{{who}}}}", "{{me}}"],
    ["a {{ b {{{ c d }} }}} {", "a {{ b {{{ c d }} }}} {"],
    ["{{who-ever}} {{.Names}} {{ who }}", "{{who-ever}} {{.Names}} me"],
  ];
  for (const [text, shown] of texts) {
    it(`is what it was there: ${text}`, async () => {
      assertEquals(await shownText(text, { who: "me" }, who), shown);
      const { yaml } = translate(workflow(`${who}[[steps]]\nid = "one"\ndescription = "${text}"\n`));
      assertEquals(yaml.includes("required"), false);
    });
  }

  it("is a variable where it is declared, whatever it is called", async () => {
    assertEquals(await shownText("{{index}} {{#if}}", { index: "3" }, '[vars]\nindex = "1"\n'), "3 {{#if}}");
  });

  it("stays apart from a word that is filled in beside it", () => {
    const { yaml } = translate(
      'formula = "m"\nversion = 1\ntype = "expansion"\n[[template]]\nid = "{target}.a"\ntitle = "{{target}} {{{target}}"\n',
    );
    assertStringIncludes(yaml, `title: '{{ target }} {{ "{" }}{{ target }}'`);
  });
});
