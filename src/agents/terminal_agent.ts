import type { Json } from "../lib/json.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { present } from "../lib/present.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "../town/town.ts";
import type { Caller } from "./caller.ts";
import { hasHandedOff } from "./handoff.ts";
import type { Agent } from "./presets.ts";
import { clientRecords, type RecordsName } from "./records/records.ts";
import { type InputLook, usualInput } from "./screen.ts";

/** How the agent of a session can be rung; the ephemeral record of kind `terminal`, by session name. */
export interface TerminalAgent {
  /** Name of the agent. */
  agent: string;
  /** What says that it is idle; at a person's own shell nothing is ever typed. */
  idleBy: "hooks" | "screen" | "nothing";
  /** For `screen`: a regular expression of the line in which it takes input. */
  input?: string;
  /** When it was started, in ms since the epoch. */
  at: number;
  /** Who it is, and the folder it works in. */
  caller: Caller;
  cwd: string;
  /** Whose records tell of its conversations, and where these are. */
  records?: { name: RecordsName; home: string };
  /** It was started to go on with the last conversation of its folder, and has not been idle since. */
  continues?: true;
  /** It got nowhere: what follows begins anew. */
  stuck?: true;
}

/** An agent that is about to be started. */
export interface StartingAgent {
  agent: Agent;
  caller: Caller & { session: string };
  cwd: string;
  /** It goes on with the last conversation of its folder, whichever that is. */
  continues?: boolean;
}

/** Records which agent is about to be started in a session. */
export function noteTerminal(
  { ports, town: { ledger } }: { ports: Pick<Ports, "clock" | "env">; town: Pick<Town, "ledger"> },
  { agent, caller, cwd, continues }: StartingAgent,
): void {
  const { name, hooks, promptMode, input, records, env } = agent;
  const home = records && clientRecords[records].home((key) => env[key] ?? ports.env.get(key));
  const terminal: TerminalAgent = {
    agent: name,
    idleBy: hooks !== "none" ? "hooks" : promptMode === "none" ? "nothing" : "screen",
    at: ports.clock.now(),
    caller: { ...caller, agent: name },
    cwd,
    ...present({ input, records: home === undefined ? undefined : { name: records!, home } }),
    ...(continues ? { continues: true } : {}),
  };
  ledger.ephemeral.put("terminal", caller.session, terminal as unknown as Json);
}

/**
 * Whether an agent may go on with the last conversation of its folder: its own of the same try, which has not handed off
 * or got nowhere, and has been idle since it was taken up the last time. For agents that tell no ids.
 */
export function mayContinue(
  ledger: Pick<Ledger, "ephemeral">,
  { before, starting }: { before: TerminalAgent; starting: StartingAgent },
): boolean {
  const { agent, caller, cwd } = starting;
  if (agent.continueWords === undefined || before.agent !== agent.name || before.cwd !== cwd) return false;
  if (before.caller.bead !== caller.bead || before.caller.n !== caller.n) return false;
  if (before.stuck || before.continues) return false;
  return !hasHandedOff(ledger, { session: caller.session, startedAt: before.at });
}

/** Records that the agent of a session got nowhere, or, without `stuck`, that it has been idle. */
export function noteTerminalState(
  ledger: Pick<Ledger, "ephemeral">,
  { session, stuck }: { session: string; stuck: boolean },
): void {
  const known = terminalOf(ledger, session);
  if (!known || (stuck ? known.stuck : !known.continues)) return;
  const { continues: _before, ...rest } = known;
  const next: TerminalAgent = stuck ? { ...known, stuck: true } : rest;
  ledger.ephemeral.put("terminal", session, next as unknown as Json);
}

/** Every agent whose start is recorded; its session may be over. */
export function terminals(ledger: Pick<Ledger, "ephemeral">): TerminalAgent[] {
  return ledger.ephemeral.list("terminal").map(({ value }) => value as unknown as TerminalAgent);
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
