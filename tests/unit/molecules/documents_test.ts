import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { builtinMolecules } from "../../../src/molecules/builtin.ts";
import { moleculeJsonSchema } from "../../../src/molecules/language/json_schema.ts";
import { innerStep, molecule, step } from "../../../src/molecules/language/schema.ts";
import { planMolecule } from "../../../src/molecules/plan.ts";
import { GATE_OUTPUTS } from "../../../src/molecules/step_outputs.ts";
import { variableValues } from "../../../src/molecules/variables.ts";
import { definitionOf, problemsOf } from "./language_fixture.ts";

function documentText(name: string): string {
  return Deno.readTextFileSync(new URL(`../../../docs/${name}`, import.meta.url));
}

const examples = [...documentText("molecules.md").matchAll(/```yaml\n(molecule: ([a-z-]+)\n[^`]*)```/g)];

/** The keys of all maps of a schema, and the words that their values are chosen from. */
function namesIn(schema: unknown, found = { keys: new Set<string>(), words: new Set<string>() }) {
  if (Array.isArray(schema)) { for (const each of schema) namesIn(each, found); }
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) return found;
  for (const [name, value] of Object.entries(schema)) {
    const isMap = name === "properties" || name === "$defs";
    if (name === "properties") { for (const key of Object.keys(value)) found.keys.add(key); }
    if (name === "enum") { for (const word of value as unknown[]) found.words.add(String(word)); }
    if (name === "const") found.words.add(String(value));
    for (const each of isMap ? Object.values(value) : [value]) namesIn(each, found);
  }
  return found;
}

describe("docs/molecules.md", () => {
  for (const [, text, name] of examples) {
    it(`has an example ${name} that is in order and can be planned`, async () => {
      assertEquals(await problemsOf(text!, builtinMolecules), []);
      const definition = await definitionOf(text!, builtinMolecules);
      const given = definition.vars.filter(({ required }) => required).map(({ name }) => [name, "1.0.0"]);
      const plan = planMolecule(definition, {
        values: variableValues(definition, Object.fromEntries(given)),
      });
      assertEquals(plan.steps.length > 0, true);
    });
  }

  it("says of each built-in molecule when to use it, in its own words", async () => {
    const words = (text: string) => text.replace(/\s+/g, " ");
    const page = words(documentText("molecules.md"));
    for (const [name, text] of Object.entries(builtinMolecules)) {
      const [, when] = (await definitionOf(text, builtinMolecules)).description!.split("\n\n");
      assertEquals([name, page.includes(`**${name}** · ${words(when!)}`)], [name, true]);
    }
  });

  it("has an example of every key, however deep, and of every word that one of them takes", () => {
    const text = examples.map(([, example]) => example).join("\n");
    const { keys, words } = namesIn(moleculeJsonSchema());
    assertEquals([...keys].filter((key) => !new RegExp(`(^|[\\s{,-])${key}:`).test(text)), []);
    // What a variable is without its type is not written.
    assertEquals([...words].filter((word) => !text.includes(word) && word !== "string"), []);
  });
});

describe("the JSON Schema of molecules", () => {
  const schema = JSON.parse(JSON.stringify(moleculeJsonSchema()));

  it("has every key that is read, each with what it is for", () => {
    const { step: ofStep, innerStep: ofInner } = schema.$defs;
    assertEquals(Object.keys(schema.properties), Object.keys(molecule.entries));
    assertEquals(Object.keys(ofStep.properties), Object.keys(step.entries));
    assertEquals(Object.keys(ofInner.properties), Object.keys(innerStep.entries));
    for (const map of [schema, ofStep, ofInner]) {
      const silent = Object.entries(map.properties as Record<string, { description?: string }>)
        .filter(([, { description }]) => description === undefined || description === "");
      assertEquals(silent, []);
      assertEquals(map.additionalProperties, false);
    }
    assertEquals([schema.required, ofStep.required], [["molecule"], ["id"]]);
  });

  it("takes what the linter takes, and refuses what it refuses for its form", () => {
    const takes = new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false })
      .compile(schema);
    const texts = [...examples.map(([, text]) => text!), ...Object.values(builtinMolecules)];
    for (const text of texts) assertEquals([takes(parse(text)), takes.errors], [true, null], text);
    const refused = [
      "run: x, prompt: y",
      "prompt: x, cwd: y",
      "gate: { type: human }, retry: { attempts: 2 }",
      "title: x, timeout: 1m",
      "run: x, needs: {}",
      "run: x, needs: { any: [b], all: [b] }",
      "run: x, needs: { quorum: 2 }",
      "run: x, matrix: { a: [1] }, for_each: vars.x",
      "gate: { type: timer }",
      "gate: { type: timer, for: 1s, until: '2026-01-01' }",
      "gate: { type: timers }",
      "rum: x",
    ];
    const accepted = ["run: x, needs: { quorum: 2, of: [b] }", "gate: { type: timer, for: 1s, timeout: 2s }"];
    for (const step of [...refused, ...accepted]) {
      const isTaken = takes(parse(`molecule: m\nsteps: [{ id: a, ${step} }, { id: b }]\n`));
      assertEquals([step, isTaken], [step, accepted.includes(step)]);
    }
  });

  it("has beside each type of gate in the reference what that gives", () => {
    const sections = documentText("molecule-language.md").split(/^#+ /m);
    for (const [type, outputs] of Object.entries(GATE_OUTPUTS)) {
      const section = sections.find((each) => each.startsWith(`\`type: ${type}\`\n`))!;
      const [, given = ""] = section.split(/^\| Output/m);
      const names = [...given.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
      assertEquals([type, names], [type, Object.keys(outputs)]);
    }
  });

  it("is in docs/, with that of files of cases, beside the reference that is made of them", async () => {
    assertEquals(JSON.parse(documentText("molecule.schema.json")), schema);
    const { referenceFiles } = await import("../../../.ci/tasks/reference.ts");
    const made = await referenceFiles();
    for (const name of ["molecule-language.md", "molecule.schema.json", "molecule-cases.schema.json"]) {
      assertEquals([name, made[`docs/${name}`] === documentText(name)], [name, true]);
    }
  });
});
