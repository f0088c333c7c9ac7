import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { add, logFiles, makeLedger, root } from "./fixture.ts";

/** One change of several operations in a process of its own, with fault points as `GT_FAULT` names them. */
function changing(
  fault: string,
  { folder, verb = "three" }: { folder: string; verb?: string },
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
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
    env: { GT_FAULT: fault },
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs such a change in a process that dies at a fault point. */
async function killedAt(
  point: string,
  { folder, place }: { folder: string; place: string },
  verb = "three",
): Promise<boolean> {
  const file = join(place, `${++kills}.fault`);
  const { success } = await changing(`${point}:${file}`, { folder, verb }).output();
  return !success;
}

let kills = 0;

/** A named pipe that a process waits at. */
async function makePipe(path: string): Promise<string> {
  assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
  return path;
}

describe("a ledger whose writer was killed", () => {
  const expectations: Record<string, boolean> = {
    "ledger.before-append": false,
    "ledger.after-append": true,
    "ledger.after-flush": true,
    "ledger.before-commit": true,
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

  it("leaves its numbers to nobody, also where another has just taken in what was there before", async () => {
    using test = makeLedger();
    add(test.ledger, "cs-1");
    const before = await makePipe(join(test.place, "before"));
    const after = await makePipe(join(test.place, "after"));
    const fault = `ledger.before-begin:${before},ledger.after-catch-up@1:${after}`;
    const writer = changing(fault, { folder: test.folder, verb: "comment" }).spawn();
    const results = writer.output();
    for (const path of [before, after]) {
      // Opened once the writer waits there, and it goes on when this is closed.
      using _held = await Deno.open(path, { write: true });
      assertEquals(await killedAt("ledger.after-flush", test), true);
    }
    assertEquals(new TextDecoder().decode((await results).stdout), "done 0\n");
    const [log] = logFiles(test.folder);
    const numbers = Deno.readTextFileSync(log!).trimEnd().split("\n").map((line) => JSON.parse(line).o);
    assertEquals(numbers, numbers.map((_, at) => `${test.ledger.replica}.${at + 1}`));
    assertEquals(numbers.length, 2 + 3 + 1 + 1);
    assertEquals(test.again().view.beadById("cs-1")!.comments.length, 3);
  });

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
