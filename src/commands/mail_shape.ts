import type { Style } from "../lib/style.ts";
import type { View } from "../ledger/ledger.ts";
import { printable, printableText } from "../lib/printable.ts";
import type { Message } from "../town/mail/mail.ts";

/** A message as `--json` gives it; times are RFC 3339. */
export function messageRow(view: View, message: Message) {
  const { id, from, to, subject, body, sent, urgent, state, archived, thread } = message;
  const about = message.about === undefined ? undefined : view.beadByKey(message.about)?.id;
  return {
    ...{ id, from, to, subject, body, sent, urgent, state, archived, thread },
    ...(message.reply_to === undefined ? {} : { reply_to: message.reply_to }),
    ...(about === undefined ? {} : { about }),
  };
}

/** A message on one line. */
export function messageLine(style: Style, message: Message): string {
  const mark = message.state === "acknowledged" ? " " : message.state === "delivered" ? "·" : "●";
  const subject = printable(message.subject);
  const urgent = message.urgent ? style.red("! ") : "";
  const shown = message.state === "acknowledged" ? subject : style.bold(subject);
  const archived = message.archived ? style.dim("  archived") : "";
  return `${mark} ${urgent}${shown}  ${
    style.dim(`from ${message.from}, ${timeOf(message)}, ${message.id}`)
  }${archived}`;
}

/** A message in full. */
export function messageText(style: Style, message: Message): string[] {
  return [
    style.bold(printable(message.subject)) + (message.urgent ? style.red("  urgent") : ""),
    style.dim(`${message.from} → ${message.to}  ${timeOf(message)}  ${message.id}`),
    ...(message.body.trim() === message.subject ? [] : ["", printableText(message.body)]),
  ];
}

function timeOf(message: Message): string {
  return message.sent.replace("T", " ").slice(0, 16);
}
