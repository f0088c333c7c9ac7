import type { Ports } from "../ports/ports.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { Town } from "../town/town.ts";
import { activityOf } from "./activity.ts";
import { readScreen } from "./screen.ts";

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
 */
export async function ringDoorbell(
  deps: DoorbellDeps,
  options: { session: string; text: string },
): Promise<Rung> {
  const { ports, town, sessions } = deps;
  const queued = (because: QueuedBecause): Rung => ({ kind: "queued", because });
  const activity = activityOf(town.ledger, options.session);
  const started = town.ledger.ephemeral.get<{ startedAt?: number }>("session", options.session)?.startedAt ??
    0;
  if (!activity || activity.event === "end" || activity.at < started) return queued("not-reported");
  if (activity.needs !== undefined) return queued("decision");
  if (activity.busy) return queued("busy");
  const screen = await sessions.capture(options.session);
  if (screen.kind === "absent") return queued("no-session");
  if (screen.kind === "unknown") return queued("unknown");
  if (screen.scrolled) return queued("scrolled");
  const reading = readScreen(screen);
  if (reading !== "free") return queued(reading);
  // Looking took a moment, in which the agent may have begun a turn.
  if (activityOf(town.ledger, options.session)?.busy !== false) return queued("busy");
  const at = ports.clock.now();
  const typed = await sessions.typeLine(options.session, options.text);
  switch (typed.kind) {
    case "typed":
      return { kind: "rung", at };
    case "scrolled":
      return queued("scrolled");
    case "absent":
      return queued("no-session");
    case "unknown":
      return queued("unknown");
  }
}

/** The line that is typed when there is mail; what the mail says is brought by the agent's own hook. */
export const mailLine = "You have mail. If it is not shown here, run: gt mail inbox --unread";

/** A reason in words, for a person. */
export function whyQueued(because: QueuedBecause): string {
  const words: Readonly<Record<QueuedBecause, string>> = {
    "busy": "it is in the middle of a turn",
    "decision": "it is asking a person for a decision",
    "half-typed": "somebody has typed half a line there",
    "scrolled": "somebody is looking at its history",
    "no-input": "it shows no input line",
    "not-reported": "it has not reported that it is idle",
    "no-session": "it has no session now",
    "unknown": "its session cannot be read now",
  };
  return words[because];
}
