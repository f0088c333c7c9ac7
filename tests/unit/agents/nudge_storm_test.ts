import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { mailLine, ringDoorbell } from "../../../src/agents/doorbell.ts";
import { unrungMail } from "../../../src/agents/mail_rings.ts";
import { createTestClock } from "../../../src/ports/clock.ts";
import { unseenFor } from "../../../src/town/mail/mail.ts";
import { type AgentTown, inTown } from "./agent_fixture.ts";
import { type Event, events, FakeClient, type Kind } from "./fake_client.ts";

async function storm(schedule: readonly Event[], kind: Kind = "hooks"): Promise<void> {
  await inTown(async (base) => {
    const clock = createTestClock();
    const at: AgentTown = { ...base, ports: { ...base.ports, clock } };
    at.work("app-one");
    const left = [...schedule];
    const client = new FakeClient(at, () => left.shift() ?? "nothing", kind);
    const sleep = clock.sleep;
    clock.sleep = (ms) => {
      client.happen();
      return sleep(ms);
    };
    const session = "gt-worker-1";
    const { ledger } = at.town;
    const ring = async () => {
      const ids = unrungMail(ledger, { session, address: "worker-1" });
      if (kind !== "hooks" && ids.length === 0) return;
      const mail = kind === "hooks" ? [] : ids;
      await ringDoorbell({ ...at, sessions: client.sessions }, { session, text: mailLine, mail });
    };
    const hasMail = () => unseenFor(ledger.view, { address: "worker-1" }).length > 0;
    client.send();
    while (left.length > 0) {
      if (hasMail()) await ring();
      client.happen();
      clock.advance(100);
    }
    for (let tries = 0; tries < 4 && hasMail(); tries++) {
      client.calm();
      if (hasMail()) await ring();
      clock.advance(100);
    }
    assertEquals(client.harm, []);
    const shown = client.mail.join("\n").match(/Message \d+\./g) ?? [];
    assertEquals(shown.sort(), [...client.sent].sort());
  });
}

const schedules = fc.array(fc.constantFrom(...events), { maxLength: 60, size: "max" });

for (const kind of ["hooks", "tui", "lines"] as const) {
  describe(`nudging an agent (${kind})`, () => {
    it("loses nothing, doubles nothing and types over nothing, whatever happens around it", async () => {
      await fc.assert(fc.asyncProperty(schedules, (schedule) => storm(schedule, kind)), {
        numRuns: 50,
        seed: 5,
      });
    });

    it("does not take a line that a person clears, or replaces, for one that was taken", async () => {
      const lost: Event[] = [
        "next Enter is lost",
        "next Enter is lost",
        "person sends",
        "next Enter is lost",
      ];
      await storm([...lost, "person clears", "person types"], kind);
      for (const pause of [0, 1, 2, 3]) {
        const before = Array<Event>(pause).fill("nothing");
        await storm([...before, "next Enter is lost", "nothing", "person clears"], kind);
      }
    });

    it("makes good an Enter that was lost, at once or at the next ring", async () => {
      for (const lost of [1, 2, 3, 4, 7]) {
        await storm(Array<Event>(lost).fill("next Enter is lost"), kind);
      }
    });
  });
}
