import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { createFiles } from "../../../../../src/ports/files.ts";
import { openLanes } from "../../../../../src/molecules/engine/commands/lanes.ts";

/** The lanes of a run of which the first has this record. */
async function recorded(lines: string) {
  const folder = await Deno.makeTempDir({ prefix: "gt-lanes-" });
  try {
    await Deno.writeTextFile(join(folder, "lane-0.record"), lines);
    return openLanes(createFiles(), { folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("the records of the commands of a run", () => {
  it("tell of all that an attempt printed where another process saw that it was not to begin", async () => {
    const lanes = await recorded("start a.1 100 0 0\nstart b.1 101 7 0\nskip b.1 101\n");
    assertEquals(lanes.find("a.1")?.log.to, undefined);
    assertEquals(lanes.find("b.1"), undefined);
  });

  it("tell why an attempt was ended, unless it had ended by then", async () => {
    const lines = ["start a.1 100 0 0", 'ending a.1 100 "interrupted"', "exit a.1 0"];
    assertEquals((await recorded(lines.map((line) => `${line}\n`).join(""))).endingOf("a.1"), "interrupted");
    const late = [lines[0], lines[2], lines[1]];
    assertEquals((await recorded(late.map((line) => `${line}\n`).join(""))).endingOf("a.1"), undefined);
  });

  it("are read where a line of them could not be written whole", async () => {
    const lanes = await recorded("start a.1 100 0 0\nending a.1 100 %22stopexit a.1 0\nstart b.1 101 7 0\n");
    assertEquals(lanes.endingOf("a.1"), undefined);
    assertEquals([lanes.find("a.1")?.log.to, lanes.find("b.1")?.pid], [7, 101]);
  });
});
