import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { activityOf } from "../../../src/agents/activity.ts";
import type { Caller } from "../../../src/agents/caller.ts";
import { parseHookInput } from "../../../src/agents/hook_input.ts";
import { MAIL_BYTES } from "../../../src/agents/mail_text.ts";
import { answerPrompt, answerStop, noteNotification } from "../../../src/agents/turn_end.ts";
import { inbox, sendMessage } from "../../../src/town/mail/mail.ts";
import type { AttemptState } from "../../../src/work/attempt.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

function stop(
  at: AgentTown,
  options: { caller?: Caller; input?: Record<string, unknown> } = {},
): string | undefined {
  const { caller = workerCaller("app-one"), input = {} } = options;
  let reason: string | undefined;
  const given = parseHookInput(JSON.stringify({ session_id: "s1", ...input }));
  answerStop({ ...at, caller, input: given }, (answer) => reason = answer.reason);
  return reason;
}

function prompt(at: AgentTown, caller: Caller = workerCaller("app-one")): string {
  let text = "";
  answerPrompt({ ...at, caller, input: parseHookInput('{"session_id":"s1"}') }, (shown) => text += shown);
  return text;
}

function send(at: AgentTown, body: string, options: { to?: string; urgent?: boolean } = {}): void {
  const { to = "worker-1", urgent = false } = options;
  sendMessage(at.town.ledger, {
    from: "overseer",
    to: [{ name: to }],
    subject: "",
    body,
    urgent,
    random: at.ports.random,
  });
}

describe("the end of a turn", () => {
  it("is refused once for open work, with the next command, and not again for the same reason", () =>
    inTown((at) => {
      at.work("app-one");
      assertStringIncludes(stop(at)!, "gt done");
      assertEquals(activityOf(at.town.ledger, "gt-worker-1")?.busy, true);
      assertEquals(stop(at, { input: { stop_hook_active: true } }), undefined);
      assertEquals(activityOf(at.town.ledger, "gt-worker-1")?.busy, false);
      assertEquals(stop(at), undefined);
    }));

  it("is refused again when another step is the current one, which the reason names", () =>
    inTown((at) => {
      at.work("app-one");
      const { ledger } = at.town;
      const bead = ledger.view.beadById("app-one")!;
      ledger.write("overseer", (transaction) => {
        for (const [id, title] of [["app-one.1", "Look"], ["app-one.2", "Change"]] as const) {
          const dependencies = [{ target: bead.key, type: "parent-child" }];
          transaction.create(id, { title, status: "open", issue_type: "step", dependencies });
        }
      });
      assertMatch(stop(at)!, /current step is app-one\.1 "Look".*bd close app-one\.1 --continue/);
      assertEquals(stop(at), undefined);
      const close = { status: "closed" };
      ledger.write("w", (transaction) => transaction.set(ledger.view.beadById("app-one.1")!.key, close));
      assertMatch(stop(at)!, /current step is app-one\.2 "Change"/);
    }));

  it("is refused again in another session of the agent, which has not heard the reason", () =>
    inTown((at) => {
      at.work("app-one");
      stop(at);
      assertMatch(stop(at, { input: { session_id: "s2" } })!, /open work/);
    }));

  it("is never refused for work to an agent that goes on only because it was refused", () =>
    inTown((at) => {
      at.work("app-one");
      assertEquals(stop(at, { input: { stop_hook_active: true } }), undefined);
    }));

  for (
    const state of [
      "waiting",
      "submitted",
      "queued",
      "merging",
      "escalated",
      "merged",
      "released",
    ] as AttemptState[]
  ) {
    it(`is allowed while the attempt is ${state}`, () =>
      inTown((at) => {
        at.work("app-one", { state });
        assertEquals(stop(at), undefined);
      }));
  }

  it("is allowed to an agent whose attempt is over, also with mail for its successor", () =>
    inTown((at) => {
      at.work("app-one", { n: 2 });
      send(at, "for the next one");
      assertEquals(stop(at), undefined);
      assertEquals(inbox(at.town.ledger.view, { address: "worker-1" })[0]!.state, "queued");
    }));

  it("shows mail instead, each message once, also to an agent that was refused already", () =>
    inTown((at) => {
      at.work("app-one", { state: "waiting" });
      send(at, "the first");
      assertStringIncludes(stop(at)!, "the first");
      send(at, "the second");
      const again = stop(at, { input: { stop_hook_active: true } })!;
      assertStringIncludes(again, "the second");
      assertEquals(again.includes("the first"), false);
      assertEquals(stop(at), undefined);
    }));

  it("is no time for a person's mail", () =>
    inTown((at) => {
      send(at, "hello", { to: "overseer" });
      assertEquals(stop(at, { caller: { role: "overseer", actor: "overseer" } }), undefined);
    }));
});

describe("the beginning of a turn", () => {
  it("shows urgent mail first and no more than fits; the rest comes next time, and nothing twice", () =>
    inTown((at) => {
      at.work("app-one");
      for (let count = 0; count < 9; count++) send(at, `number ${count}\n${"x".repeat(900)}`);
      send(at, "do this now", { urgent: true });
      const seen: string[] = [];
      for (let turn = 0; turn < 9; turn++) {
        const text = prompt(at);
        if (text === "") break;
        assertEquals(new TextEncoder().encode(text).length < MAIL_BYTES + 400, true);
        if (turn === 0) assertMatch(text, /^Mail for you.*\nURGENT .*do this now/);
        seen.push(...[...text.matchAll(/number \d$/gm)].map(([found]) => found));
      }
      const wanted = Array.from({ length: 9 }, (_, count) => `number ${count}`);
      assertEquals([...new Set(seen)].sort(), wanted);
    }));

  it("shows a message that is too long in part, and says how to read it", () =>
    inTown((at) => {
      at.work("app-one");
      send(at, Array.from({ length: 900 }, (_, line) => `line ${line}`).join("\n"));
      assertMatch(prompt(at), /gt mail read hq-msg-/);
      assertEquals(prompt(at), "");
    }));

  it("tells an agent whose attempt is over to stop", () =>
    inTown((at) => {
      at.work("app-one", { n: 2 });
      assertMatch(prompt(at), /^Stop: attempt 1 at app-one is over/);
    }));

  it("does not show a worker the mail about what an earlier holder of its number did", () =>
    inTown((at) => {
      at.work("app-old", { state: "merged" });
      at.work("app-one");
      const about = at.town.ledger.view.beadById("app-old")!.key;
      sendMessage(at.town.ledger, {
        from: "overseer",
        to: [{ name: "worker-1", about }],
        subject: "old",
        body: "stop at once",
        random: at.ports.random,
      });
      assertEquals(prompt(at), "");
    }));

  it("says that the agent is busy, until it stops", () =>
    inTown((at) => {
      at.work("app-one", { state: "waiting" });
      prompt(at);
      assertEquals(activityOf(at.town.ledger, "gt-worker-1")?.busy, true);
      stop(at);
      assertEquals(activityOf(at.town.ledger, "gt-worker-1")?.busy, false);
    }));
});

describe("a notification", () => {
  const notify = (at: AgentTown, input: Record<string, unknown>) =>
    noteNotification({
      ...at,
      caller: workerCaller("app-one"),
      input: parseHookInput(JSON.stringify(input)),
    });
  const activity = (at: AgentTown) => activityOf(at.town.ledger, "gt-worker-1");

  it("means a person is needed, until the next sign", () =>
    inTown((at) => {
      for (const notification_type of [undefined, "permission_prompt"]) {
        notify(at, { message: "Claude needs your permission to use Bash", notification_type });
        assertMatch(activity(at)!.needs!, /permission/);
        prompt(at);
        assertEquals(activity(at)?.needs, undefined);
      }
    }));

  it("that the agent waits for input leaves it idle since its stop", () =>
    inTown((at) => {
      at.work("app-one", { state: "waiting" });
      stop(at);
      const before = activity(at);
      const clock = { ...at.ports.clock, now: () => at.ports.clock.now() + 60_000 };
      for (const notification_type of [undefined, "idle_prompt"]) {
        const ports = { ...at.ports, clock };
        notify({ ...at, ports }, { message: "Claude is waiting for your input", notification_type });
        assertEquals(activity(at), before);
      }
    }));

  it("that the agent waits for input ends a turn that was interrupted, unless another has just begun", () =>
    inTown((at) => {
      const idle = { message: "Claude is waiting for your input", notification_type: "idle_prompt" };
      at.work("app-one", { state: "waiting" });
      prompt(at);
      notify(at, idle);
      assertEquals(activity(at)?.busy, true);
      const clock = { ...at.ports.clock, now: () => at.ports.clock.now() + 60_000 };
      notify({ ...at, ports: { ...at.ports, clock } }, idle);
      assertEquals(activity(at)?.busy, false);
    }));

  it("of anything else is no sign", () =>
    inTown((at) => {
      at.work("app-one", { state: "waiting" });
      stop(at);
      const before = activity(at);
      for (const notification_type of ["auth_success", "push_notification", "elicitation_complete"]) {
        notify(at, { message: "Something is finished", notification_type });
        assertEquals(activity(at), before);
      }
    }));
});

describe("what a hook is told", () => {
  it("is taken as far as it can be understood", () => {
    for (const text of ["", "null", "[]", "7", "{", '{"session_id":7,"tool_input":"x"}']) {
      assertEquals(parseHookInput(text), { stopHookActive: false });
    }
    assertEquals(parseHookInput('{"tool_input":{"command":"ls"},"stop_hook_active":true}'), {
      command: "ls",
      stopHookActive: true,
    });
  });
});
