import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createOpenLooks, lookFor, type OpenQuestion } from "../../../src/ports/open_files.ts";

describe("who still has files open", () => {
  it("is looked for once for all that is asked in one turn, and anew for what is asked later", async () => {
    const looks: number[][] = [];
    const ask = createOpenLooks((asked: readonly OpenQuestion[]) => {
      looks.push(asked.map(({ after }) => after));
      return asked.map(({ after }) => after % 2 === 1);
    });
    const first = [1, 2, 3].map((after) => ask(["log"], { after }));
    assertEquals(looks, [], "what ends now may still be asked about");
    assertEquals(await Promise.all(first), [true, false, true]);
    assertEquals(await ask(["log"], { after: 4 }), false);
    assertEquals(looks, [[1, 2, 3], [4]]);
  });

  it("is told file by file, of those that were begun later only", async () => {
    const folder = await Deno.makeTempDir({ prefix: "gt-open-" });
    const [held, free] = [join(folder, "held"), join(folder, "free")];
    for (const path of [held, free]) await Deno.writeTextFile(path, "");
    const child = new Deno.Command("bash", {
      args: ["-c", 'exec 2>>"$0"; echo; exec cat', held],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    try {
      await reader.read();
      const before = child.pid - 1;
      const asked = [[free], [held], [free, held]].map((paths) => ({ paths, after: before }));
      assertEquals(lookFor(asked), [false, true, true]);
    } finally {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
      await Deno.remove(folder, { recursive: true });
    }
  });
});
