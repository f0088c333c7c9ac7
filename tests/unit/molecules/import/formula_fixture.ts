import { assertEquals } from "@std/assert";
import { type Imported, importFormula } from "../../../../src/molecules/import/import_formula.ts";
import type { Definition } from "../../../../src/molecules/definition.ts";
import { definitionOf, problemsOf } from "../language_fixture.ts";

/** Formulas that others are made of. */
export const PARTS: Readonly<Record<string, string>> = {
  base: `formula = "base"
type = "workflow"
version = 1
[vars.feature]
required = true
[[steps]]
id = "design"
title = "Design {{feature}}"
[[steps]]
id = "build"
title = "Build {{feature}}"
needs = ["design"]
`,
  twice: `formula = "twice"
type = "expansion"
version = 1
[[template]]
id = "{target}.draft"
title = "Draft {target.title} of {target}"
description = "{target.description}"
[[template]]
id = "{target}.finish"
title = "Finish"
needs = ["{target}.draft"]
`,
  watch: `formula = "watch"
type = "aspect"
version = 1
[[advice]]
target = "*"
[advice.after]
id = "{step.id}-look"
title = "Look at {step.id}"
`,
};

/** Translates a formula; those in {@linkcode PARTS} are beside it. */
export function translate(text: string, values: Readonly<Record<string, string>> = {}): Imported {
  return importFormula(text, { find: (name) => PARTS[name], values });
}

const PART_MOLECULES = Object.fromEntries(
  Object.entries(PARTS).map(([name, part]) => [name, translate(part).yaml]),
);

/** The molecule that a formula becomes; nothing is refused, and the linter has nothing to say but of unused variables. */
export async function moleculeOf(
  text: string,
  values: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { yaml, refusals } = translate(text, values);
  assertEquals(refusals, []);
  const problems = (await problemsOf(yaml, PART_MOLECULES)).filter((each) =>
    !each.includes("?unused-variable")
  );
  assertEquals(problems, [], yaml);
  return yaml;
}

/** What the molecule means that a formula becomes. */
export async function definitionMade(text: string): Promise<Definition> {
  const yaml = await moleculeOf(text);
  return await definitionOf(yaml, PART_MOLECULES);
}

/** A workflow with these steps and more. */
export function workflow(text: string): string {
  return `formula = "m"\ntype = "workflow"\nversion = 1\n${text}`;
}
