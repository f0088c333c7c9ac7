/**
 * Writes src/molecules/builtin.ts, which carries molecules/*.yaml into the binary.
 *
 * @module
 */
import { join } from "node:path";
import { capture, fail, root, runTask } from "./project.ts";

const target = "src/molecules/builtin.ts";

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
  await runTask(async () => Deno.writeTextFileSync(join(root, target), await moduleText()));
}
