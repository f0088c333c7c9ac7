import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { noteStart } from "../../../src/agents/briefing.ts";
import { mailLine, ringDoorbell } from "../../../src/agents/doorbell.ts";
import type { HookDeps } from "../../../src/agents/hook_call.ts";
import { parseHookInput } from "../../../src/agents/hook_input.ts";
import { answerPrompt, answerStop, noteNotification } from "../../../src/agents/turn_end.ts";
import { createTestClock } from "../../../src/ports/clock.ts";
import type { Captured, Sessions } from "../../../src/sessions/sessions.ts";
import { sendMessage, unseenFor } from "../../../src/town/mail/mail.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

/** What happens around an agent, beside our ringing. */
const events = [
  "person types",
  "person clears",
  "person sends",
  "turn ends",
  "dialog opens",
  "dialog is answered",
  "next Enter is lost",
  "screen is slow",
  "mail arrives",
  "client restarts",
  "nothing",
] as const;
type Event = typeof events[number];

/**
 * A client in a terminal, with the hooks that a real one calls.
 *
 * It happens to be in a turn, to ask a question on its screen, to lose Enter, to show late what was typed; a person
 * types into it at any time, but not within the milliseconds between our look at the screen and our key.
 */
class FakeClient {
  input = "";
  shown = "";
  mode: "idle" | "turn" | "dialog" = "idle";
  lostEnters = 0;
  slow = 0;
  sent: string[] = [];
  mail: string[] = [];
  harm: string[] = [];
  #letters = 0;
  #restarts = 1;
  readonly #at: AgentTown;
  readonly #next: () => Event;
  readonly #caller = workerCaller("app-one");

  constructor(at: AgentTown, next: () => Event) {
    this.#at = at;
    this.#next = next;
    this.#call({ session_id: "s1", source: "startup" }, (deps) => noteStart(deps, deps.input));
    this.#stop();
  }

  readonly sessions = {
    capture: (): Promise<Captured> => {
      this.happen();
      if (this.slow > 0) this.slow--;
      else this.shown = this.input;
      const text = this.mode === "dialog"
        ? "Do you want to proceed?\n❯ 1. Yes\n  2. No"
        : `● output\n${this.mode === "turn" ? "✻ Working… (esc to interrupt)\n" : ""}❯ ${this.shown}`;
      const row = text.split("\n").length - 1;
      return Promise.resolve({
        ...{ kind: "captured", text, columns: 80, rows: 24, scrolled: false },
        cursor: { column: 2 + this.shown.length, row },
      });
    },
    typeText: (_name: string, text: string) => {
      if (this.mode !== "idle") this.harm.push(`typed in ${this.mode}`);
      if (this.input !== "") this.harm.push(`typed behind "${this.input}"`);
      this.input += text;
      return Promise.resolve({ kind: "typed" as const });
    },
    pressEnter: () => {
      if (this.mode === "dialog") this.harm.push("answered a dialog");
      if (this.input !== "" && this.input !== mailLine) this.harm.push(`sent "${this.input}"`);
      this.#enter();
      return Promise.resolve({ kind: "typed" as const });
    },
  } as unknown as Sessions;

  happen(event: Event = this.#next()): void {
    switch (event) {
      case "person types":
        if (this.mode !== "dialog") this.input += String.fromCharCode(97 + this.#letters++ % 26);
        this.shown = this.input;
        break;
      case "person clears":
        this.input = this.shown = "";
        break;
      case "person sends":
        if (this.mode === "idle") this.#enter(true);
        break;
      case "turn ends":
        if (this.mode === "turn") this.#stop();
        break;
      case "dialog opens":
        if (this.mode === "turn") this.#ask();
        break;
      case "dialog is answered":
        if (this.mode === "dialog") this.mode = "turn";
        break;
      case "next Enter is lost":
        this.lostEnters++;
        break;
      case "screen is slow":
        this.slow = 3;
        break;
      case "mail arrives":
        this.send();
        break;
      case "client restarts":
        [this.mode, this.input, this.shown] = ["idle", "", ""];
        this.#call(
          { session_id: `s${++this.#restarts}`, source: "startup" },
          (deps) => noteStart(deps, deps.input),
        );
        this.#stop();
        break;
      case "nothing":
        break;
    }
  }

  send(): void {
    const { ports, town } = this.#at;
    const to = [{ name: "worker-1" }];
    const body = `Message ${this.sent.length}.`;
    this.sent.push(body);
    sendMessage(town.ledger, { from: "overseer", to, subject: "", body, random: ports.random });
  }

  #enter(certain = false): void {
    if (!certain && this.lostEnters > 0) return void this.lostEnters--;
    const line = this.input;
    [this.input, this.shown] = ["", ""];
    if (line === "" || this.mode === "dialog") return;
    this.mode = "turn";
    this.#call({ session_id: "s1" }, (deps) => answerPrompt(deps, (text) => this.mail.push(text)));
  }

  #ask(): void {
    this.mode = "dialog";
    const said = { session_id: "s1", message: "Claude needs your permission" };
    this.#call(said, noteNotification);
  }

  /** Like a real client: a refused stop is another turn, which ends sooner or later. */
  #stop(): void {
    this.mode = "idle";
    this.#call({ session_id: "s1", stop_hook_active: true }, (deps) =>
      answerStop(deps, ({ reason }) => {
        this.mail.push(reason);
        this.mode = "turn";
      }));
  }

  #call(said: Record<string, unknown>, hook: (deps: HookDeps) => void): void {
    hook({ ...this.#at, caller: this.#caller, input: parseHookInput(JSON.stringify(said)) });
  }

  /** Nothing stands in the way any more. */
  calm(): void {
    for (const event of ["dialog is answered", "turn ends", "turn ends"] as const) this.happen(event);
    [this.lostEnters, this.slow] = [0, 0];
    if (this.input !== mailLine) this.happen("person clears");
  }
}

async function storm(schedule: readonly Event[]): Promise<void> {
  await inTown(async (base) => {
    const clock = createTestClock();
    const at: AgentTown = { ...base, ports: { ...base.ports, clock } };
    at.work("app-one");
    const left = [...schedule];
    const client = new FakeClient(at, () => left.shift() ?? "nothing");
    const sleep = clock.sleep;
    clock.sleep = (ms) => {
      client.happen();
      return sleep(ms);
    };
    const ring = () =>
      ringDoorbell({ ...at, sessions: client.sessions }, { session: "gt-worker-1", text: mailLine });
    const hasMail = () => unseenFor(at.town.ledger.view, { address: "worker-1" }).length > 0;
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

describe("nudging an agent", () => {
  it("loses nothing, doubles nothing and types over nothing, whatever happens around it", async () => {
    const schedules = fc.array(fc.constantFrom(...events), { maxLength: 40 });
    await fc.assert(fc.asyncProperty(schedules, storm), { numRuns: 60, seed: 5 });
  });

  it("makes good an Enter that was lost, at once or at the next ring", async () => {
    for (const lost of [1, 2, 3, 4, 7]) {
      await storm(Array<Event>(lost).fill("next Enter is lost"));
    }
  });
});
