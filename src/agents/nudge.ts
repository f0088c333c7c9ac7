import { CommandError } from "../lib/errors.ts";
import { present } from "../lib/present.ts";
import type { Ports } from "../ports/ports.ts";
import { type Message, messageById, sendMessage } from "../town/mail/mail.ts";
import type { Town } from "../town/town.ts";
import { townSessions } from "../town/town_sessions.ts";
import { mailLine, type QueuedBecause, ringDoorbell } from "./doorbell.ts";
import { type Recipient, recipientsOf } from "./recipients.ts";

/** How a nudge went: its agent has the message, or gets it at its next turn. */
export interface Nudged {
  to: string;
  message: Message;
  /** `delivered` only when the agent's own hook said so. */
  outcome: "delivered" | "rung" | "queued";
  /** Why it was queued. */
  because?: QueuedBecause;
}

/** How long an agent may take to say that it has a message, in ms; it says so within milliseconds where all is well. */
const ackMs = 3_000;

/**
 * Sends a message and rings the doorbell of each reader.
 *
 * @throws {CommandError} when there is no such reader, or it has no session to ring.
 */
export async function nudge(
  deps: { ports: Ports; town: Town },
  options: { from: string; target: string; text: string; urgent?: boolean },
): Promise<Nudged[]> {
  const { ports, town } = deps;
  const recipients = recipientsOf(town.ledger.view, { address: options.target, config: await town.config() });
  const deaf = recipients.find(({ session }) => session === undefined);
  if (deaf) {
    throw new CommandError("refused", `Cannot nudge "${deaf.name}": it is no agent`, {
      code: "not_an_agent",
      hints: [`Send it mail: gt mail send ${deaf.name} -m "text"`],
    });
  }
  const messages = recipients.map((reader) =>
    sendMessage(town.ledger, {
      from: options.from,
      to: [{ name: reader.name, about: reader.work?.bead.key }],
      subject: "",
      body: options.text,
      ...present({ urgent: options.urgent }),
      random: ports.random,
    })[0]!
  );
  return await Promise.all(recipients.map((reader, at) => ring(deps, { reader, message: messages[at]! })));
}

/** Rings for a message that is written already, and waits a moment for the agent's hook to take it. */
export async function ring(
  deps: { ports: Ports; town: Town },
  options: { reader: Recipient; message: Message },
): Promise<Nudged> {
  const { ports, town } = deps;
  const { reader, message } = options;
  const sessions = townSessions(deps);
  const rung = await ringDoorbell({ ports, town, sessions }, {
    ...{ session: reader.session!, text: mailLine, mail: [message.id] },
  });
  if (rung.kind === "queued") {
    return { to: reader.name, message, outcome: "queued", because: rung.because };
  }
  const until = ports.clock.monotonic() + ackMs;
  while (ports.clock.monotonic() < until) {
    const now = messageById(town.ledger.view, message.id);
    if (now.state !== "queued") return { to: reader.name, message: now, outcome: "delivered" };
    await ports.clock.sleep(50);
  }
  return { to: reader.name, message, outcome: "rung" };
}
