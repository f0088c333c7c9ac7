/**
 * Writes src/molecules/builtin.ts, which carries molecules/*.yaml into the binary, and builtin_default.ts, in which the
 * one that every slung bead gets is read already.
 *
 * @module
 */
import { join } from "node:path";
import { checklistMolecule } from "../../src/molecules/checklist_molecule.ts";
import { readDefinition } from "../../src/molecules/language/read_definition.ts";
import { DEFAULT_MOLECULE } from "../../src/molecules/library.ts";
import { capture, fail, root, runTask } from "./project.ts";

const target = "src/molecules/builtin.ts";
const defaultTarget = "src/molecules/builtin_default.ts";

/** The text of the module for the files in `molecules/`, formatted. */
export async function moduleText(): Promise<string> {
  const folder = join(root, "molecules");
  const files = [...Deno.readDirSync(folder)].map((entry) => entry.name).filter((name) =>
    name.endsWith(".yaml") && !name.endsWith(".test.yaml")
  );
  const entries = files.sort().map((name) => {
    const text = Deno.readTextFileSync(join(folder, name));
    const escaped = text.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${");
    return `  ${JSON.stringify(name.replace(/\.yaml$/, ""))}: \`${escaped}\`,`;
  });
  const source = [
    "/**",
    " * Workflows: the built-in set, which travels inside the program.",
    " *",
    " * Written by `deno task embed` from molecules/*.yaml: edit those.",
    " *",
    " * @module",
    " */",
    "",
    "/** The text of each built-in molecule, by its name. */",
    "export const builtinMolecules: Readonly<Record<string, string>> = {",
    ...entries,
    "};",
    "",
  ].join("\n");
  return await formatted(source);
}

/** The text of the module for the default molecule, read, formatted. */
export async function defaultModuleText(): Promise<string> {
  const name = DEFAULT_MOLECULE;
  const text = Deno.readTextFileSync(join(root, "molecules", `${name}.yaml`));
  const shelf = { names: () => [], named: () => undefined, file: () => undefined };
  const { definition } = await readDefinition({ text, source: "built-in", name }, shelf);
  if (!definition) fail(`molecules/${name}.yaml is not in order`, ["see: gt mol lint"]);
  const source = [
    'import type { Molecule } from "./molecule.ts";',
    "",
    `/** The built-in ${name}, read already; written by \`deno task embed\`. */`,
    `export const defaultMolecule: Molecule = ${JSON.stringify(checklistMolecule(definition!))};`,
    "",
  ].join("\n");
  return await formatted(source);
}

async function formatted(source: string): Promise<string> {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "module.ts");
    Deno.writeTextFileSync(path, source);
    const { code, stderr } = await capture([
      Deno.execPath(),
      "fmt",
      "--quiet",
      "-c",
      join(root, "deno.json"),
      path,
    ]);
    if (code !== 0) fail("Cannot format the module", [stderr]);
    return Deno.readTextFileSync(path);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  await runTask(async () => {
    Deno.writeTextFileSync(join(root, target), await moduleText());
    Deno.writeTextFileSync(join(root, defaultTarget), await defaultModuleText());
  });
}
