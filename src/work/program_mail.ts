import { archiveIn, inbox } from "../town/mail/mail.ts";
import type { Town } from "../town/town.ts";

/**
 * Acknowledges and archives everything in the inbox of a program, such as `refinery/csm`; returns how many there were.
 *
 * Programs act on the state of the work, which was written together with the message: there is nothing else to be read.
 */
export function acknowledgeMail(town: Town, address: string): number {
  const messages = inbox(town.ledger.view, { address });
  if (messages.length === 0) return 0;
  town.ledger.write(address, (transaction) => {
    for (const { key } of messages) archiveIn(transaction, key);
  });
  return messages.length;
}
