import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { dirname } from "node:path";
import { createLiveOutput } from "../../../src/commands/gt_support/live_output.ts";
import { createPrintedSteps } from "../../../src/commands/gt_support/printed_steps.ts";
import { lanePaths, runFolder } from "../../../src/molecules/engine/commands/command_files.ts";
import type { OpenRun } from "../../../src/molecules/engine/journal/run_log.ts";
import { createFiles, type Files } from "../../../src/ports/files.ts";
import { definitionOf } from "../molecules/machine/definitions.ts";
import { createPlay } from "../molecules/machine/play.ts";

describe("what is shown of what an attempt printed", () => {
  const key = "m-1@r" as OpenRun["key"];
  const a = { id: "a", attempt: 1 };
  let ledger: { folder: string };
  let paths: ReturnType<typeof lanePaths>;
  beforeEach(async () => {
    ledger = { folder: await Deno.makeTempDir({ prefix: "gt-printed-" }) };
    paths = lanePaths(runFolder(ledger.folder, "m-1"), 0);
    await Deno.mkdir(dirname(paths.record), { recursive: true });
    await Deno.writeTextFile(paths.record, "start a.1 100 0 0\nexit a.1 0\n");
    await Deno.writeTextFile(paths.log, "of a\n");
  });
  afterEach(() => Deno.remove(ledger.folder, { recursive: true }));

  /** The file system, in which the lane's next command begins and prints just when somebody looks how long its log is. */
  const withNext = (): Files => {
    const files = createFiles();
    let hasBegun = false;
    return {
      ...files,
      stat(path) {
        if (path === paths.log && !hasBegun) {
          hasBegun = true;
          files.appendText(paths.record, `start b.1 101 ${files.stat(path)!.size} 0\n`);
          files.appendText(path, "of b\n");
        }
        return files.stat(path);
      },
    };
  };

  it("is nothing of what the next command prints there, which may begin at any moment", () => {
    const printed = createPrintedSteps({ ports: { files: withNext() }, ledger });
    assertEquals(printed({ key }, { step: a, most: Infinity }), ["of a"]);
    assertEquals(printed({ key }, { step: { id: "b", attempt: 1 }, most: Infinity }), ["of b"]);
  });

  it("is nothing of the next command's while it runs either", () => {
    const play = createPlay(definitionOf({ steps: [{ id: "a" }, { id: "b" }] }));
    play.start("a");
    const said: string[] = [];
    const say = (_open: OpenRun, { id }: { id: string }, text: string) => void said.push(`${id}: ${text}`);
    const live = createLiveOutput(withNext(), { ledger, say });
    const changed = (step: string) => {
      live.changed({ key, rules: play.rules, run: play.run() } as OpenRun, new Set([step]));
    };
    changed("a");
    live.look();
    play.succeed("a");
    changed("a");
    play.start("b");
    changed("b");
    live.look();
    assertEquals(said, ["a: of a", "b: of b"]);
  });

  it("is the end of a line that is too long, and where the rest is", async () => {
    const printed = createPrintedSteps({ ports: { files: createFiles() }, ledger });
    const shown = () => printed({ key }, { step: a, most: Infinity });
    await Deno.writeTextFile(paths.log, `${"x".repeat(300_000)} FATAL: disk`);
    const left = 300_012 - 256 * 1024;
    const note = `… ${left} bytes before this are in ${paths.log}`;
    assertEquals(shown(), [note, `${"x".repeat(300_000 - left)} FATAL: disk`]);
    await Deno.writeTextFile(paths.log, `${"x".repeat(300_000)}\nlast\n`);
    assertEquals(shown(), [`… ${300_006 - 256 * 1024} bytes before this are in ${paths.log}`, "last"]);
  });
});
