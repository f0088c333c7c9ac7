import { noteStart } from "../../../src/agents/briefing.ts";
import { mailLine } from "../../../src/agents/doorbell.ts";
import type { HookDeps } from "../../../src/agents/hook_call.ts";
import { parseHookInput } from "../../../src/agents/hook_input.ts";
import type { Agent } from "../../../src/agents/presets.ts";
import { noteTerminal } from "../../../src/agents/terminal_agent.ts";
import { answerPrompt, answerStop, noteNotification } from "../../../src/agents/turn_end.ts";
import type { Sessions } from "../../../src/sessions/sessions.ts";
import { readMessage, sendMessage, unseenFor } from "../../../src/town/mail/mail.ts";
import { type AgentTown, workerCaller } from "./agent_fixture.ts";
import type { Captured } from "../../../src/sessions/session.ts";

/** What happens around an agent, beside our ringing. */
export const events = [
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
export type Event = typeof events[number];

/** With hooks; or without them, with an input line that always shows (`tui`) or only when it takes input (`lines`). */
export type Kind = "hooks" | "tui" | "lines";

/**
 * A client in a terminal, with the hooks that a real one calls, or without any.
 *
 * It happens to be in a turn, to ask a question on its screen, to lose Enter, to show late what was typed; a person
 * types into it at any time, but not within the milliseconds between our look at the screen and our key.
 */
export class FakeClient {
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
  readonly #kind: Kind;
  #seconds = 0;
  #turns = 0;
  #answering = "";
  #isRung = false;
  readonly #caller = workerCaller("app-one");

  constructor(at: AgentTown, next: () => Event, kind: Kind = "hooks") {
    this.#at = at;
    this.#next = next;
    this.#kind = kind;
    const hooks = kind === "hooks" ? "claude-settings" : "none";
    const agent = {
      name: "fake",
      hooks,
      promptMode: "argument",
      input: undefined,
      env: {},
    } as unknown as Agent;
    noteTerminal(at, { agent, caller: { ...this.#caller, session: "gt-worker-1" }, cwd: "/w/1" });
    if (kind !== "hooks") return;
    this.#call({ session_id: "s1", source: "startup" }, (deps) => noteStart(deps, deps.input));
    this.#stop();
  }

  readonly sessions = {
    capture: (): Promise<Captured> => {
      this.happen();
      if (this.slow > 0) this.slow--;
      else this.shown = this.input;
      const text = this.#screen();
      const row = text.split("\n").length - 1;
      return Promise.resolve({
        ...{ kind: "captured", text, columns: 80, rows: 24, scrolled: false },
        cursor: { column: text.length - text.lastIndexOf("\n") - 1, row },
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

  /** Without hooks a turn shows by what moves, or by how to leave it; a program of lines shows what it answers to. */
  #screen(): string {
    if (this.mode === "dialog") return "Do you want to proceed?\n❯ 1. Yes\n  2. No";
    if (this.mode === "idle") return `● ${this.#turns} outputs\n❯ ${this.shown}`;
    if (this.#kind === "lines") return `● ${this.#turns} outputs\n❯ ${this.#answering}\nThinking`;
    const sign = this.#kind === "tui" && this.#turns % 2 === 1 ? `${this.#seconds++}s` : "esc to interrupt";
    return `● ${this.#turns} outputs\n✻ Working… (${sign})\n❯ ${this.shown}`;
  }

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
        this.#restarts++;
        if (this.#kind !== "hooks") {
          this.#look();
          break;
        }
        this.#call(
          { session_id: `s${this.#restarts}`, source: "startup" },
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
    this.#isRung = false;
    sendMessage(town.ledger, { from: "overseer", to, subject: "", body, random: ports.random });
  }

  #enter(certain = false): void {
    if (!certain && this.lostEnters > 0) return void this.lostEnters--;
    const line = this.input;
    [this.input, this.shown] = ["", ""];
    if (line === "" || this.mode === "dialog") return;
    this.mode = "turn";
    this.#turns++;
    if (this.#kind !== "hooks") {
      this.#answering = line;
      if (!line.includes(mailLine)) return;
      if (this.#isRung) this.harm.push("rang twice for the same mail");
      this.#isRung = true;
      return this.#look();
    }
    this.#call({ session_id: "s1" }, (deps) => answerPrompt(deps, (text) => this.mail.push(text)));
  }

  /** What a model does that was told of mail. */
  #look(): void {
    for (const { id } of unseenFor(this.#at.town.ledger.view, { address: "worker-1" })) {
      this.mail.push(readMessage(this.#at.town.ledger, { actor: "worker-1", id }).body);
    }
  }

  #ask(): void {
    this.mode = "dialog";
    if (this.#kind !== "hooks") return;
    const said = { session_id: "s1", message: "Claude needs your permission" };
    this.#call(said, noteNotification);
  }

  /** Like a real client: a refused stop is another turn, which ends sooner or later. */
  #stop(): void {
    this.mode = "idle";
    if (this.#kind !== "hooks") return;
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
