import { resolveBead } from "../beads/ids.ts";
import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import { type Message, sendIn } from "../town/mail/mail.ts";
import type { Town } from "../town/town.ts";
import { workerName, workerSession } from "../work/attempt.ts";
import { advance, advanceIn, type Assignment, expectAdvance, liveAttemptOf } from "../work/attempt_store.ts";
import { defaultLimits } from "../work/limits.ts";
import type { Caller } from "./caller.ts";
import type { Recipient } from "./recipients.ts";

type Deps = { ports: Ports; town: Town };

/**
 * Asks a person a question about the bead on a worker's hook; the work waits until it is answered.
 *
 * @throws {CommandError} outside a worker's session, or when its attempt is over or submitted.
 */
export function ask({ ports, town }: Deps, options: { caller: Caller; question: string }): Assignment {
  const { caller, question } = options;
  if (caller.role !== "worker" || caller.bead === undefined || caller.n === undefined) {
    throw new CommandError("refused", "Cannot ask: this is not a worker's session", {
      code: "no_session",
      hints: ['Send mail instead: gt mail send overseer -m "text"'],
    });
  }
  if (question.trim() === "") {
    throw new CommandError("usage", "Cannot ask an empty question", { code: "empty_message" });
  }
  const { bead, n, actor } = caller;
  const key = town.ledger.view.beadById(bead)?.key;
  const event = { kind: "helpAsked" as const, at: ports.clock.now(), question };
  const result = key === undefined
    ? { kind: "stale" as const, current: undefined }
    : advance(town.ledger, { actor, key, n, event, limits: defaultLimits });
  return expectAdvance(result, { action: "ask about", bead, n });
}

/** An answer that was given. */
export interface Answered {
  bead: string;
  message: Message;
  /** Who has to be rung. */
  reader: Recipient;
  /** Whether the work was waiting for it; an answer to nobody's question is mail like any other. */
  wasWaiting: boolean;
}

/**
 * Answers what the worker of a bead asked: its work goes on, with the answer as mail, in one write.
 *
 * @throws {CommandError} when nobody works on the bead.
 */
export function answer(
  { ports, town }: Deps,
  options: { from: string; bead: string; text: string },
): Answered {
  const { from, text } = options;
  const { id, key } = resolveBead(town.ledger.view, options.bead);
  if (text.trim() === "") {
    throw new CommandError("usage", "Cannot give an empty answer", { code: "empty_message" });
  }
  return town.ledger.write(from, (transaction) => {
    const bead = transaction.beadByKey(key)!;
    const attempt = liveAttemptOf(bead);
    if (!attempt || attempt.worker === undefined || attempt.state === "escalated") {
      throw nobodyAsks(id, attempt?.rig);
    }
    const wasWaiting = attempt.state === "waiting";
    if (wasWaiting) {
      const event = { kind: "answered" as const, at: ports.clock.now() };
      const result = advanceIn(transaction, { key, n: attempt.n, event, limits: defaultLimits });
      expectAdvance(result, { action: "answer", bead: id, n: attempt.n });
    }
    const name = workerName(attempt.worker);
    const subject = wasWaiting ? `Answer: ${firstLine(attempt.question ?? id)}` : `About ${id}`;
    const message = sendIn(transaction, {
      ...{ from, to: name, subject, body: text, about: key, random: ports.random, urgent: wasWaiting },
    });
    return { bead: id, message, wasWaiting, reader: { name, session: workerSession(attempt.worker) } };
  });
}

function nobodyAsks(bead: string, rig: string | undefined): CommandError {
  return new CommandError("refused", `Cannot answer about "${bead}": nobody works on it`, {
    code: "worker_not_found",
    hints: rig === undefined
      ? [`Leave a remark on the bead instead: bd comment ${bead} "text"`]
      : [`Leave a remark and try it again: bd comment ${bead} "text" && gt sling ${bead} ${rig}`],
  });
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]!.slice(0, 80);
}
