import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { root } from "../../../../.ci/tasks/project.ts";
import { referenceFiles } from "../../../../.ci/tasks/reference.ts";

describe("the reference of bd", () => {
  it("says what the commands say: `deno task docs` writes it", async () => {
    for (const [path, expected] of Object.entries(await referenceFiles())) {
      const written = Deno.readTextFileSync(join(root, path)).split("\n");
      const wrong = expected.split("\n").filter((line, at) => line !== written[at]).slice(0, 3);
      assertEquals(
        [path, wrong, written.length],
        [path, [], expected.split("\n").length],
        "run deno task docs",
      );
    }
  });
});
