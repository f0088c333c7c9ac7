import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { defaultModuleText, moduleText } from "../../../.ci/tasks/embed.ts";
import { builtinMolecules } from "../../../src/molecules/builtin.ts";

describe("the built-in molecules", () => {
  it("are what stands in molecules/; `deno task embed` writes them", async () => {
    const module = new URL("../../../src/molecules/builtin.ts", import.meta.url);
    assertEquals(Deno.readTextFileSync(module), await moduleText());
    const read = new URL("../../../src/molecules/builtin_default.ts", import.meta.url);
    assertEquals(Deno.readTextFileSync(read), await defaultModuleText());
  });

  it("are named by the file they are in", async () => {
    const { parse } = await import("@std/yaml");
    for (const [name, text] of Object.entries(builtinMolecules)) {
      assertEquals((parse(text) as { molecule: string }).molecule, name);
    }
  });
});
