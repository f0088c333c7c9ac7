import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Ports } from "../ports/ports.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { type Message, sendIn } from "../town/mail/mail.ts";
import type { Town } from "../town/town.ts";
import { advanceIn, assignmentOf, expectAdvance } from "../work/attempt_store.ts";
import { defaultLimits } from "../work/limits.ts";
import type { Caller } from "./caller.ts";
import type { SessionList } from "../sessions/session.ts";

/** A session that wants to be replaced; the ephemeral record of kind `handoff`, by session name. */
interface HandoffRecord {
  /** Sessions that were started before this time, in ms since the epoch, are the ones to be replaced. */
  at: number;
}

/**
 * Leaves a note for the next session of an agent and asks for that session; the note is on the disk when it returns.
 *
 * A worker's attempt goes on with a new session in the same worktree, without counting as a restart. The old session
 * ends when the steward makes the new one.
 *
 * @throws {CommandError} outside an agent's session, or when its attempt is over or submitted.
 */
export function handOff(
  deps: { ports: Ports; town: Town },
  options: { caller: Caller; subject?: string | undefined; message?: string | undefined },
): Message {
  const { ports, town } = deps;
  const { caller, subject = "HANDOFF", message = "" } = options;
  const { session, actor } = caller;
  if (caller.role === "overseer" || session === undefined) {
    throw new CommandError("refused", "Cannot hand off: this is not an agent's session", {
      code: "no_session",
      hints: ["To give a worker a fresh session: gt worker start N"],
    });
  }
  const assignment = caller.role === "worker" && caller.bead !== undefined
    ? assignmentOf(town.ledger.view, { bead: caller.bead, n: caller.n ?? 0 })
    : undefined;
  const at = ports.clock.now();
  town.ledger.ephemeral.put("handoff", session, { at } satisfies HandoffRecord as unknown as Json);
  return town.ledger.write(actor, (transaction) => {
    if (caller.role === "worker") {
      const bead = caller.bead ?? "";
      const n = caller.n ?? 0;
      const result = assignment
        ? advanceIn(transaction, {
          key: assignment.bead.key,
          n,
          event: { kind: "handedOff", at },
          limits: defaultLimits,
        })
        : { kind: "stale" as const, current: undefined };
      expectAdvance(result, { action: "hand off", bead, n });
    }
    return sendIn(transaction, {
      from: actor,
      to: actor,
      subject,
      body: message,
      kind: "handoff",
      about: assignment?.bead.key,
      random: ports.random,
    });
  });
}

/** Whether the session of this name that was started at a time has handed off to its next one. */
export function hasHandedOff(
  ledger: Pick<Ledger, "ephemeral">,
  options: { session: string; startedAt: number },
): boolean {
  const record = ledger.ephemeral.get("handoff", options.session) as HandoffRecord | undefined;
  return record !== undefined && options.startedAt <= record.at;
}

/**
 * Ends the sessions that handed off and have no attempt of their own, such as the coordinator's; whoever keeps them
 * alive then starts them anew. Workers' sessions are replaced when their attempt is prepared.
 */
export async function endHandedOff(deps: { town: Town; sessions: Sessions }): Promise<string[]> {
  const { town, sessions } = deps;
  const waiting = town.ledger.ephemeral.list<{ at: number }>("handoff")
    .filter(({ key }) => !key.startsWith("gt-worker-"));
  if (waiting.length === 0) return [];
  const list: SessionList = await sessions.list();
  if (list.kind === "unknown") return [];
  const rows = list.kind === "sessions" ? list.sessions : [];
  const ended: string[] = [];
  for (const { key, value } of waiting) {
    const row = rows.find(({ name }) => name === key);
    if (row && row.createdAt <= value.at) {
      const outcome = await sessions.end(key);
      if (outcome.kind === "unknown") continue;
      ended.push(key);
    }
    town.ledger.ephemeral.remove("handoff", key);
  }
  return ended;
}
