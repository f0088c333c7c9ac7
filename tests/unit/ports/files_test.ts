import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { CommandError } from "../../../src/lib/errors.ts";
import { createFiles, type Files } from "../../../src/ports/files.ts";

describe("the file system", () => {
  it("writes through a link, which stays, and through one that leads to nothing yet", () =>
    inFolder((folder, files) => {
      Deno.mkdirSync(join(folder, "real", "below"), { recursive: true });
      Deno.symlinkSync("real/below", join(folder, "below"));
      // Its way back begins where the folder really is.
      Deno.symlinkSync("../report", join(folder, "real", "below", "one"));
      Deno.symlinkSync("below/one", join(folder, "two"));
      for (const text of ["first", "second"]) {
        files.writeText(join(folder, "two"), text);
        assertEquals(Deno.readTextFileSync(join(folder, "real", "report")), text);
      }
      for (const path of ["two", "real/below/one"]) assertEquals(files.kind(join(folder, path)), "link");
      assertEquals(files.list(join(folder, "real")), ["below", "report"]);
    }));

  it("adds to a stream that a link leads to, wherever it goes", () =>
    inFolder((folder, files) => {
      const path = join(folder, "open");
      using open = Deno.openSync(path, { write: true, createNew: true });
      open.writeSync(new TextEncoder().encode("before\n"));
      const [descriptor] = [...Deno.readDirSync("/dev/fd")].map(({ name }) => `/dev/fd/${name}`).filter(
        (each) => {
          try {
            return Deno.realPathSync(each) === path;
          } catch {
            return false;
          }
        },
      );
      Deno.symlinkSync(descriptor!, join(folder, "link"));
      files.writeText(join(folder, "link"), "after\n");
      files.writeText(descriptor!, "again\n");
      assertEquals(Deno.readTextFileSync(path), "before\nafter\nagain\n");
      assertEquals(files.kind(join(folder, "link")), "link");
    }));

  it("refuses what may not be read or written as such, and leaves nothing behind", () =>
    inFolder((folder, files) => {
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
    }));
});

function inFolder(use: (folder: string, files: Files) => void): void {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "gt-files-" }));
  try {
    use(folder, createFiles());
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
