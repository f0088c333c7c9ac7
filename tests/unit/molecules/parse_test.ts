import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../../src/lib/errors.ts";
import { parseMolecule } from "../../../src/molecules/parse.ts";
import { MOLECULE_KEYS_NOT_RUN, STEP_KEYS_NOT_RUN } from "../../../src/molecules/vocabulary.ts";

const whole = `molecule: tidy
version: 3
description: Tidy something up.
vars:
  what: { description: What to tidy, required: true }
  how: { default: gently, enum: [gently, thoroughly] }
  depth: 2
steps:
  - id: look
    title: Look at {{ vars.what }}
    prompt: Read {{ bead.id }} first.
  - id: tidy_up
    title: Tidy {{what}} {{ vars.how }}
    description: Depth {{ depth }}.
    prompt: Then {{ bead.title }}.
    acceptance: It is tidy.
    needs: [look, look]
`;

/** What is wrong with a text, as `line:column: message`. */
function problemsOf(text: string): string[] {
  const error = assertThrows(() => parseMolecule(text, { source: "m.yaml" }), CommandError);
  assertEquals(error.code, "molecule_invalid");
  const lines = [error.message.replace("Cannot use molecule ", ""), ...error.hints];
  return lines.filter((line) => /^m\.yaml:\d/.test(line)).map((line) => line.slice("m.yaml:".length));
}

function step(lines: string): string {
  return `molecule: m\nsteps:\n  - id: one\n    title: One\n${lines}`;
}

const wrong: readonly [name: string, text: string, problems: readonly string[]][] = [
  ["an empty file", "", ['1:1: expected a map with "molecule" and "steps", found nothing']],
  ["a list", "- id: a", ['1:1: expected a map with "molecule" and "steps", found a list']],
  ["no steps and no name", "version: 1", [
    '1:1: missing key "molecule"',
    '1:1: missing key "steps"',
  ]],
  ["an empty list of steps", "molecule: m\nsteps: []", ["2:8: steps: expected at least one step"]],
  ["a step without id and title", "molecule: m\nsteps:\n  - prompt: hm", [
    '3:5: missing key "id" in a step',
    '3:5: missing key "title" in a step',
  ]],
  ["a misspelt key", step("    neds: [two]\n"), ['5:5: unknown key "neds" in a step; did you mean "needs"?']],
  ["a misspelt kind that is not run either", step("    gaet: x\n"), [
    '5:5: unknown key "gaet" in a step; did you mean "gate"?',
  ]],
  ["a misspelt key of the file", "molecul: m\n" + step(""), [
    '1:1: unknown key "molecul" in a molecule; did you mean "molecule"?',
  ]],
  ["an id twice", step("  - id: one\n    title: Again\n"), ['5:9: id: "one" stands here twice']],
  ["a need that no step has", step("    needs: [oone]\n"), [
    '5:13: needs: there is no step "oone"; did you mean "one"?',
  ]],
  ["a step that needs itself", step("    needs: [one]\n"), ['3:9: needs: "one" waits for itself: one → one']],
  [
    "a ring",
    "molecule: m\nsteps:\n  - { id: a, title: A, needs: [c] }\n  - { id: b, title: B, needs: [a] }\n" +
    "  - { id: c, title: C, needs: [b] }\n  - { id: d, title: D, needs: [c] }",
    ['3:11: needs: "a" waits for itself: a → c → b → a'],
  ],
  ["needs of another kind", step("    needs: { any: [one] }\n"), [
    '5:12: "needs" with any is not run by this version, which knows a list of ids',
  ]],
  ["a variable that is not declared", step("    prompt: |\n      first\n      read {{ vars.wat }}\n"), [
    '7:12: there is no variable "wat"',
  ]],
  ["a field that a bead has not", step('    prompt: "{{ bead.name }} and {{ bead.titel }}"\n'), [
    '5:14: a bead has no "name" here; known are id, title',
    '5:34: a bead has no "titel" here; did you mean "title"?',
  ]],
  ["an expression", step("    prompt: '{{ steps.a.outputs.b + 1 }}'\n"), [
    '5:14: "{{ steps.a.outputs.b + 1 }}" is not read by this version, which knows {{ vars.NAME }}, {{ bead.id }} and {{ bead.title }}',
  ]],
  ["an alias", "molecule: m\nsteps:\n  - &a { id: one, title: One }\n  - *a", [
    '4:5: expected a step with "id" and "title", found the alias *a',
  ]],
  ["a key twice", "molecule: m\nmolecule: n\nsteps: []", ["2:1: Map keys must be unique"]],
  ["tabs", "molecule: m\nsteps:\n\t- id: one", ["3:1: Tabs are not allowed as indentation"]],
  ["a quotation without end", "molecule: 'm\n", ["1:13: Missing closing 'quote"]],
  ["values of the wrong type", "molecule: 7\nversion: soon\nvars: [a]\nsteps: { a: 1 }", [
    "1:11: molecule: expected text, found the number 7",
    '2:10: version: expected a whole number, 1 or more, found "soon"',
    "3:7: vars: expected a map, found a list",
    "4:8: steps: expected a list of steps, found a map",
  ]],
  [
    "variables that contradict themselves",
    "vars:\n  a: { default: x, required: true }\n  b: { default: y, enum: [z] }\n" + step(""),
    [
      "2:8: a: a variable with a default is never required",
      '3:17: default: expected one of z, found "y"',
    ],
  ],
  ["a pattern, which is not checked", "vars:\n  a: { pattern: x }\n" + step(""), [
    '2:8: "pattern" in the variable a is not run by this version, which knows description, default, required, enum',
  ]],
];

describe("a molecule's file", () => {
  it("is read with its variables and steps", () => {
    const { hash, ...molecule } = parseMolecule(whole, { source: "tidy.yaml", name: "tidy" });
    assertEquals(hash.length, 16);
    assertEquals(molecule, {
      name: "tidy",
      version: 3,
      description: "Tidy something up.",
      vars: [
        { name: "what", required: true, description: "What to tidy" },
        { name: "how", required: false, default: "gently", enum: ["gently", "thoroughly"] },
        { name: "depth", required: false, default: "2" },
      ],
      steps: [
        { id: "look", title: "Look at {{ vars.what }}", description: "Read {{ bead.id }} first.", needs: [] },
        {
          id: "tidy_up",
          title: "Tidy {{what}} {{ vars.how }}",
          description: "Depth {{ depth }}.\n\nThen {{ bead.title }}.",
          acceptance: "It is tidy.",
          needs: ["look"],
        },
      ],
      source: "tidy.yaml",
    });
  });

  it("has another hash when anything in it changes", () => {
    const hash = (text: string) => parseMolecule(text, { source: "m" }).hash;
    assertEquals(hash(whole), hash(whole));
    assertEquals(hash(whole) === hash(whole.replace("tidy.", "neat.")), false);
  });

  for (const [name, text, problems] of wrong) {
    it(`is refused, with every place, for ${name}`, () => assertEquals(problemsOf(text), problems));
  }

  for (const key of STEP_KEYS_NOT_RUN) {
    it(`is refused, never half run, for a step with ${key}`, () => {
      assertEquals(problemsOf(step(`    ${key}: x\n`)), [
        `5:5: "${key}" in a step is not run by this version, which knows id, title, description, prompt, acceptance, needs`,
      ]);
    });
  }

  for (const key of MOLECULE_KEYS_NOT_RUN) {
    it(`is refused, never half run, for ${key}`, () => {
      assertEquals(problemsOf(`${key}: x\n${step("")}`), [
        `1:1: "${key}" in a molecule is not run by this version, which knows molecule, version, description, vars, steps`,
      ]);
    });
  }

  it("may look like the one in the documentation", () => {
    const document = Deno.readTextFileSync(new URL("../../../docs/molecules.md", import.meta.url));
    const [, example] = /```yaml\n(molecule: [^`]*)```/.exec(document)!;
    assertEquals(parseMolecule(example!, { source: "tidy.yaml", name: "tidy" }).steps.length, 2);
  });

  it("must have the name of its file", () => {
    const error = assertThrows(
      () => parseMolecule(whole, { source: "neat.yaml", name: "neat" }),
      CommandError,
    );
    assertEquals(
      error.message,
      "Cannot use molecule neat.yaml:1:11: molecule: its file is called neat.yaml, so its name must be neat",
    );
  });

  it("is not read when it is huge", () => {
    const error = assertThrows(
      () => parseMolecule("#".repeat(1_000_001), { source: "m.yaml" }),
      CommandError,
    );
    assertEquals(error.message, "Cannot use molecule m.yaml:1:1: it is longer than 1000000 characters");
  });

  it("may have two thousand steps in a row", () => {
    const steps = Array.from(
      { length: 2000 },
      (_, at) => `  - { id: s${at}, title: T${at === 0 ? "" : `, needs: [s${at - 1}]`} }`,
    );
    const molecule = parseMolecule(`molecule: m\nsteps:\n${steps.join("\n")}`, { source: "m.yaml" });
    assertEquals(molecule.steps.length, 2000);
  });
});
