import { dirname, join } from "node:path";
import { callWords, type Ended, gtWords } from "./program.ts";

/** Formulas of every type. */
export const FORMULAS = new URL("../fixtures/formulas/", import.meta.url);

/** A repository with formulas of every type and these files, and an empty folder for molecules. */
export async function inRepository(
  use: (gt: (words: readonly string[]) => Promise<Ended>, folder: string) => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-import-" }));
  try {
    await Deno.mkdir(join(folder, ".git"));
    await Deno.mkdir(join(folder, "molecules"));
    for (const { name } of Deno.readDirSync(FORMULAS)) {
      await Deno.copyFile(new URL(name, FORMULAS), join(folder, name));
    }
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    const env = { HOME: folder, NO_COLOR: "1" };
    await use((words) => callWords([...gtWords, ...words], { cwd: folder, env }), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
