import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../../../src/lib/errors.ts";
import { parseAddress } from "../../../../src/town/mail/addresses.ts";
import {
  archive,
  inbox,
  markDelivered,
  messageById,
  readMessage,
  reply,
  sendMessage,
  threadOf,
  unacknowledged,
  unseenFor,
} from "../../../../src/town/mail/mail.ts";
import { messageId } from "../../../../src/town/mail/messages.ts";
import { type AgentTown, inTown } from "../../agents/agent_fixture.ts";

function send({ town, ports }: AgentTown, subject: string, options: { to?: string; urgent?: boolean } = {}) {
  const { to = "coordinator", urgent = false } = options;
  return sendMessage(town.ledger, {
    from: "overseer",
    to: [{ name: to }],
    subject,
    body: "text",
    urgent,
    random: ports.random,
  })[0]!;
}

describe("mail", () => {
  it("has an id of its own for each identity, also of steps whose names an id cannot hold", () => {
    const ids = ["r/ok-1/1.gate.ann", "r/ok_1/1.gate.ann", "r/ok[1]/1.gate.ann", "r/OK-1/1.gate.ann"].map((
      each,
    ) => messageId("hq", each));
    assertEquals(ids[0], "hq-msg-r-ok-1-1-gate-ann");
    assertEquals(new Set(ids).size, ids.length);
    for (const id of ids) assertMatch(id, /^[a-z0-9-]+$/);
  });

  it("is listed urgent first, then the oldest, for its reader alone", () =>
    inTown((at) => {
      send(at, "one");
      send(at, "two");
      send(at, "now", { urgent: true });
      send(at, "else", { to: "crew/ann" });
      const found = inbox(at.town.ledger.view, { address: "coordinator" });
      assertEquals(found.map(({ subject }) => subject), ["now", "one", "two"]);
    }));

  it("goes from queued to delivered to acknowledged, and never back", () =>
    inTown((at) => {
      const { ledger } = at.town;
      const { id } = send(at, "one");
      const state = () => messageById(ledger.view, id).state;
      assertEquals(state(), "queued");
      markDelivered(ledger, {
        actor: "coordinator",
        messages: [messageById(ledger.view, id)],
        session: "s1",
      });
      assertEquals(state(), "delivered");
      readMessage(ledger, { actor: "coordinator", id });
      assertEquals(state(), "acknowledged");
      markDelivered(ledger, {
        actor: "coordinator",
        messages: [messageById(ledger.view, id)],
        session: "s2",
      });
      assertEquals([state(), messageById(ledger.view, id).session], ["acknowledged", "s1"]);
    }));

  it("is not acknowledged by somebody else who reads it", () =>
    inTown((at) => {
      const { id } = send(at, "one");
      assertEquals(readMessage(at.town.ledger, { actor: "overseer", id }).state, "queued");
    }));

  it("is unseen until it was shown to any session, and then known to later ones until it is acknowledged", () =>
    inTown((at) => {
      const { ledger } = at.town;
      const address = "coordinator";
      const { id } = send(at, "one");
      assertEquals(unseenFor(ledger.view, { address }).map((message) => message.id), [id]);
      markDelivered(ledger, { actor: address, messages: unseenFor(ledger.view, { address }), session: "s1" });
      assertEquals(unseenFor(ledger.view, { address }), []);
      assertEquals(unacknowledged(ledger.view, { address, session: "s1" }), []);
      assertEquals(unacknowledged(ledger.view, { address, session: "s2" }).map((message) => message.id), [
        id,
      ]);
      readMessage(ledger, { actor: address, id });
      assertEquals(unacknowledged(ledger.view, { address, session: "s2" }), []);
    }));

  it("is answered to its sender, in its thread, with its subject", () =>
    inTown((at) => {
      const { ledger } = at.town;
      const first = send(at, "plan");
      const second = reply(ledger, {
        actor: "coordinator",
        id: first.id,
        body: "yes",
        random: at.ports.random,
      });
      const third = reply(ledger, {
        actor: "overseer",
        id: second.id,
        body: "good",
        random: at.ports.random,
      });
      assertEquals([second.to, second.subject, third.to, third.subject], [
        "overseer",
        "Re: plan",
        "coordinator",
        "Re: plan",
      ]);
      assertEquals(threadOf(ledger.view, second.id).map(({ body }) => body).sort(), ["good", "text", "yes"]);
      assertEquals(messageById(ledger.view, first.id).state, "acknowledged");
    }));

  it("is archived by its reader or the overseer, and stays readable", () =>
    inTown((at) => {
      const { ledger } = at.town;
      const { id } = send(at, "one");
      assertThrows(
        () => archive(ledger, { actor: "worker-1", ids: [id] }),
        CommandError,
        "mail of coordinator",
      );
      assertEquals(archive(ledger, { actor: "coordinator", ids: [id] })[0]!.archived, true);
      assertEquals(inbox(ledger.view, { address: "coordinator" }), []);
      assertEquals(inbox(ledger.view, { address: "coordinator", archived: true }).length, 1);
      archive(ledger, { actor: "overseer", ids: [id] });
    }));

  it("is found by the beginning of its id, if only one begins so", () =>
    inTown((at) => {
      const { id } = send(at, "one");
      const [, short] = id.split("-msg-");
      for (const text of [id, short!, short!.slice(0, 6), id.slice(0, -1)]) {
        assertEquals(messageById(at.town.ledger.view, text).id, id);
      }
      assertThrows(() => messageById(at.town.ledger.view, "nothing"), CommandError, "there is none");
      at.work("app-one");
      assertThrows(() => messageById(at.town.ledger.view, "app-one"), CommandError, "there is none");
    }));

  it("takes its subject from its text, and is never empty", () =>
    inTown((at) => {
      const letter = { from: "overseer", to: [{ name: "coordinator" }], random: at.ports.random };
      assertEquals(sendMessage(at.town.ledger, { ...letter, subject: "", body: "a\nb" })[0]!.subject, "a");
      assertThrows(
        () => sendMessage(at.town.ledger, { ...letter, subject: " ", body: "\n" }),
        CommandError,
        "empty",
      );
    }));
});

describe("an address", () => {
  const good: [written: string, name: string][] = [
    ["overseer", "overseer"],
    ["human", "overseer"],
    ["mayor", "coordinator"],
    ["deacon", "steward"],
    ["worker-3", "worker-3"],
    ["polecat-3", "worker-3"],
    ["polecat/3", "worker-3"],
    ["crew/ann", "crew/ann"],
    ["witness/csm", "witness/csm"],
    ["refinery/web-app", "refinery/web-app"],
    ["@workers", "@workers"],
    ["@rig/csm", "@rig/csm"],
  ];
  for (const [written, name] of good) {
    it(`may be ${written}`, () => assertEquals(parseAddress(written).name, name));
  }

  for (
    const written of ["", "worker-0", "worker-", "worker-x", "crew/", "witness", "@rig", "@all", "crew/../x"]
  ) {
    it(`may not be ${JSON.stringify(written)}`, () => {
      assertThrows(() => parseAddress(written), CommandError, "no address");
    });
  }
});
