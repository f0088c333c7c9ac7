import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Activity, noteActivity } from "../../../src/agents/activity.ts";
import { ringForUrgentMail } from "../../../src/agents/urgent_mail.ts";
import type { Sessions } from "../../../src/sessions/sessions.ts";
import { markDelivered, sendMessage, unseenFor } from "../../../src/town/mail/mail.ts";
import { type AgentTown, inTown } from "./agent_fixture.ts";

const session = "gt-coordinator";
const idle: Activity = { at: 5, event: "stop", busy: false };

function send({ ports, town }: AgentTown, body: string, urgent: boolean): void {
  const to = [{ name: "coordinator" }];
  sendMessage(town.ledger, { from: "worker-1", to, subject: "", body, urgent, random: ports.random });
}

/** Calls often; returns what was typed, and whether it wants to be called again. */
async function ring({ ports, town }: AgentTown, line = "❯ "): Promise<{ typed: number; again: boolean }> {
  let typed = 0;
  let held = "";
  let taken = 0;
  const sessions = {
    capture: () =>
      Promise.resolve({
        kind: "captured",
        text: `${"● taken\n".repeat(taken)}${line}${held}`,
        cursor: { column: 2, row: taken },
        columns: 80,
        rows: 24,
        scrolled: false,
      }),
    typeText(_name: string, text: string) {
      typed++;
      held = text;
      return Promise.resolve({ kind: "typed" });
    },
    pressEnter() {
      held = "";
      taken++;
      return Promise.resolve({ kind: "typed" });
    },
  } as unknown as Sessions;
  let again = false;
  for (let call = 0; call < 3; call++) {
    again = await ringForUrgentMail({ ports, town, sessions }) !== undefined;
  }
  return { typed, again };
}

describe("the coordinator's bell", () => {
  it("rings once for each urgent message, and for no other", () =>
    inTown(async (at) => {
      noteActivity(at.town.ledger, { session, sign: idle });
      assertEquals(await ring(at), { typed: 0, again: false });
      send(at, "by the way", false);
      assertEquals(await ring(at), { typed: 0, again: false });
      send(at, "HELP", true);
      assertEquals(await ring(at), { typed: 1, again: false });
      send(at, "HELP as well", true);
      assertEquals(await ring(at), { typed: 1, again: false });
    }));

  it("is silent about what was seen meanwhile", () =>
    inTown(async (at) => {
      noteActivity(at.town.ledger, { session, sign: idle });
      send(at, "HELP", true);
      const messages = unseenFor(at.town.ledger.view, { address: "coordinator" });
      markDelivered(at.town.ledger, { actor: "coordinator", messages, session: "one" });
      assertEquals(await ring(at), { typed: 0, again: false });
    }));

  it("waits while a turn is under way, nobody is there, or somebody types", () =>
    inTown(async (at) => {
      send(at, "HELP", true);
      assertEquals(await ring(at), { typed: 0, again: true });
      noteActivity(at.town.ledger, { session, sign: { ...idle, busy: true } });
      assertEquals(await ring(at), { typed: 0, again: true });
      noteActivity(at.town.ledger, { session, sign: idle });
      assertEquals(await ring(at, "❯ half a l"), { typed: 0, again: true });
      assertEquals(await ring(at), { typed: 1, again: false });
    }));
});
