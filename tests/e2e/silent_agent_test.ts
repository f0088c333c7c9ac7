/**
 * Agents without hooks: only their screen says that they are idle, and only a line at their prompt tells them anything.
 *
 * @module
 */
import { join } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createTestTown, lostOrDoubled, type TestTown } from "./town_fixture.ts";

/** An agent that runs `gt prime`, as its first prompt says, and then does only what is typed at its prompt. */
const silent = `#!/bin/sh
said() { printf '%s\\n' "$*" >> "$GT_TOWN/said-$GT_BEAD.txt"; }
said "prompt $*"
gt prime > "$GT_TOWN/primed-$GT_BEAD.txt"
while :; do
  printf '\\n> '
  IFS= read -r line || exit
  said "line $line"
  case $line in
    *'open work'*) echo "$GT_BEAD" > "$GT_BEAD.txt"; git add -A; git commit -qm "Add $GT_BEAD.txt"; gt done;;
    *'Mail has come'*)
      for id in $(gt mail inbox --unread --json | sed -n 's/.*"id": *"\\([^"]*\\)".*/\\1/p'); do
        said "mail $(gt mail read "$id" | tr '\\n' ' ')"
      done;;
    *dialog*) printf 'Do you want to proceed?\\n  1. Yes\\n> '; read -r line; said "answered $line";;
  esac
done
`;

async function inTown(use: (town: TestTown, said: (id: string) => string[]) => Promise<void>): Promise<void> {
  const town = await createTestTown({ config: { "limits.idle_after": "2s" } });
  try {
    const program = join(town.root, "silent");
    await Deno.writeTextFile(program, silent, { mode: 0o755 });
    await town.must(["config", "set", "agents.silent.command", program]);
    await town.must(["config", "set", "agent", "silent"]);
    await town.must(["start"]);
    await use(town, (id) => {
      try {
        return Deno.readTextFileSync(join(town.folder, `said-${id}.txt`)).trimEnd().split("\n");
      } catch {
        return [];
      }
    });
  } finally {
    await town.end();
  }
}

async function sling(town: TestTown, id: string): Promise<void> {
  await town.must(["--as", "bd", "create", `Add ${id}.txt`, "--id", id]);
  await town.must(["convoy", "create", "All", id]);
  await town.must(["sling", id, "app"]);
}

describe("an agent without hooks", () => {
  it("is rung for mail and for open work when its screen stands still, and its work lands", () =>
    inTown(async (town, said) => {
      await sling(town, "app-1");
      await town.until("work", async () => (await town.attempt("app-1")).state === "working");
      await town.must(["nudge", "worker-1", "The colour is blue"]);
      await town.landed(60);
      assertEquals(await lostOrDoubled(town, ["app-1"]), []);
      const [prompt, ...rest] = said("app-1");
      assertMatch(prompt!, /You are worker-1; on your hook is app-1 .* Run the command gt prime/);
      assertEquals(rest.filter((line) => line.includes("The colour is blue")).length, 1, rest.join("\n"));
      assertEquals(rest.filter((line) => /open work/.test(line)).length, 1, rest.join("\n"));
      assertEquals((await town.attempt("app-1")).restarts, 0);
      const costs = await town.json(["costs"]);
      assertEquals([costs.rows, costs.not_counted], [[], [{ agent: "silent", sessions: 1 }]]);
      assertMatch((await town.must(["costs"])).stdout, /Not counted for agent silent: 1 session/);
    }));
});
