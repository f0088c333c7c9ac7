import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Activity, noteActivity } from "../../../src/agents/activity.ts";
import { ringDoorbell } from "../../../src/agents/doorbell.ts";
import { createTestClock } from "../../../src/ports/clock.ts";
import type { Sessions } from "../../../src/sessions/sessions.ts";
import { inTown } from "./agent_fixture.ts";
import type { Captured } from "../../../src/sessions/session.ts";

/** A session that shows a screen, and remembers what was typed and sent. */
function fakeSession(screen: Captured): { sessions: Sessions; lines: string[] } {
  const lines: string[] = [];
  let held = "";
  const typed = Promise.resolve({ kind: "typed" });
  const sessions = {
    capture: () =>
      Promise.resolve(
        screen.kind === "captured"
          ? {
            ...screen,
            text: "● taken\n".repeat(lines.length) + screen.text + held,
            cursor: { ...screen.cursor, row: screen.cursor.row + lines.length },
          }
          : screen,
      ),
    typeText(_name: string, text: string) {
      held += text;
      return typed;
    },
    pressEnter() {
      lines.push(held);
      held = "";
      return typed;
    },
  } as unknown as Sessions;
  return { sessions, lines };
}

function shows(text: string, scrolled = false): Captured {
  const rows = text.split("\n");
  const cursor = { column: rows.at(-1)!.length, row: rows.length - 1 };
  return { kind: "captured", text, cursor, columns: 80, rows: 24, scrolled };
}

const idle: Activity = { at: 5, event: "stop", busy: false };
const cases: [name: string, sign: Activity | undefined, screen: Captured, came: string][] = [
  ["rings an idle agent with an empty line", idle, shows("● done\n❯ "), "rung"],
  ["leaves an agent in a turn alone", { ...idle, busy: true }, shows("❯ "), "busy"],
  ["leaves an agent alone that never reported", undefined, shows("❯ "), "not-reported"],
  ["leaves an agent alone that has ended", { ...idle, event: "end" }, shows("$ "), "not-reported"],
  ["leaves an agent alone that needs a person", { ...idle, needs: "permission" }, shows("❯ "), "decision"],
  ["leaves a dialog alone", idle, shows("Do you want to proceed?\n❯ 1. Yes"), "decision"],
  ["leaves half a line alone", idle, shows("❯ half a l"), "half-typed"],
  ["leaves a person alone who reads the history", idle, shows("❯ ", true), "scrolled"],
  ["leaves a screen without an input line alone", idle, shows("compiling"), "no-input"],
  ["says when there is no session", idle, { kind: "absent" }, "no-session"],
  ["says when the session cannot be read", idle, { kind: "unknown", reason: "x" }, "unknown"],
];

describe("the doorbell", () => {
  for (const [name, sign, screen, came] of cases) {
    it(name, () =>
      inTown(async ({ ports, town }) => {
        if (sign) noteActivity(town.ledger, { session: "gt-worker-1", sign });
        const { sessions, lines } = fakeSession(screen);
        const rung = await ringDoorbell({ ports, town, sessions }, { session: "gt-worker-1", text: "mail" });
        assertEquals(rung.kind === "rung" ? "rung" : rung.because, came);
        assertEquals(lines, came === "rung" ? ["mail"] : []);
      }));
  }

  it("does not take an idle sign of the session before for one of this", () =>
    inTown(async ({ ports, town }) => {
      noteActivity(town.ledger, { session: "gt-worker-1", sign: idle });
      town.ledger.ephemeral.put("session", "gt-worker-1", { startedAt: 6 });
      const { sessions, lines } = fakeSession(shows("❯ "));
      const rung = await ringDoorbell({ ports, town, sessions }, { session: "gt-worker-1", text: "mail" });
      assertEquals([rung, lines], [{ kind: "queued", because: "not-reported" }, []]);
    }));
});

describe("the doorbell of an agent without hooks that asks the moment it has taken a line", () => {
  const session = "gt-worker-1";

  /** Rings with a question behind the line, answers that, and rings again; returns what was sent. */
  const rings = (
    { then, mail, waitMs = 5_000 }: { then: string; mail?: readonly string[]; waitMs?: number },
  ): Promise<string[]> => {
    const sent: string[] = [];
    return inTown(async ({ ports: base, town }) => {
      const clock = createTestClock();
      const ports = { ...base, clock };
      town.ledger.ephemeral.put("terminal", session, { agent: "fake", idleBy: "screen", at: 0 });
      let held = "";
      let screen = "● 0 answers\n❯ ";
      const typed = Promise.resolve({ kind: "typed" });
      const sessions = {
        capture: () => Promise.resolve(shows(screen + held)),
        typeText: (_name: string, text: string) => (held += text, typed),
        pressEnter() {
          sent.push(held);
          held = "";
          screen = "Do you want to proceed?\n❯ 1. Yes\n  2. No";
          return typed;
        },
      } as unknown as Sessions;
      const deps = { ports, town, sessions };
      const first = await ringDoorbell(deps, { session, text: "mail", mail: ["m1"] });
      assertEquals(first, { kind: "queued", because: "decision" });
      screen = then;
      clock.advance(waitMs);
      await ringDoorbell(deps, { session, text: "mail", mail: mail ?? ["m1"] });
    }).then(() => sent);
  };

  it("rings once when the answer shows that it was taken", async () => {
    assertEquals(await rings({ then: "● 1 answer\n❯ " }), ["mail"]);
  });

  it("rings again when nothing has changed, for other mail, and when all this is long ago", async () => {
    const again = ["mail", "mail"];
    assertEquals(await rings({ then: "● 0 answers\n❯ " }), again);
    assertEquals(await rings({ then: "● 1 answer\n❯ ", mail: ["m1", "m2"] }), again);
    assertEquals(await rings({ then: "● 1 answer\n❯ ", waitMs: 70_000 }), again);
  });
});
