import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { activityOf } from "../../../src/agents/activity.ts";
import { brief, noteStart, reportReady } from "../../../src/agents/briefing.ts";
import type { Caller } from "../../../src/agents/caller.ts";
import { handOff, hasHandedOff } from "../../../src/agents/handoff.ts";
import { parseHookInput } from "../../../src/agents/hook_input.ts";
import { answer, ask } from "../../../src/agents/questions.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { inbox, sendMessage } from "../../../src/town/mail/mail.ts";
import { attemptOf } from "../../../src/work/attempt_store.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

function prime(at: AgentTown, session: string, caller: Caller = workerCaller("app-one")): string {
  const input = parseHookInput(JSON.stringify({ session_id: session, source: "startup" }));
  let text = "";
  brief({ ...at, caller }, { input, print: (briefing) => text += briefing.text });
  return text;
}

function stateOf({ town }: AgentTown, id = "app-one"): string {
  return attemptOf(town.ledger.view.beadById(id)!)!.state;
}

describe("being ready", () => {
  it("moves an attempt that waits for its agent, and no other", () =>
    inTown((at) => {
      at.work("app-one", { state: "starting" });
      reportReady({ ...at, caller: workerCaller("app-one", 2) });
      assertEquals(stateOf(at), "starting");
      reportReady({ ...at, caller: workerCaller("app-one") });
      assertEquals(stateOf(at), "working");
      at.work("app-two", { state: "waiting" });
      reportReady({ ...at, caller: workerCaller("app-two") });
      assertEquals(stateOf(at, "app-two"), "waiting");
    }));

  it("counts as busy for a worker, which begins by itself, and as idle for a coordinator", () =>
    inTown((at) => {
      const input = parseHookInput('{"session_id":"s1","source":"startup"}');
      noteStart({ ...at, caller: workerCaller("app-one") }, input);
      noteStart(
        { ...at, caller: { role: "coordinator", actor: "coordinator", session: "gt-coordinator" } },
        input,
      );
      assertEquals(activityOf(at.town.ledger, "gt-worker-1")?.busy, true);
      assertEquals(activityOf(at.town.ledger, "gt-coordinator")?.busy, false);
    }));
});

describe("a briefing", () => {
  it("shows mail once, and says to later sessions that it was shown", () =>
    inTown((at) => {
      at.work("app-one");
      sendMessage(at.town.ledger, {
        from: "overseer",
        to: [{ name: "worker-1" }],
        subject: "frozen",
        body: "Rename nothing.",
        random: at.ports.random,
      });
      assertStringIncludes(prime(at, "s1"), "Rename nothing.");
      assert(!prime(at, "s1").includes("## Mail"));
      const later = prime(at, "s2");
      assert(later.includes("An earlier session was shown") && !later.includes("Rename nothing."));
    }));

  it("marks nothing as shown when it cannot be printed", () =>
    inTown((at) => {
      at.work("app-one");
      const letter = {
        from: "overseer",
        to: [{ name: "worker-1" }],
        subject: "a",
        body: "b",
        random: at.ports.random,
      };
      sendMessage(at.town.ledger, letter);
      const input = parseHookInput('{"session_id":"s1"}');
      assertThrows(() =>
        brief({ ...at, caller: workerCaller("app-one") }, {
          input,
          print() {
            throw new Error("the pipe is closed");
          },
        })
      );
      assertStringIncludes(prime(at, "s1"), "from overseer: a");
    }));

  it("uses the role text of the rig before that of the town", () =>
    inTown((at) => {
      at.work("app-one");
      at.ports.files.writeText(`${at.town.root}/roles/worker.md`, "TOWN RULES\n");
      assertStringIncludes(prime(at, "s1"), "TOWN RULES");
      at.ports.files.writeText(`${at.town.root}/rigs/app/roles/worker.md`, "RIG RULES\n");
      assertStringIncludes(prime(at, "s1"), "RIG RULES");
    }));
});

describe("handing off", () => {
  it("keeps the attempt and counts no restart; the next session is shown the note, once", () =>
    inTown((at) => {
      at.work("app-one");
      const caller = workerCaller("app-one");
      handOff(at, { caller, message: "Parser done." });
      const attempt = attemptOf(at.town.ledger.view.beadById("app-one")!)!;
      assertEquals([attempt.state, attempt.n, attempt.restarts], ["preparing", 1, 0]);
      const now = at.ports.clock.now();
      assertEquals(hasHandedOff(at.town.ledger, { session: "gt-worker-1", startedAt: now - 5_000 }), true);
      assertEquals(hasHandedOff(at.town.ledger, { session: "gt-worker-1", startedAt: now + 5_000 }), false);
      reportReady({ ...at, caller });
      assertStringIncludes(prime(at, "s2"), "Parser done.");
      assert(!prime(at, "s3").includes("Parser done."));
      assertEquals(inbox(at.town.ledger.view, { address: "worker-1", archived: true }).length, 1);
    }));

  it("is refused outside a session, and to an attempt that is over; then no note is left", () =>
    inTown((at) => {
      at.work("app-one", { n: 2 });
      assertThrows(() => handOff(at, { caller: { role: "overseer", actor: "overseer" } }), CommandError);
      assertThrows(() => handOff(at, { caller: workerCaller("app-one") }), CommandError, "attempt 1");
      assertEquals(inbox(at.town.ledger.view, { address: "worker-1", archived: true }), []);
    }));
});

describe("a question", () => {
  it("makes the work wait until it is answered; the answer is mail, and each question is its own message", () =>
    inTown((at) => {
      at.work("app-one");
      const caller = workerCaller("app-one");
      ask(at, { caller, question: "red or blue?" });
      assertEquals(stateOf(at), "waiting");
      const given = answer(at, { from: "overseer", bead: "app-one", text: "blue" });
      assertEquals([given.wasWaiting, given.reader.session, stateOf(at)], [true, "gt-worker-1", "working"]);
      assertStringIncludes(prime(at, "s1"), "Answer: red or blue?");
      const later = { ...at.ports.clock, now: () => at.ports.clock.now() + 1_000 };
      ask({ ...at, ports: { ...at.ports, clock: later } }, { caller, question: "light or dark?" });
      const asked = (archived: boolean) =>
        inbox(at.town.ledger.view, { address: "overseer", archived }).map(({ body }) => body).sort();
      assertEquals(asked(true), ["light or dark?", "red or blue?"]);
      assertEquals(asked(false), ["light or dark?"]);
    }));

  it("that nobody asked is answered with mail alone", () =>
    inTown((at) => {
      at.work("app-one");
      assertEquals(answer(at, { from: "overseer", bead: "app-one", text: "by the way" }).wasWaiting, false);
      at.work("app-two", { state: "merged" });
      assertThrows(
        () => answer(at, { from: "overseer", bead: "app-two", text: "x" }),
        CommandError,
        "nobody works on it",
      );
    }));
});
