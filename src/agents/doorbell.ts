import type { Ports } from "../ports/ports.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { waitForLock } from "../ports/lock.ts";
import type { TownPaths } from "../town/paths.ts";
import type { Town } from "../town/town.ts";
import { activityOf } from "./activity.ts";
import { besidesInput, holdsLine, readScreen } from "./screen.ts";
import { noteRungFor, rungFor } from "./mail_rings.ts";
import { readTurn, stillScreen } from "./screen_watch.ts";
import { inputLookOf, terminalOf } from "./terminal_agent.ts";
import { type LineOrder, takenMeanwhile, typedBefore, typeSafely } from "./typing.ts";

/** What ringing needs. */
export interface DoorbellDeps {
  ports: Ports;
  town: Town;
  sessions: Sessions;
}

/** Why nothing was typed. What there is to say waits in the mailbox, and is shown at the agent's next turn. */
export type QueuedBecause =
  /** A turn is under way. */
  | "busy"
  /** The agent asks a person for a decision. */
  | "decision"
  /** A person has typed half a line. */
  | "half-typed"
  /** A person is looking at the pane's history. */
  | "scrolled"
  /** What was typed stands in the input, and Enter does nothing. */
  | "not-taken"
  /** No input line shows. */
  | "no-input"
  /** The agent has not reported yet, or is a person's shell, which never does. */
  | "not-reported"
  | "no-session"
  /** The session cannot be read now. */
  | "unknown";

/** Where to ring, and what for. */
export interface RingOrder {
  session: string;
  text: string;
  /** Ids of the messages it rings for; when it rang for all of them already, it does not ring again. */
  mail?: readonly string[];
}

/** Whether the doorbell rang. */
export type Rung = { kind: "rung"; at: number } | { kind: "queued"; because: QueuedBecause };

/**
 * Types a line into an agent's session, if that disturbs nobody: the agent is idle by its own hooks, asks for no
 * decision, and nobody has typed half a line. One without hooks is idle when its screen stands still, shows an empty
 * input line, and says nothing of a turn. Otherwise types nothing, and says why. Never sends another key.
 *
 * A line of ours that still stands there, because its Enter was lost, is sent instead of another one.
 */
export async function ringDoorbell(deps: DoorbellDeps, order: RingOrder): Promise<Rung> {
  const { ports, town: { ledger, paths } } = deps;
  const { session, mail = [] } = order;
  const lock = await waitForLock(ports.clock, { file: typingLock(paths, session) });
  if (!lock) return queued("unknown");
  try {
    const known = rungFor(ledger, session);
    if (mail.length > 0 && mail.every((id) => known.includes(id))) {
      return { kind: "rung", at: ports.clock.now() };
    }
    const rung = await ringIdle(deps, order);
    if (rung.kind === "rung" && mail.length > 0) noteRungFor(ledger, { session, ids: mail });
    return rung;
  } finally {
    lock.release();
  }
}

/** The lock of whoever types into a session: two that type at once would write one line between them. */
export function typingLock({ locks }: Pick<TownPaths, "locks">, session: string): string {
  return `${locks}/typing-${session}.lock`;
}

async function ringIdle(deps: DoorbellDeps, options: RingOrder): Promise<Rung> {
  const { town, sessions } = deps;
  const { session, text, mail } = options;
  const terminal = terminalOf(town.ledger, session);
  const look = inputLookOf(terminal);
  const silent = look ? undefined : silentBecause(deps, session);
  if (silent !== undefined) return queued(silent);
  const screen = look ? await stillScreen(deps, session) : await sessions.capture(session);
  if (screen.kind === "moving") return queued("busy");
  if (screen.kind === "absent") return queued("no-session");
  if (screen.kind === "unknown") return queued("unknown");
  if (screen.scrolled) return queued("scrolled");
  const reading = look ? readTurn(screen, look) : readScreen(screen);
  if (reading === "turn") return queued("busy");
  const left = reading === "half-typed" ? typedBefore(deps, session) : undefined;
  const isTyped = left !== undefined && holdsLine(screen, left, look);
  if (reading !== "free" && !isTyped) return queued(reading);
  // Looking took a moment, in which the agent may have begun a turn.
  if (!look && activityOf(town.ledger, session)?.busy !== false) return queued("busy");
  const shown = besidesInput(screen, look);
  const startedAt = terminal?.at ?? 0;
  const taken = look && !isTyped
    ? takenMeanwhile(deps, { session, text, mail, shown, startedAt })
    : undefined;
  if (taken !== undefined) return { kind: "rung", at: taken };
  return await type(deps, { session, text: left ?? text, isTyped, look, shown, mail });
}

async function type(
  deps: DoorbellDeps,
  line: LineOrder,
): Promise<Rung> {
  const at = deps.ports.clock.now();
  const typed = await typeSafely(deps, line);
  switch (typed.kind) {
    case "taken":
      return { kind: "rung", at };
    case "disturbed": {
      const now = typed.screen.kind === "captured" ? readScreen(typed.screen, line.look) : "unknown";
      return queued(now === "free" ? "not-taken" : now);
    }
    case "not-taken":
    case "scrolled":
      return queued(typed.kind);
    case "absent":
      return queued("no-session");
    case "unknown":
      return queued("unknown");
  }
}

function queued(because: QueuedBecause): Rung {
  return { kind: "queued", because };
}

/** Why an agent may not be typed at, by its own word. */
function silentBecause({ town }: DoorbellDeps, session: string): QueuedBecause | undefined {
  const { ledger } = town;
  const activity = activityOf(ledger, session);
  const started = ledger.ephemeral.get<{ startedAt?: number }>("session", session)?.startedAt ?? 0;
  if (!activity || activity.event === "end" || activity.at < started) return "not-reported";
  if (activity.needs !== undefined) return "decision";
  return activity.busy ? "busy" : undefined;
}

/**
 * The line that is typed when there is mail; what the mail says is brought by the agent's own hook. It begins with no
 * letter that answers a question, should one come up that very moment.
 */
export const mailLine = "Mail has come. If it is not shown here, run: gt mail inbox --unread";

/** A reason in words, for a person. */
export function whyQueued(because: QueuedBecause): string {
  const words: Readonly<Record<QueuedBecause, string>> = {
    "busy": "it is in the middle of a turn",
    "decision": "it is asking a person for a decision",
    "half-typed": "somebody has typed half a line there",
    "scrolled": "somebody is looking at its history",
    "not-taken": "its input does not take Enter",
    "no-input": "it shows no input line",
    "not-reported": "it has not reported that it is idle",
    "no-session": "it has no session now",
    "unknown": "its session cannot be read now",
  };
  return words[because];
}
