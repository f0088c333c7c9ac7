import type { Json } from "../../lib/json.ts";
import { sha256 } from "../../ledger/hash.ts";
import type { Bead, BeadKey, Transaction } from "../../ledger/ledger.ts";

/** A message to be written. */
export interface NewMessage {
  /**
   * What makes it the same message when it is written again: `cs-login.1.merged`. Two with one identity are one; the
   * second changes nothing.
   */
  identity: string;
  from: string;
  /** An address: `overseer`, `coordinator`, `worker-3`, `witness/csm`, `refinery/csm`, `crew/ann`. */
  to: string;
  subject: string;
  body: string;
  urgent?: boolean;
  /** The bead it is about. */
  about?: BeadKey;
  /** Id of the message that began the conversation. */
  thread?: string;
  /** Id of the message it answers. */
  replyTo?: string;
  /** `handoff` is a note from one session of an agent to its next one. */
  kind?: MessageKind;
}

/** What a message is for, when it is more than a letter. */
export type MessageKind = "handoff";

/** What a message keeps in its bead's `metadata.mail`. Times are ms since the epoch. */
export interface MailMetadata {
  from: string;
  thread?: string;
  reply_to?: string;
  about?: string;
  kind?: MessageKind;
  /** When, and to which session, it was shown. */
  delivered?: { at: number; session: string };
  /** When its reader acknowledged it. */
  read_at?: number;
}

/** The id of the message with this identity: others have other ids, also where they differ in what no id may hold. */
export function messageId(prefix: string, identity: string): string {
  const words = identity.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const isPlain = /^[a-z0-9]+(?:[./-][a-z0-9]+)*$/.test(identity);
  return `${prefix}-msg-${words}${isPlain ? "" : `-${sha256(identity).slice(0, 8)}`}`;
}

/** Writes a message, once. Returns it, or the one that was written before. */
export function writeMessage(transaction: Transaction, message: NewMessage): Bead {
  const id = messageId(String(transaction.setting("prefix") ?? "hq"), message.identity);
  const there = transaction.beadById(id);
  if (there) return there;
  const mail: MailMetadata = {
    from: message.from,
    thread: message.thread ?? id,
    ...(message.replyTo === undefined ? {} : { reply_to: message.replyTo }),
    ...(message.about === undefined ? {} : { about: message.about }),
    ...(message.kind === undefined ? {} : { kind: message.kind }),
  };
  return transaction.create(id, {
    title: message.subject,
    description: message.body,
    issue_type: "message",
    status: "open",
    priority: message.urgent ? 0 : 2,
    assignee: message.to,
    metadata: { mail: mail as unknown as Json },
  });
}
