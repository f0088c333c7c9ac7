import type { Ledger } from "../ledger/ledger.ts";
import { type Mailbox, unseenFor } from "../town/mail/mail.ts";

/** Ids of the unseen mail of an agent that its session was not rung for. */
export function unrungMail(
  ledger: Ledger,
  { session, urgentOnly, ...mailbox }: Mailbox & { session: string; urgentOnly?: boolean },
): string[] {
  const rung = rungFor(ledger, session);
  return unseenFor(ledger.view, mailbox)
    .filter(({ id, urgent }) => (urgent || !urgentOnly) && !rung.includes(id))
    .map(({ id }) => id);
}

/** Records that a session was rung for messages. */
export function noteRungFor(
  ledger: Ledger,
  { session, ids }: { session: string; ids: readonly string[] },
): void {
  // Only those that are still unseen matter: the others are never asked for again.
  const kept = rungFor(ledger, session).slice(-MOST_REMEMBERED);
  ledger.ephemeral.put("rung-for", session, { ids: [...kept, ...ids] });
}

/** How many messages are remembered besides the newest. */
const MOST_REMEMBERED = 200;

/** Ids of messages that a session was rung for, the newest last; the ephemeral record of kind `rung-for`, by session name. */
export function rungFor({ ephemeral }: Pick<Ledger, "ephemeral">, session: string): string[] {
  return ephemeral.get<{ ids: string[] }>("rung-for", session)?.ids ?? [];
}
