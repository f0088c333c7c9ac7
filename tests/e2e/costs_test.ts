import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch } from "@std/assert";
import { createTestTown, type TestTown } from "./town_fixture.ts";

const recorded = join(import.meta.dirname!, "..", "unit", "agents", "transcripts", "plain.jsonl");

/** Puts a transcript of Claude Code where a script can take it, as if it were of this minute. */
async function writeTranscript(town: TestTown): Promise<string> {
  const soon = new Date(Date.now() + 60_000).toISOString();
  const text = (await Deno.readTextFile(recorded)).replaceAll(
    /"timestamp":"[^"]*"/g,
    `"timestamp":"${soon}"`,
  );
  const path = join(town.folder, "recorded.jsonl");
  await Deno.writeTextFile(path, text);
  return path;
}

/** A worker whose agent says where its transcript is, as Claude Code's hooks do, and is done when told to. */
function script(transcript: string): string {
  const input = JSON.stringify({
    session_id: "recorded",
    transcript_path: transcript,
    hook_event_name: "SessionStart",
    source: "clear",
  });
  return [
    `- run: ${JSON.stringify(`echo '${input}' | gt prime --hook`)}`,
    "- edit: { path: notes.txt, append: 'one more line' }",
    "- wait: { file: go }",
    "- commit: Add a line",
    "- done: true",
  ].join("\n");
}

async function isRecorded(town: TestTown): Promise<boolean> {
  const ops = join(town.folder, ".beads", "ops");
  for await (const { name } of Deno.readDir(ops)) {
    for await (const file of Deno.readDir(join(ops, name))) {
      if ((await Deno.readTextFile(join(ops, name, file.name))).includes("@journal/usage")) return true;
    }
  }
  return false;
}

describe("what agents use", () => {
  it("is known while they work, held to a budget, and kept when everything but the ledger is gone", async () => {
    const town = await createTestTown();
    try {
      const transcript = await writeTranscript(town);
      await town.plan([{ id: "app-1", script: script(transcript) }, { id: "app-2", script: "- done: true" }]);
      await town.must(["start"]);
      await town.must(["sling", "app-1", "app"]);
      const live = await town.until("its usage", async () => {
        const costs = await town.json(["costs"]);
        return costs.rows.length > 0 && costs;
      });
      assertEquals(live.rows.map((row: { key: string; output: number }) => [row.key, row.output]), [[
        "app-1",
        600,
      ]]);
      await town.must(["config", "set", "budgets.convoy.soft", "0.01"]);
      await town.until("the budget", async () => {
        const { needs } = await town.json(["status"]);
        return needs.some((need: { kind: string }) => need.kind === "budget");
      });
      await town.must(["sling", "app-2", "app"]);
      const { hooks } = await town.json(["status"]);
      assertEquals(hooks.map((hook: { waitsFor: string }) => hook.waitsFor), ["budget"]);
      await Deno.writeTextFile(join(town.folder, "go"), "");
      await town.until("app-1 lands", async () => (await town.attempt("app-1")).state === "merged");
      await town.until("its usage in the ledger", () => isRecorded(town));
      await town.must(["shutdown", "--now"]);

      await Deno.remove(transcript);
      for (const name of ["index.db", join("local", "ephemeral.db")]) {
        for (const end of ["", "-wal", "-shm"]) {
          await Deno.remove(join(town.folder, ".beads", name + end)).catch(() => {});
        }
      }
      assertEquals(await town.json(["costs"]), live);
      for (const by of ["worker", "convoy", "rig", "day", "model", "attempt"]) {
        const { rows } = await town.json(["costs", "--by", by]);
        assertEquals(rows.map((row: { output: number }) => row.output), [600], by);
      }
      assertMatch((await town.must(["costs"])).stdout, /app-1 +60 +600 .*\$\d/);
    } finally {
      await town.end();
    }
  });
});
