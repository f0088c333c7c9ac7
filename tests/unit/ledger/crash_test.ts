import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { add, logFiles, makeLedger, root } from "./fixture.ts";

/** Runs one change of several operations in a process that dies at a fault point. */
async function killedAt(
  point: string,
  { folder, place }: { folder: string; place: string },
  verb = "three",
): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--config",
      join(root, "deno.json"),
      join(root, "tests/unit/ledger/change_script.ts"),
      folder,
      verb,
      "zoe",
    ],
    env: { GT_FAULT: `${point}:${join(place, "fault")}` },
    stdout: "piped",
    stderr: "piped",
  }).output();
  return !success;
}

describe("a ledger whose writer was killed", () => {
  const expectations: Record<string, boolean> = {
    "ledger.before-append": false,
    "ledger.after-append": true,
    "ledger.after-flush": true,
    "ledger.after-commit": true,
  };
  for (const [point, visible] of Object.entries(expectations)) {
    it(`at ${point} shows ${visible ? "all" : "nothing"} of its change, and takes the next one`, async () => {
      using test = makeLedger();
      add(test.ledger, "cs-1");
      assertEquals(await killedAt(point, test), true);
      for (const ledger of [test.again(), test.ledger]) {
        // The open ledger learns of it when it writes next, which is what the second round looks at.
        if (ledger === test.ledger) add(ledger, "cs-2");
        const bead = ledger.view.beadById("cs-1")!;
        assertEquals(bead.title, visible ? "zoe title" : "cs-1");
        assertEquals(bead.labels, visible ? ["zoe"] : []);
        assertEquals(bead.comments.length, visible ? 1 : 0);
      }
      Deno.removeSync(join(test.folder, "index.db"));
      const rebuilt = test.again();
      assertEquals(rebuilt.view.beadById("cs-1")!.title, visible ? "zoe title" : "cs-1");
      assertEquals(rebuilt.view.beadById("cs-2")!.title, "cs-2");
    });
  }

  it("halfway through a change larger than memory shows nothing of it, and takes the next one", async () => {
    using test = makeLedger();
    add(test.ledger, "cs-1");
    const [log] = logFiles(test.folder);
    const before = Deno.statSync(log!).size;
    assertEquals(await killedAt("ledger.amid-append", test, "large"), true);
    assert(Deno.statSync(log!).size > before + 1_000_000);
    const ledger = test.again();
    assertEquals(ledger.view.beadById("cs-1")!.comments, []);
    assertEquals(Deno.statSync(log!).size, before);
    add(ledger, "cs-2");
    assertEquals(test.again().view.beadById("cs-2")!.title, "cs-2");
  });

  for (const cut of [1, 40, 200, 420]) {
    it(`loses a group whose last ${cut} bytes never reached the disk, as a whole`, async () => {
      using test = makeLedger();
      add(test.ledger, "cs-1");
      const [log] = logFiles(test.folder);
      const before = Deno.statSync(log!).size;
      await killedAt("ledger.after-append", test);
      const size = Deno.statSync(log!).size;
      Deno.truncateSync(log!, Math.max(before + 1, size - cut));
      const ledger = test.again();
      assertEquals(ledger.view.beadById("cs-1")!.comments, []);
      assertEquals(ledger.view.beadById("cs-1")!.labels, []);
      add(ledger, "cs-2");
      assertEquals(Deno.readTextFileSync(log!).split("\n").filter((line) => line.includes("zoe")), []);
      assertEquals(test.again().view.beadById("cs-2")!.title, "cs-2");
    });
  }
});
