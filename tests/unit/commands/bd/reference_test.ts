import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { root } from "../../../../.ci/tasks/project.ts";
import { referenceOf } from "../../../../.ci/tasks/reference.ts";
import { bdProgram } from "../../../../src/commands/bd_program.ts";

describe("docs/bd.md", () => {
  it("says what the commands say: `deno task docs` writes it", async () => {
    const written = Deno.readTextFileSync(join(root, "docs", "bd.md"));
    const expected = await referenceOf(bdProgram);
    const wrong = expected.split("\n").filter((line, at) => line !== written.split("\n")[at]).slice(0, 3);
    assertEquals([wrong, written.length], [[], expected.length], "run deno task docs");
  });
});
