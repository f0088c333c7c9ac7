import type { Json } from "../lib/json.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { activityOf, noteActivity } from "./activity.ts";
import type { Refusal } from "./limit_text.ts";

/** That an agent may not go on before a time; the ephemeral record of kind `limited`, by session name. */
export interface Limit {
  /** In ms since the epoch, as is `at`: when the service said so. */
  until: number;
  at: number;
  /** What it said. */
  reason: string;
  /** How often in a row. */
  errors: number;
  /** For a worker: what it was at. */
  bead?: string;
  n?: number;
}

/** Whose limit it is. */
export interface Limited {
  session: string;
  /** Name of the agent: what the others of its kind share. */
  agent?: string | undefined;
  bead?: string | undefined;
  n?: number | undefined;
}

/** The first pause and the longest where the service does not say when to come again, in ms. */
const FIRST_PAUSE = 60_000;
const LONGEST_PAUSE = 15 * 60_000;
/** A sign so soon after an error, in ms, is still of the turn that it ended. */
const SAME_TURN = 1_000;

/** The limit on a session, if it is still that of this bead and attempt. */
export function limitOf(
  ledger: Pick<Ledger, "ephemeral">,
  { session, bead, n }: Limited,
): Limit | undefined {
  const limit = ledger.ephemeral.get<Json>("limited", session) as unknown as Limit | undefined;
  return limit?.bead === bead && limit?.n === n ? limit : undefined;
}

/** The limit that agents of a name share, while it lasts. */
export function agentLimit(
  ledger: Pick<Ledger, "ephemeral">,
  { agent, now }: { agent: string; now: number },
): Limit | undefined {
  const limit = ledger.ephemeral.get<Json>("limited-agent", agent) as unknown as Limit | undefined;
  return limit && limit.until > now ? limit : undefined;
}

/** The limits that last, by the name of the agent. */
export function agentLimits(
  ledger: Pick<Ledger, "ephemeral">,
  now: number,
): { agent: string; limit: Limit }[] {
  return ledger.ephemeral.list("limited-agent")
    .map(({ key, value }) => ({ agent: key, limit: value as unknown as Limit }))
    .filter(({ limit }) => limit.until > now);
}

/**
 * Notes that a service refused an agent: the session waits, and so do others of its agent. Without a time said the
 * pause doubles with each of `errors` in a row. Returns what was noted; undefined when it is known.
 */
export function noteRefusal(
  ledger: Ledger,
  options: Limited & { refusal: Refusal; at: number; errors: number },
): Limit | undefined {
  const { session, agent, bead, n, refusal, at, errors } = options;
  if (limitOf(ledger, { session, bead, n })?.at === at) return undefined;
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(10, Math.max(0, errors - 1)));
  const until = refusal.kind === "later" && refusal.until !== undefined ? refusal.until : at + pause;
  const limit: Limit = {
    // Who needs a person is not waited for, and a turn that went wrong is only over.
    until: refusal.kind === "later" ? until : at,
    at,
    reason: refusal.text,
    errors,
    ...(bead === undefined ? {} : { bead }),
    ...(n === undefined ? {} : { n }),
  };
  ledger.ephemeral.put("limited", session, limit as unknown as Json);
  if (agent !== undefined && refusal.kind !== "turn") {
    ledger.ephemeral.put("limited-agent", agent, { ...limit, until } as unknown as Json);
  }
  // It has answered the bell: an agent that reports an error is there.
  ledger.ephemeral.remove("rings", session);
  noteTurnOver(ledger, { session, refusal, at });
  return limit;
}

/** Says that nothing is limited any more: the model has answered, or a person knows better. */
export function liftLimit(ledger: Pick<Ledger, "ephemeral">, { session, agent }: Limited): void {
  const limit = ledger.ephemeral.get<Json>("limited", session) as unknown as Limit | undefined;
  if (!limit) return;
  // Its time stays, so that the same error is not taken for a new one.
  ledger.ephemeral.put("limited", session, { ...limit, until: 0 } as unknown as Json);
  if (agent !== undefined) ledger.ephemeral.remove("limited-agent", agent);
}

/** Lifts every limit: somebody says that things are better now. */
export function liftLimits(ledger: Pick<Ledger, "ephemeral">): void {
  for (const { key } of ledger.ephemeral.list("limited")) liftLimit(ledger, { session: key });
  for (const { key } of ledger.ephemeral.list("limited-agent")) {
    ledger.ephemeral.remove("limited-agent", key);
  }
}

/** A turn that an error ended calls no hook: nobody else would say that the agent is idle, or needs a person. */
function noteTurnOver(
  ledger: Ledger,
  { session, refusal, at }: { session: string; refusal: Refusal; at: number },
): void {
  const known = activityOf(ledger, session);
  // An agent without hooks says nothing of its turns.
  if (!known || known.at > at + SAME_TURN) return;
  const sign = refusal.kind === "person"
    ? { event: "notification" as const, busy: true, needs: refusal.text }
    : { event: "stop" as const, busy: false };
  noteActivity(ledger, { session, sign: { at, ...sign } });
}
