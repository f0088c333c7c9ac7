/**
 * Agents without hooks: only their screen says that they are idle, and only a line at their prompt tells them anything.
 *
 * @module
 */
import { join } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createTestTown, lostOrDoubled, type TestTown } from "./town_fixture.ts";

/** An agent that runs `gt prime`, as its first prompt says, and then does only what is typed at its prompt; one that goes on shows none. */
const silent = `#!/bin/sh
said() { printf '%s\\n' "$*" >> "$GT_TOWN/said-$GT_BEAD.txt"; }
said "prompt $*"
gt prime > "$GT_TOWN/primed-$GT_BEAD.txt"
[ "$1" != --continue ] || exec sleep 600
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

  it("goes on in its own conversation after kill -9, on the same attempt, and not twice in a row", () =>
    inTown(async (town, said) => {
      await town.must(["config", "set", "agents.silent.continue", '["--continue"]']);
      await town.must(["config", "set", "limits.idle_after", "10m"]);
      await sling(town, "app-1");
      const prompts = () => said("app-1").filter((line) => line.startsWith("prompt"));
      const kill = async (session: number) => {
        const pid = await town.until(`session ${session} at work`, async () => {
          const [worker] = await town.json(["worker", "list"]);
          return prompts().length === session && worker?.state === "working" && worker.pid;
        });
        Deno.kill(pid, "SIGKILL");
      };
      for (const session of [1, 2]) await kill(session);
      await town.until("a third session", () => Promise.resolve(prompts().length === 3));
      const [first, second, third] = prompts();
      assertMatch(second!, /^prompt --continue Your session ended unexpectedly .* Run the command gt prime/);
      // It was not seen idle in between, so the conversation may be what ends it.
      assertEquals([first!.includes("--continue"), third!.includes("--continue")], [false, false]);
      const { n, restarts } = await town.attempt("app-1");
      assertEquals([n, restarts], [1, 2]);
    }));
});
