import type { Ports } from "../ports/ports.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { Town } from "../town/town.ts";
import { activityOf } from "./activity.ts";
import { holdsLine, readScreen } from "./screen.ts";
import { typedBefore, typeSafely } from "./typing.ts";

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
  /** The agent has not reported yet, or has no hooks to report with. */
  | "not-reported"
  | "no-session"
  /** The session cannot be read now. */
  | "unknown";

/** Whether the doorbell rang. */
export type Rung = { kind: "rung"; at: number } | { kind: "queued"; because: QueuedBecause };

/**
 * Types a line into an agent's session, if that disturbs nobody: the agent is idle by its own hooks, asks for no
 * decision, and nobody has typed half a line. Otherwise types nothing, and says why. Never sends another key.
 *
 * A line of ours that still stands there, because its Enter was lost, is sent instead of another one.
 */
export async function ringDoorbell(
  deps: DoorbellDeps,
  options: { session: string; text: string },
): Promise<Rung> {
  const { ports, town, sessions } = deps;
  const { session } = options;
  const silent = silentBecause(deps, session);
  if (silent !== undefined) return queued(silent);
  const screen = await sessions.capture(session);
  if (screen.kind === "absent") return queued("no-session");
  if (screen.kind === "unknown") return queued("unknown");
  if (screen.scrolled) return queued("scrolled");
  const reading = readScreen(screen);
  const left = reading === "half-typed" ? typedBefore(deps, session) : undefined;
  const isTyped = left !== undefined && holdsLine(screen, left);
  if (reading !== "free" && !isTyped) return queued(reading);
  // Looking took a moment, in which the agent may have begun a turn.
  if (activityOf(town.ledger, session)?.busy !== false) return queued("busy");
  const at = ports.clock.now();
  const typed = await typeSafely(deps, { session, text: left ?? options.text, isTyped });
  switch (typed.kind) {
    case "taken":
      return { kind: "rung", at };
    case "disturbed": {
      const now = typed.screen.kind === "captured" ? readScreen(typed.screen) : "unknown";
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
