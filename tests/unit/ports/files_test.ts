import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { CommandError } from "../../../src/lib/errors.ts";
import { createFiles } from "../../../src/ports/files.ts";

describe("the file system", () => {
  it("refuses what may not be read or written as such, and leaves nothing behind", () => {
    const folder = Deno.makeTempDirSync({ prefix: "gt-files-" });
    try {
      const files = createFiles();
      const taken = join(folder, "taken");
      files.makeFolder(taken);
      const calls = [
        () => files.readText(taken),
        () => files.readPart(taken, { from: 0, most: 9 }),
        () => files.writeText(taken, "x"),
      ];
      for (const call of calls) {
        const told: CommandError = assertThrows(call, CommandError);
        assertEquals([told.kind, told.code], ["refused", "is_folder"]);
      }
      assertEquals(files.list(folder), ["taken"]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
});
