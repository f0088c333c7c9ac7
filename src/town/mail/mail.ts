import type { Random } from "../../ports/random.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json } from "../../lib/json.ts";
import type { Bead, BeadKey, Ledger, Transaction, View } from "../../ledger/ledger.ts";
import { present } from "../../lib/present.ts";
import { addressHints, addressIn } from "./addresses.ts";
import { type MailMetadata, messageId, type MessageKind, writeMessage } from "./messages.ts";

/** How far a message has come: written, shown to its reader, acknowledged by its reader. */
export type MessageState = "queued" | "delivered" | "acknowledged";

/** A message as its reader sees it. Times are RFC 3339 unless they end in `_at`, which are ms since the epoch. */
export interface Message {
  key: BeadKey;
  id: string;
  from: string;
  to: string;
  subject: string;
  body: string;
  sent: string;
  urgent: boolean;
  state: MessageState;
  archived: boolean;
  /** Id of the message that began the conversation. */
  thread: string;
  reply_to?: string;
  /** Key of the bead it is about. */
  about?: BeadKey;
  kind?: MessageKind;
  delivered_at?: number;
  /** The session it was shown to. */
  session?: string;
  read_at?: number;
}

/** Whose mail, and which of it. */
export interface Mailbox {
  address: string;
  /**
   * For a worker: the bead on its hook, null for none. A worker's number outlives its work, so mail about what an
   * earlier holder of the number did is not shown.
   */
  work?: BeadKey | null;
}

/** The messages of a mailbox that are not archived, urgent ones first, then the oldest. */
export function inbox(view: View, options: Mailbox & { unread?: boolean; archived?: boolean }): Message[] {
  const condition = options.archived ? "" : "AND status = 'open' ";
  const found = view.beads(
    `assignee = ? AND issue_type = 'message' AND status <> 'tombstone' ${condition}ORDER BY priority, created, id`,
    options.address,
  ).map(messageOf);
  return found.filter((message) =>
    isMeantFor(message, options.work) && !(options.unread && message.state === "acknowledged")
  );
}

/** The name of the mailbox that a person means: an address, or whoever has got mail. @throws {CommandError} `no_mailbox`. */
export function mailboxNamed(view: View, written: string): string {
  const name = written.trim();
  const got = view.rows("SELECT 1 FROM beads WHERE issue_type = 'message' AND assignee = ? LIMIT 1", name);
  if (got.length > 0) return name;
  const address = addressIn(written);
  if (address) return address.name;
  throw new CommandError(
    "usage",
    `Cannot look into the mailbox of "${written}": nobody of that name has mail`,
    {
      code: "no_mailbox",
      hints: addressHints(written),
    },
  );
}

/** What the agent behind a mailbox has not been shown yet; each message is shown once, whatever restarts meanwhile. */
export function unseenFor(view: View, mailbox: Mailbox): Message[] {
  return inbox(view, mailbox).filter((message) => message.state === "queued" && message.kind !== "handoff");
}

/** What was shown to an earlier session of the agent, and never acknowledged. */
export function unacknowledged(view: View, options: Mailbox & { session: string }): Message[] {
  return inbox(view, options).filter((message) =>
    message.state === "delivered" && message.session !== options.session && message.kind !== "handoff"
  );
}

/** Says that messages were shown to a session; what was shown before stays as it was. */
export function markDeliveredIn(
  transaction: Transaction,
  options: { messages: readonly Message[]; session: string },
): void {
  for (const { key } of options.messages) {
    const bead = transaction.beadByKey(key);
    if (!bead || mailOf(bead).delivered) continue;
    setMail(transaction, bead, {
      ...mailOf(bead),
      delivered: { at: transaction.now, session: options.session },
    });
  }
}

/** {@linkcode markDeliveredIn} as a change of its own. */
export function markDelivered(
  ledger: Ledger,
  options: { actor: string; messages: readonly Message[]; session: string },
): void {
  if (options.messages.length > 0) {
    ledger.write(options.actor, (transaction) => markDeliveredIn(transaction, options));
  }
}

/** A message by its id, by what follows `-msg-` in it, or by the beginning of either. @throws {CommandError} */
export function messageById(view: View, text: string): Message {
  const prefix = `${String(view.setting("prefix") ?? "hq")}-msg-`;
  const exact = view.beadById(text) ?? view.beadById(prefix + text);
  if (exact?.issue_type === "message") return messageOf(exact);
  const ids = new Set([text, prefix + text].flatMap((start) => view.idsByPrefix(start, 10)));
  const found = [...ids].map((id) => view.beadById(id)).filter((bead) => bead?.issue_type === "message");
  if (found.length === 1) return messageOf(found[0]!);
  throw new CommandError(
    "refused",
    found.length === 0
      ? `Cannot find message "${text}": there is none with this id`
      : `Cannot find message "${text}": it begins the ids of ${found.length}`,
    {
      code: found.length === 0 ? "message_not_found" : "message_ambiguous",
      hints: found.length === 0 ? ["gt mail inbox"] : found.map((bead) => `gt mail read ${bead!.id}`),
    },
  );
}

/** A message; when its reader is the one who asks, it counts as acknowledged from now on. */
export function readMessage(ledger: Ledger, options: { actor: string; id: string }): Message {
  const message = messageById(ledger.view, options.id);
  if (message.to !== options.actor || message.state === "acknowledged") return message;
  return ledger.write(options.actor, (transaction) => acknowledgeIn(transaction, message.key));
}

/** What is to be sent. */
export interface Letter {
  from: string;
  /** Single addresses, each with the bead on the reader's hook where it is a worker. */
  to: readonly { name: string; about?: BeadKey | undefined }[];
  subject: string;
  body: string;
  urgent?: boolean;
  kind?: MessageKind;
  random: Random;
}

/** Writes one message for each reader, all of them or none. @throws {CommandError} `empty_message`. */
export function sendMessage(ledger: Ledger, letter: Letter): Message[] {
  return ledger.write(
    letter.from,
    (transaction) => letter.to.map(({ name, about }) => sendIn(transaction, { ...letter, to: name, about })),
  );
}

/** Writes a message as part of a larger change. @throws {CommandError} `empty_message`. */
export function sendIn(
  transaction: Transaction,
  letter: Omit<Letter, "to"> & { to: string; about?: BeadKey | undefined; thread?: string; replyTo?: string },
): Message {
  const subject = letter.subject.trim() || letter.body.trim().split("\n")[0]!;
  if (subject === "") {
    throw new CommandError("usage", "Cannot send an empty message: it has neither subject nor text", {
      code: "empty_message",
      hints: ['gt mail send overseer -s "Subject" -m "Text"'],
    });
  }
  const { from, to, body, urgent, about, kind, thread, replyTo } = letter;
  const identity = randomName(letter.random);
  return messageOf(writeMessage(transaction, {
    ...present({ urgent, about, kind, thread, replyTo }),
    ...{ identity, from, to, body, subject: oneLine(subject) },
  }));
}

/** Answers a message: to its sender, in its thread; the message answered counts as acknowledged. */
export function reply(
  ledger: Ledger,
  options: { actor: string; id: string; body: string; urgent?: boolean; random: Random },
): Message {
  const message = messageById(ledger.view, options.id);
  const { actor, body, urgent, random } = options;
  return ledger.write(actor, (transaction) => {
    if (message.to === actor) acknowledgeIn(transaction, message.key);
    const subject = /^re: /i.test(message.subject) ? message.subject : `Re: ${message.subject}`;
    return sendIn(transaction, {
      ...present({ urgent, about: message.about }),
      ...{ from: actor, to: message.to === actor ? message.from : message.to },
      ...{ subject, body, random, thread: message.thread, replyTo: message.id },
    });
  });
}

/** The conversation a message belongs to, oldest first. */
export function threadOf(view: View, id: string): Message[] {
  const { thread } = messageById(view, id);
  return view.beads("issue_type = 'message' AND status <> 'tombstone' ORDER BY created, id")
    .map(messageOf).filter((message) => message.thread === thread);
}

/** Takes messages out of the inbox, acknowledged; one that is out stays out. Their reader only, or the overseer. */
export function archive(ledger: Ledger, options: { actor: string; ids: readonly string[] }): Message[] {
  const { actor } = options;
  const messages = options.ids.map((id) => messageById(ledger.view, id));
  for (const { id, to } of messages) {
    if (to === actor || actor === "overseer") continue;
    throw new CommandError("refused", `Cannot archive "${id}": it is mail of ${to}`, {
      code: "not_your_mail",
      hints: [`In that name: gt mail archive ${id} --actor ${to}`],
    });
  }
  return ledger.write(actor, (transaction) => messages.map(({ key }) => archiveIn(transaction, key)));
}

/** {@linkcode archive} of one message as part of a larger change. */
export function archiveIn(transaction: Transaction, key: BeadKey): Message {
  acknowledgeIn(transaction, key);
  const bead = transaction.beadByKey(key)!;
  return messageOf(bead.status === "closed" ? bead : transaction.set(key, { status: "closed" }));
}

/** Archives those messages that were written with these identities; it does not matter which of them there are. */
export function archiveMade(transaction: Transaction, identities: readonly string[]): void {
  const prefix = String(transaction.setting("prefix") ?? "hq");
  for (const identity of identities) {
    const message = transaction.beadById(messageId(prefix, identity));
    if (message && message.status !== "closed") archiveIn(transaction, message.key);
  }
}

/** The message that a bead of type `message` is. */
export function messageOf(bead: Bead): Message {
  const mail = mailOf(bead);
  const state = mail.read_at !== undefined ? "acknowledged" : mail.delivered ? "delivered" : "queued";
  return {
    key: bead.key,
    id: bead.id,
    from: mail.from,
    to: bead.assignee ?? "",
    subject: bead.title,
    body: bead.description ?? "",
    sent: bead.created_at,
    urgent: bead.priority === 0,
    state,
    archived: bead.status === "closed",
    thread: mail.thread ?? bead.id,
    ...present({
      reply_to: mail.reply_to,
      about: mail.about as BeadKey | undefined,
      kind: mail.kind,
      delivered_at: mail.delivered?.at,
      session: mail.delivered?.session,
      read_at: mail.read_at,
    }),
  };
}

function isMeantFor(message: Message, work: BeadKey | null | undefined): boolean {
  return work === undefined || message.about === undefined || message.about === work;
}

function mailOf(bead: Bead): MailMetadata {
  return bead.metadata.mail as unknown as MailMetadata ?? { from: bead.created_by ?? "" };
}

function setMail(transaction: Transaction, bead: Bead, mail: MailMetadata): Bead {
  return transaction.set(bead.key, { "metadata.mail": mail as unknown as Json });
}

function acknowledgeIn(transaction: Transaction, key: BeadKey): Message {
  const bead = transaction.beadByKey(key)!;
  const mail = mailOf(bead);
  return messageOf(
    mail.read_at === undefined ? setMail(transaction, bead, { ...mail, read_at: transaction.now }) : bead,
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 200);
}

/** Eight letters and digits: enough that two messages of one town never get the same name. */
function randomName(random: Random): string {
  return [...random.bytes(8)].map((byte) => (byte % 36).toString(36)).join("");
}
