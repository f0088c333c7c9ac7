import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FormulaSyntaxError } from "../../../../src/molecules/import/formula.ts";
import { importFormula } from "../../../../src/molecules/import/import_formula.ts";
import { definitionMade, moleculeOf, PARTS, translate, workflow } from "./formula_fixture.ts";
import { problemsOf } from "../language_fixture.ts";
import { KEYS } from "./formula_keys.ts";

const lineOf = (toml: string) => toml.split("\n").findIndex((line) => line.endsWith("#!")) + 1;

describe("a formula's key", () => {
  for (const { key, toml, becomes, noted, refused } of KEYS) {
    it(`${key} is ${becomes ? "translated" : noted ? "a comment, and named" : "refused"}`, async () => {
      if (refused !== undefined) {
        const { refusals } = translate(toml);
        const [first] = refusals;
        assertStringIncludes(first?.message ?? "", refused);
        if (lineOf(toml) > 0) assertEquals(refusals.map(({ line }) => line), [lineOf(toml)]);
        return;
      }
      const yaml = await moleculeOf(toml);
      if (becomes !== undefined) assertStringIncludes(yaml, becomes);
      if (noted === undefined) return;
      assertMatch(yaml, new RegExp(`^ *# ${noted.replace(/[[\]{}"]/g, "\\$&")}`, "m"));
      const comments = translate(toml).notes.filter(({ message }) => message.endsWith("as a comment"));
      assertEquals(comments.map(({ line }) => line), [lineOf(toml)]);
    });
  }

  it("is one of all that are known: no table is asked for anything else", () => {
    const source = ["formula_steps", "formula_gates", "formula_loops", "formula_vars", "formula_aspects"]
      .concat(["formula_compose", "formula_convoy", "import_formula", "formula_waits"])
      .map((name) =>
        Deno.readTextFileSync(new URL(`../../../../src/molecules/import/${name}.ts`, import.meta.url))
      )
      .join("\n");
    const asked = [...source.matchAll(/\.(?:text|texts|number|flag|table|tables|value)\("([a-z_]+)"\)/g)].map(
      (m) => m[1]!,
    );
    const named = new Set(
      KEYS.flatMap(({ key, toml }) => [...key.split(/[. ]/), ...toml.match(/[a-z_]+/g) ?? []]),
    );
    assertEquals([...new Set(asked)].filter((key) => !named.has(key)), []);
  });
});

describe("a formula", () => {
  it("says that a step waits for one of the children instead of their parent", () => {
    const steps = workflow(
      `[[steps]]\nid = "epic"\n[[steps.children]]\nid = "a"\n[[steps.children]]\nid = "b"\n` +
        `[[steps]]\nid = "two"\nneeds = ["epic"]\nwaits_for = "any-children"\n`,
    );
    const [note] = translate(steps).notes;
    assertEquals(note?.line, steps.split("\n").findIndex((line) => line.startsWith("waits_for")) + 1);
    assertStringIncludes(note?.message ?? "", "once one of a, b is done; it does not wait for epic itself");
  });

  it("keeps its order and the comments above its parts", async () => {
    const yaml = await moleculeOf(
      `# How to cook.\n\n${
        workflow(
          '# Who eats\n[vars.who]\ndefault = "us"\n# First of all\n[[steps]]\nid = "cook"\ntitle = "For {{who}}"\n',
        )
      }`,
    );
    assertEquals(
      yaml,
      "# How to cook.\nmolecule: m\nversion: 1\nvars:\n  # Who eats\n  who:\n    default: us\nsteps:\n" +
        "  # First of all\n  - id: cook\n    title: For {{ who }}\n",
    );
  });

  it("keeps the comments above its tables and keys, and in them, where what they are about is now", async () => {
    const yaml = await moleculeOf(
      [
        "# Head",
        "",
        "# Called",
        'formula = "m" # so',
        "# One",
        "version = 1",
        "# Kept",
        'phase = "liquid"',
        "# All of them",
        "[vars]",
        "# How many",
        'n = "3"',
        "# Who",
        "[vars.who]",
        "# Us",
        'default = "us"',
        "# Steps of it",
        "",
        "# First",
        "[[steps]]",
        'id = "a"',
        "# Why",
        'title = "{{who}} {{n}}"',
        "# When",
        'condition = "{{who}}"',
        "# A gate",
        "[steps.gate]",
        "# By whom",
        'type = "human"',
        "[[steps]]",
        'id = "b"',
        "# Its needs",
        "depends_on = [ # that one",
        '  "a"',
        "]",
        "# Put together",
        "[compose]",
        "# With",
        'aspects = ["watch"]',
        "# Aspects",
        "[[advice]]",
        "# Of what",
        'target = "*"',
        'before = { id = "x" }',
        "# The end",
        "",
      ].join("\r\n"),
    );
    assertEquals(
      yaml,
      [
        "# Head",
        "# Called",
        "# so",
        "molecule: m",
        "# One",
        "version: 1",
        "# Put together",
        "# With",
        "include: [watch]",
        "# All of them",
        "vars:",
        "  # How many",
        '  n: "3"',
        "  # Who",
        "  who:",
        "    # Us",
        "    default: us",
        "# Kept",
        "steps:",
        "  # A gate",
        "  # By whom",
        "  # phase: liquid",
        "  - id: a-gate",
        `    when: '!(string(vars.who).lowerAscii() in ["", "false", "0", "no", "off"])'`,
        "    gate:",
        "      type: human",
        "    aspects: false",
        "  # Steps of it",
        "  # First",
        "  - id: a",
        "    # Why",
        '    title: "{{ who }} {{ n }}"',
        "    needs: [a-gate]",
        "    # When",
        `    when: '!(string(vars.who).lowerAscii() in ["", "false", "0", "no", "off"])'`,
        "  - id: b",
        "    # Its needs",
        "    # that one",
        "    needs: [a]",
        "aspects:",
        "  # Aspects",
        "  # Of what",
        '  - match: "*"',
        "    before:",
        "      - id: x",
        "# The end",
        "",
      ].join("\n"),
    );
  });

  it("has texts without the line ends of another system", async () => {
    const yaml = await moleculeOf(
      workflow('[[steps]]\nid = "a"\ndescription = """\nOne\nTwo\n"""\n').replaceAll("\n", "\r\n"),
    );
    assertStringIncludes(yaml, "description: |\n      One\n      Two\n");
  });

  it("asks for variables that it reads and does not declare", async () => {
    const yaml = await moleculeOf(workflow('[[steps]]\nid = "a"\ntitle = "{{who}} and {{.what-ever}}"\n'));
    assertStringIncludes(yaml, "vars:\n  who:\n    required: true\n");
    assertStringIncludes(yaml, 'and {{ "{{" }}.what-ever}}');
    const some = await moleculeOf(
      workflow('[vars]\nme = "x"\n[[steps]]\nid = "a"\ntitle = "{{who}} and {{me}}"\ncondition = "{{on}}"\n'),
    );
    assertStringIncludes(some, 'vars:\n  me: x\n  on: ""\n');
    assertStringIncludes(some, '{{ "{{" }}who}} and {{ me }}');
  });

  it("gives variables another name where theirs is taken", async () => {
    const yaml = await moleculeOf(
      workflow('[vars]\nrun-name = "x"\nenv = "y"\n[[steps]]\nid = "a"\ntitle = "{{run-name}} {{env}}"\n'),
    );
    assertStringIncludes(yaml, "title: {{ run_name }} {{ env_value }}".replace("{", '"{').replace(/$/, '"'));
  });

  it("says the line within a long text", () => {
    const { refusals } = translate(
      'formula = "m"\ntype = "convoy"\nversion = 1\n[[legs]]\nid = "a"\n[prompts]\nbase = """\none\n{{range .legs}}\n{{end}}\n"""\n',
    );
    assertEquals(refusals.map(({ line, path }) => [line, path]), [[9, "prompts.base"]]);
  });

  it("says of what stays text on which line it stands, once for a name", () => {
    const { notes } = translate(
      workflow('[[steps]]\nid = "a"\ndescription = """\n\n{{#x}} {{#x}}\n{{/x}}"""\n'),
    );
    assertEquals(notes.map(({ line, message }) => `${line} ${message.split(" ")[0]}`), [
      '8 "{{#x}}"',
      '9 "{{/x}}"',
    ]);
  });

  it("needs what it extends where it changes a step of it", () => {
    const { refusals } = translate(
      'formula = "m"\nversion = 1\nextends = ["nowhere"]\n[[compose.expand]]\ntarget = "build"\nwith = "twice"\n',
    );
    assertStringIncludes(refusals[0]!.message, "put nowhere.formula.toml beside this file");
  });

  it("writes turns out with a value that is given", async () => {
    const text = workflow(
      '[vars]\nn = "2"\n[[steps]]\nid = "l"\n[steps.loop]\nrange = "{n}..2*{n}"\n[[steps.loop.body]]\nid = "b"\ntitle = "{i} {{n}}"\n',
    );
    const yaml = await moleculeOf(text, { n: "3" });
    assertEquals(yaml.match(/title: .*/g), [
      "title: 3 {{ n }}",
      "title: 4 {{ n }}",
      "title: 5 {{ n }}",
      "title: 6 {{ n }}",
    ]);
  });

  it("has loops in loops, and needs of what stands around them", async () => {
    const yaml = await moleculeOf(
      workflow(
        '[[steps]]\nid = "a"\n[[steps]]\nid = "l"\nneeds = ["a"]\n[steps.loop]\ncount = 2\n[[steps.loop.body]]\nid = "x"\nneeds = ["a"]\n' +
          '[[steps.loop.body]]\nid = "in"\nneeds = ["x"]\n[steps.loop.body.loop]\ncount = 2\nvar = "j"\n[[steps.loop.body.loop.body]]\n' +
          'id = "y"\ntitle = "{i} {j}"\n[[steps]]\nid = "z"\nneeds = ["l"]\n',
      ),
    );
    const needs = [...yaml.matchAll(/- id: (\S+)\n(?: {4}title: .*\n)?(?: {4}needs: \[(.*)\])?/g)].map((
      [, id, of],
    ) => `${id} < ${of}`);
    assertEquals(needs, [
      "a < undefined",
      "l-iter1-x < a",
      "l-iter1-in-iter1-y < l-iter1-x",
      "l-iter1-in-iter2-y < l-iter1-in-iter1-y",
      "l-iter2-x < a, l-iter1-in-iter2-y",
      "l-iter2-in-iter1-y < l-iter2-x",
      "l-iter2-in-iter2-y < l-iter2-in-iter1-y",
      "z < l-iter2-in-iter2-y",
    ]);
  });

  it("has no aspect and no map around the steps that the import makes", async () => {
    const { steps } = await definitionMade(
      workflow(
        '[[steps]]\nid = "kite"\n[steps.gate]\ntype = "human"\n[[steps]]\nid = "list"\n[steps.on_complete]\n' +
          'for_each = "output.names"\nbond = "twice"\nvars = { target = "{item}" }\n' +
          '[[advice]]\ntarget = "*"\nafter = { id = "look" }\n[[compose.map]]\nselect = "k*"\nwith = "twice"\n',
      ),
    );
    const made = steps.map(({ id, action }) => [id, action.kind]);
    assertEquals(made, [
      ["kite-gate", "gate"],
      ["kite", "molecule"],
      ["kite-look", "checklist"],
      ["list", "checklist"],
      ["list-look", "checklist"],
      ["list-each", "molecule"],
    ]);
  });

  it("calls the steps that the import makes otherwise than those that are written", async () => {
    const yaml = await moleculeOf(
      workflow(
        '[[steps]]\nid = "x"\ngate = { type = "human" }\n[[steps]]\nid = "x-gate"\n[[steps]]\nid = "y"\nneeds = ["x-gate"]\n',
      ),
    );
    assertEquals([...yaml.matchAll(/- id: (.*)/g)].map(([, id]) => id), ["x-gate-2", "x", "x-gate", "y"]);
    assertStringIncludes(yaml, "needs: [x-gate-2]");
    assertStringIncludes(yaml, "- id: y\n    needs: [x-gate]");
  });

  it("drops the gate of a step that takes the place of one with a gate", async () => {
    const others: Readonly<Record<string, string>> = {
      ...PARTS,
      gated: workflow('[[steps]]\nid = "x"\ngate = { type = "human" }\n[[steps]]\nid = "z"\n'),
    };
    const own = (lines: string) =>
      importFormula(`formula = "m"\nversion = 1\nextends = ["gated"]\n${lines}`, {
        find: (name) => others[name],
      });
    const { yaml, refusals } = own('[[steps]]\nid = "x"\ntitle = "Again"\n');
    assertEquals(refusals, []);
    assertStringIncludes(yaml, `- id: x-gate\n    when: run.id == ""\n    aspects: false\n`);
    assertEquals(
      await problemsOf(yaml, {
        gated: translate(others.gated!).yaml.replace("molecule: m", "molecule: gated"),
      }),
      [],
    );
    const kept = own('[[compose.expand]]\ntarget = "x"\nwith = "twice"\n');
    assertStringIncludes(kept.yaml, "needs: [x-gate]");
    assertEquals(kept.yaml.includes("- id: x-gate"), false);
    assertEquals(own('[[steps]]\nid = "x-gate"\n').refusals.map(({ line }) => line), [5]);
  });

  it("stops soon where loops in loops come to too many steps, and says so once", () => {
    const loops = ["", ".loop.body", ".loop.body.loop.body"]
      .map((at, depth) => `[[steps${at}]]\nid = "l${depth}"\n[steps${at}.loop]\ncount = 200\n`).join("");
    const { refusals } = translate(
      workflow(`${loops}[[steps.loop.body.loop.body.loop.body]]\nid = "b"\nwrong = 1\n`),
    );
    assertEquals(refusals.map(({ line, message }) => `${line} ${message}`), [
      "14 more than 10000 steps are written out",
      '18 unknown key "wrong"',
    ]);
  });

  it("says where a file is no TOML", () => {
    const error = assertThrows(() => translate("a = 1\nb = = 2\n"), FormulaSyntaxError);
    assertEquals(error.line, 2);
    assertEquals(assertThrows(() => translate("[a]\nx = 1\n[a]\n"), FormulaSyntaxError).line, 3);
  });

  it("that others are made of is one as well", async () => {
    for (const part of Object.values(PARTS)) await moleculeOf(part);
  });
});
