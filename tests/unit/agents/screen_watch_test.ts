import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Agent } from "../../../src/agents/presets.ts";
import { activityOnScreen, seenOnScreen } from "../../../src/agents/screen_watch.ts";
import { noteTerminal } from "../../../src/agents/terminal_agent.ts";
import { createTestClock } from "../../../src/ports/clock.ts";
import type { Sessions } from "../../../src/sessions/sessions.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

const session = "gt-worker-1";

interface Watched extends AgentTown {
  /** What the session shows, the cursor at its end; every second look at it is counted in `looks`. */
  screen: { text: string; looks: number };
  /** Lets time pass, and looks; returns whether it is busy, since how many ms, and what it needs. */
  look(after: number): Promise<[busy: boolean, since: number, needs: string | undefined] | undefined>;
  prints(): void;
}

async function watched(
  use: (at: Watched) => Promise<void>,
  change: Partial<Agent> = {},
): Promise<void> {
  await inTown(async (base) => {
    const clock = createTestClock();
    const at = { ...base, ports: { ...base.ports, clock } };
    const agent = {
      name: "fake",
      hooks: "none",
      promptMode: "argument",
      env: {},
      ...change,
    } as unknown as Agent;
    noteTerminal(at, { agent, caller: { ...workerCaller("app-one"), session }, cwd: "/w/1" });
    const screen = { text: "❯ ", looks: 0 };
    const sessions = {
      capture() {
        screen.looks++;
        const rows = screen.text.split("\n");
        const cursor = { column: rows.at(-1)!.length, row: rows.length - 1 };
        return Promise.resolve({
          kind: "captured",
          text: screen.text,
          cursor,
          columns: 80,
          rows: 24,
          scrolled: false,
        });
      },
    } as unknown as Sessions;
    const log = join(at.town.paths.logs, `${session}.log`);
    const prints = () => {
      at.ports.files.appendText(log, "x");
      Deno.utimeSync(log, clock.now() / 1_000, clock.now() / 1_000);
    };
    prints();
    await use({
      ...at,
      screen,
      prints,
      async look(after) {
        clock.advance(after);
        const seen = await activityOnScreen({ ...at, sessions }, { session, everyMs: 1_000 });
        return seen && [seen.busy, clock.now() - seen.at, seen.needs];
      },
    });
  });
}

describe("watching the screen of an agent without hooks", () => {
  it("says since when it is idle, and looks again only when something was printed", () =>
    watched(async ({ look, screen, prints }) => {
      assertEquals(await look(1_000), [false, 0, undefined]);
      assertEquals(await look(5_000), [false, 5_000, undefined]);
      assertEquals(screen.looks, 1);
      prints();
      assertEquals(await look(2_000), [false, 7_000, undefined]);
      assertEquals(screen.looks, 2);
      prints();
      screen.text = "✻ Working (3s)\n❯ ";
      assertEquals(await look(999), [false, 7_999, undefined]);
      assertEquals(await look(1), [false, 0, undefined]);
      prints();
      screen.text = "✻ Working (4s · esc to interrupt)\n❯ ";
      assertEquals(await look(1_000), [true, 0, undefined]);
    }));

  it("takes a line of a person for a sign of one, and a line of ours for none", () =>
    watched(async ({ look, screen, prints, town }) => {
      screen.text = "❯ Mail has come";
      assertEquals((await look(1_000))?.[0], true);
      town.ledger.ephemeral.put("typed", session, { text: "Mail has come" });
      prints();
      assertEquals((await look(1_000))?.[0], false);
      screen.text = "❯ Mail has come and";
      prints();
      assertEquals((await look(1_000))?.[0], true);
    }));

  it("says that it asks a person, and what was seen last without a look", () =>
    watched(async ({ look, screen, town }) => {
      screen.text = "Do you want to proceed?\n❯ 1. Yes";
      const needs = "The agent asks for a decision on its screen";
      assertEquals(await look(1_000), [true, 0, needs]);
      assertEquals(seenOnScreen({ town }, session)?.needs, needs);
      assertEquals(screen.looks, 1);
    }));

  it("forgets what another session of the same name showed", () =>
    watched(async ({ look, screen, town, ports }) => {
      assertEquals(await look(1_000), [false, 0, undefined]);
      ports.clock.sleep(10);
      town.ledger.ephemeral.put("session", session, { startedAt: ports.clock.now() });
      assertEquals(seenOnScreen({ town }, session), undefined);
      assertEquals(await look(1_000), [false, 0, undefined]);
      assertEquals(screen.looks, 2);
    }));

  for (const change of [{ hooks: "claude-settings" as const }, { promptMode: "none" as const }]) {
    it(`says nothing of an agent with ${JSON.stringify(change)}`, () =>
      watched(async ({ look, screen }) => {
        assertEquals([await look(1_000), screen.looks], [undefined, 0]);
      }, change));
  }
});
