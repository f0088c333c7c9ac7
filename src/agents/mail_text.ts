import { printable } from "../lib/printable.ts";
import type { Message } from "../town/mail/mail.ts";
import { cut, indented } from "./text_block.ts";

/** Most bytes of mail that are put into one turn of an agent. */
export const MAIL_BYTES = 4_000;

/** A message in lines, its text cut to `room` lines. */
export function messageLines(message: Message, room: number): string[] {
  const urgent = message.urgent ? "URGENT " : "";
  return [
    `${urgent}[${message.id}] from ${message.from}: ${printable(message.subject)}`,
    ...(message.body.trim() === message.subject ? [] : indented(cut(message.body, room))),
  ];
}

/** What of some messages fits into one turn, urgent ones first. */
export interface MailPage {
  text: string;
  /** The messages that are in the text. */
  shown: readonly Message[];
}

/**
 * Puts messages into a text of at most {@linkcode MAIL_BYTES}; what does not fit waits for the next turn.
 *
 * The first is always in it, cut where it is too long. Empty text for no messages.
 */
export function mailPage(messages: readonly Message[]): MailPage {
  const shown: Message[] = [];
  const blocks: string[] = [];
  let size = 0;
  for (const message of messages) {
    const block = fitting(message);
    if (shown.length > 0 && size + bytes(block) > MAIL_BYTES) break;
    blocks.push(block);
    shown.push(message);
    size += bytes(block) + 1;
  }
  const more = messages.length - shown.length;
  if (shown.length === 0) return { text: "", shown };
  const head =
    `Mail for you (${shown.length} new). Answer: gt mail reply ID -m "text". Done with it: gt mail archive ID`;
  const tail = more > 0 ? [`${more} more wait: gt mail inbox --unread`] : [];
  return { text: [head, ...blocks, ...tail].join("\n"), shown };
}

function fitting(message: Message): string {
  for (const room of [60, 20, 8, 2]) {
    const lines = messageLines(message, room);
    const block = lines.join("\n");
    if (bytes(block) <= MAIL_BYTES * 0.8) {
      const isCut = lines.at(-1)!.trim().startsWith("… (");
      return isCut ? `${block}\n  The whole of it: gt mail read ${message.id}` : block;
    }
  }
  return `${messageLines(message, 0)[0]}\n  The text is long: gt mail read ${message.id}`;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
