import type { Json } from "../lib/json.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** What an agent's own hooks last said, or its screen where it has none (`screen`, which is not recorded here); the ephemeral record of kind `activity`, by session name. */
export interface Activity {
  /** Time of the last sign, in ms since the epoch. */
  at: number;
  event: "start" | "prompt" | "stop" | "notification" | "end" | "screen";
  /** Whether a turn is under way, or about to be. */
  busy: boolean;
  /** The agent's own id of the session; a new one for every start of the agent. */
  sessionId?: string;
  /** Path of the agent's transcript. */
  transcript?: string;
  /** What the agent said it needs a person for. */
  needs?: string;
  /** The last reason for which a stop was refused in this session. */
  refusedStop?: string;
}

/** What the hooks of a session last said. */
export function activityOf(ledger: Ledger, session: string): Activity | undefined {
  return ledger.ephemeral.get("activity", session) as Activity | undefined;
}

/** Records a sign of an agent. What the sign does not mention stays; `needs` ends with the next prompt or stop. */
export function noteActivity(ledger: Ledger, options: { session: string; sign: Activity }): void {
  const { session, sign } = options;
  const { needs: _ended, ...before }: Partial<Activity> = activityOf(ledger, session) ?? {};
  // Another start of the agent has heard none of the reasons.
  if (sign.sessionId !== undefined && before.sessionId !== sign.sessionId) delete before.refusedStop;
  ledger.ephemeral.put("activity", session, { ...before, ...sign } as unknown as Json);
}
