import { assertEquals } from "@std/assert";
import type { Definition } from "../../../src/molecules/definition.ts";
import type { MoleculeShelf } from "../../../src/molecules/language/compose.ts";
import { readDefinition } from "../../../src/molecules/language/read_definition.ts";

/** Molecules by name, and by path where the name has a dot; all others are unknown. */
export function shelf(texts: Readonly<Record<string, string>> = {}): MoleculeShelf {
  const find = (name: string) => Object.hasOwn(texts, name) ? texts[name] : undefined;
  return {
    names: () => Object.keys(texts).filter((name) => !name.includes(".")),
    named: (name) => {
      const text = find(name);
      return text === undefined ? undefined : { text, source: "built-in", name };
    },
    file: (path) => {
      const text = find(path);
      return text === undefined ? undefined : { text, source: path };
    },
  };
}

/** What a text means; it must be in order. */
export async function definitionOf(
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<Definition> {
  const { definition, problems } = await readDefinition({ text, source: "m.yaml" }, shelf(others));
  assertEquals(problems.filter(({ severity }) => severity === "error"), []);
  return definition!;
}

/** What is wrong with a text, as `line:column rule message`; a warning has a `?` before its rule. */
export async function problemsOf(
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { problems } = await readDefinition({ text, source: "m.yaml" }, shelf(others));
  return problems.map(({ file, line, column, severity, rule, message }) =>
    `${file === "m.yaml" ? "" : `${file}:`}${line}:${column} ${
      severity === "warning" ? "?" : ""
    }${rule} ${message}`
  );
}

/** A molecule with one step `one`, and these lines in it. */
export function withStep(lines: string): string {
  return `molecule: m\nsteps:\n  - id: one\n${lines}`;
}
