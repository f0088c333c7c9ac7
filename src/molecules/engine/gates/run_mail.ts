import type { Bead, BeadKey, Transaction, View } from "../../../ledger/ledger.ts";
import { CommandError } from "../../../lib/errors.ts";
import type { MailMetadata } from "../../../town/mail/messages.ts";
import { isoTime } from "../../../ports/time.ts";
import { summaryOf } from "../journal/run_summary.ts";
import { runName } from "../journal/step_at.ts";

/** A run that may get mail: the address of its mailbox, and its bead. */
export interface RunReader {
  name: string;
  about: BeadKey;
}

/** The run that an address means, by its id; undefined for any other address. @throws {CommandError} `run_over`. */
export function runReader(view: View, address: string): RunReader | undefined {
  const bead = view.beadById(address);
  if (!bead || !summaryOf(bead)) return undefined;
  if (bead.status !== "closed") return { name: runName(bead.key), about: bead.key };
  throw new CommandError("refused", `Cannot send to "${bead.id}": the run is over, ${bead.close_reason}`, {
    code: "run_over",
    hints: [`gt mol status ${bead.id}`],
  });
}

/** What a gate takes. */
export interface Wanted {
  run: BeadKey;
  /** Since when, in ms since the epoch. */
  since: number;
  /** What identifies the attempt of the gate. */
  taker: string;
  from?: string | undefined;
  subject?: string | undefined;
}

/** A message as a gate takes it: no other gate gets it. */
interface TakenMail extends MailMetadata {
  taken_by?: string;
}

/** The first message for a run that a gate wants, or the one it has taken before. */
export function wantedMail(view: View, { run, since, taker, from, subject }: Wanted): Bead | undefined {
  const words = subject?.toLowerCase();
  return view.beads(
    "issue_type = 'message' AND status <> 'tombstone' AND created >= ? ORDER BY created, id",
    since,
  ).find(({ assignee, title, status, metadata }) => {
    const mail = metadata.mail as unknown as TakenMail | undefined;
    if (!mail || mail.from === undefined || assignee !== runName(run) && mail.about !== run) return false;
    if (mail.taken_by !== undefined) return mail.taken_by === taker;
    return (status !== "closed" || assignee !== runName(run)) && (from === undefined || mail.from === from) &&
      (words === undefined || title.toLowerCase().includes(words));
  });
}

/** Takes a message out of the mailbox of a run; somebody else's stays where it is. */
export function takeMail(
  transaction: Transaction,
  { message, wanted }: { message: Bead; wanted: Wanted },
): void {
  const isOwn = message.assignee === runName(wanted.run);
  transaction.set(message.key, {
    "metadata.mail": {
      ...message.metadata.mail as object,
      taken_by: wanted.taker,
      ...(isOwn ? { read_at: transaction.now } : {}),
    },
    ...(isOwn ? { status: "closed", closed_at: isoTime(transaction.now) } : {}),
  });
}
