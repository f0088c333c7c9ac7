import type { Json } from "../lib/json.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Agent } from "./presets.ts";
import { type InputLook, usualInput } from "./screen.ts";

/** How the agent of a session can be rung; the ephemeral record of kind `terminal`, by session name. */
export interface TerminalAgent {
  /** Name of the agent. */
  agent: string;
  /** What says that it is idle; at a person's own shell nothing is ever typed. */
  idleBy: "hooks" | "screen" | "nothing";
  /** For `screen`: a regular expression of the line in which it takes input. */
  input?: string;
}

/** Records which agent is about to be started in a session. */
export function noteTerminal(
  ledger: Pick<Ledger, "ephemeral">,
  { session, agent }: { session: string; agent: Agent },
): void {
  const { name, hooks, promptMode, input } = agent;
  const terminal: TerminalAgent = {
    agent: name,
    idleBy: hooks !== "none" ? "hooks" : promptMode === "none" ? "nothing" : "screen",
    ...(input === undefined ? {} : { input }),
  };
  ledger.ephemeral.put("terminal", session, terminal as unknown as Json);
}

/** Which agent a session was started with; undefined for one that was started before this was recorded. */
export function terminalOf(
  ledger: Pick<Ledger, "ephemeral">,
  session: string,
): TerminalAgent | undefined {
  return ledger.ephemeral.get<Json>("terminal", session) as unknown as TerminalAgent | undefined;
}

/** How the screen of an agent says that it is idle; undefined where its hooks do. */
export function inputLook({ hooks, input }: Pick<Agent, "hooks" | "input">): InputLook | undefined {
  return hooks === "none" ? lookFor(input) : undefined;
}

/** The same for the agent of a session. */
export function inputLookOf(terminal: TerminalAgent | undefined): InputLook | undefined {
  return terminal?.idleBy === "screen" ? lookFor(terminal.input) : undefined;
}

function lookFor(input: string | undefined): InputLook {
  return input === undefined ? usualInput : { line: new RegExp(input, "u") };
}
