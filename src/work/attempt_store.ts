/**
 * Reads and writes attempts in the ledger: the only door to `metadata.attempt`.
 *
 * @module
 */
import { skipNeedless } from "../beads/needless.ts";
import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import type { Bead, BeadKey, Ledger, Transaction, View } from "../ledger/ledger.ts";
import {
  type Attempt,
  type AttemptEffect,
  type AttemptEvent,
  type AttemptLimits,
  type AttemptState,
  LIVE_STATES,
} from "./attempt.ts";
import { askingMail, transition } from "./attempt_machine.ts";
import { archiveMade } from "../town/mail/mail.ts";
import { messageId, writeMessage } from "../town/mail/messages.ts";

/** A bead with the attempt it is at. */
export interface Assignment {
  bead: Bead;
  attempt: Attempt;
}

/** What came of an event. */
export type Advance =
  | { kind: "moved"; assignment: Assignment }
  | { kind: "same"; assignment: Assignment }
  /** The event names an attempt that is not the current one, or whose bead was closed or taken by hand. */
  | { kind: "stale"; current: number | undefined }
  | { kind: "illegal"; state: AttemptState };

/** The bead's current or last attempt. */
export function attemptOf(bead: Bead): Attempt | undefined {
  return bead.metadata.attempt as unknown as Attempt | undefined;
}

/** The bead's attempt, if somebody still has to act on it. */
export function liveAttemptOf(bead: Bead): Attempt | undefined {
  const attempt = attemptOf(bead);
  const isHeld = bead.status === "hooked" || bead.status === "in_progress";
  return attempt && isHeld && LIVE_STATES.has(attempt.state) ? attempt : undefined;
}

/** Every live attempt: of one rig, or of the town; the longest slung first. */
export function liveAssignments(view: View, options: { rig?: string } = {}): Assignment[] {
  const found: Assignment[] = [];
  for (const bead of view.beads("status IN ('hooked', 'in_progress')")) {
    const attempt = liveAttemptOf(bead);
    if (attempt && (options.rig === undefined || attempt.rig === options.rig)) found.push({ bead, attempt });
  }
  return found.sort((a, b) => a.attempt.slungAt - b.attempt.slungAt || (a.bead.id < b.bead.id ? -1 : 1));
}

/** The live attempt that a worker number belongs to. */
export function assignmentOfWorker(view: View, worker: number): Assignment | undefined {
  return liveAssignments(view).find(({ attempt }) => attempt.worker === worker && attempt.state !== "hooked");
}

/** The current attempt of a bead given by its id, if it is attempt `n`. */
export function assignmentOf(view: View, options: { bead: string; n: number }): Assignment | undefined {
  const bead = view.beadById(options.bead);
  const attempt = bead && attemptOf(bead);
  return bead && attempt && attempt.n === options.n ? { bead, attempt } : undefined;
}

/** Writes what happened to attempt `n` of a bead: the new state and its effects in one write, or nothing. */
export function advance(
  ledger: Ledger,
  change: { actor: string; key: BeadKey; n: number; event: AttemptEvent; limits: AttemptLimits },
): Advance {
  const before = ledger.view.beadByKey(change.key);
  if (before && attemptOf(before)?.n !== change.n) return { kind: "stale", current: attemptOf(before)?.n };
  return ledger.write(change.actor, (transaction) => advanceIn(transaction, change));
}

/** {@linkcode advance} as part of a larger change. */
export function advanceIn(
  transaction: Transaction,
  change: { key: BeadKey; n: number; event: AttemptEvent; limits: AttemptLimits },
): Advance {
  const bead = transaction.beadByKey(change.key);
  const attempt = bead && attemptOf(bead);
  if (!bead || !attempt || attempt.n !== change.n) return { kind: "stale", current: attempt?.n };
  const { limits, event } = change;
  // Somebody closed or took the bead by hand: only the proof that it landed all the same still counts.
  const isTaken = LIVE_STATES.has(attempt.state) && !liveAttemptOf(bead);
  if (isTaken && event.kind !== "merged") return { kind: "stale", current: undefined };
  const outcome = transition(attempt, event, { bead: bead.id, title: bead.title, limits });
  if (outcome.kind === "same") return { kind: "same", assignment: { bead, attempt } };
  if (outcome.kind === "illegal") return outcome;
  const written = writeAttempt(transaction, { bead, attempt: outcome.attempt, effects: outcome.effects });
  return { kind: "moved", assignment: { bead: written, attempt: outcome.attempt } };
}

/** Writes an attempt as it is, with its effects; sling begins a bead's life with it. */
export function writeAttempt(
  transaction: Transaction,
  change: { bead: Bead; attempt: Attempt; effects: readonly AttemptEffect[] },
): Bead {
  const fields: { [name: string]: Json } = { "metadata.attempt": change.attempt as unknown as Json };
  for (const effect of change.effects) {
    if (effect.kind === "setBead") Object.assign(fields, effect.fields);
  }
  const written = transaction.set(change.bead.key, fields);
  if (fields.status === "closed") skipNeedless(transaction, written.key);
  for (const effect of change.effects) {
    if (effect.kind === "archiveMail") archiveMade(transaction, identitiesOf(change.bead, effect));
    if (effect.kind !== "sendMail") continue;
    // The message belongs to the try that ended, not to the one that the event began.
    const n = effect.step === "failed" ? change.attempt.n - 1 : change.attempt.n;
    writeMessage(transaction, {
      identity: `${change.bead.id}.${n}.${effect.step}`,
      from: transaction.actor,
      to: effect.to,
      subject: effect.subject,
      body: effect.body,
      urgent: effect.urgent === true,
      about: change.bead.key,
    });
  }
  return written;
}

/** Archives what asked somebody to act on the attempt of a bead, which is closed or taken by hand: nothing is to be done. */
export function archiveAsking(transaction: Transaction, bead: Bead): void {
  const live = liveAttemptOf(bead);
  if (live) archiveMade(transaction, identitiesOf(bead, { n: live.n, steps: askingMail(live) }));
}

/** Whether a message, by its id, is one of those that ask somebody to act on the attempt of a bead as it stands. */
export function isAsking(
  view: Pick<View, "setting">,
  { bead, message }: { bead: Bead; message: string },
): boolean {
  const live = liveAttemptOf(bead);
  if (!live) return false;
  const prefix = String(view.setting("prefix") ?? "hq");
  return identitiesOf(bead, { n: live.n, steps: askingMail(live) })
    .some((identity) => messageId(prefix, identity) === message);
}

function identitiesOf({ id }: Bead, { n, steps }: { n: number; steps: readonly string[] }): string[] {
  return steps.map((step) => `${id}.${n}.${step}`);
}

/** Refuses what a stale or unfitting event would mean for a person. @throws {CommandError} unless it moved or repeated. */
export function expectAdvance(
  result: Advance,
  options: { action: string; bead: string; n: number },
): Assignment {
  switch (result.kind) {
    case "moved":
    case "same":
      return result.assignment;
    case "stale":
      throw new CommandError(
        "refused",
        `Cannot ${options.action} "${options.bead}": attempt ${options.n} is not the current one` +
          (result.current === undefined ? "" : ` (${result.current})`),
        {
          code: "stale_attempt",
          hints: [
            result.current === undefined
              ? "It was taken off your hook; stop here. See: gt hook"
              : "Another worker has this bead now; stop here. See: gt hook",
          ],
        },
      );
    case "illegal":
      throw new CommandError("refused", `Cannot ${options.action} "${options.bead}": it is ${result.state}`, {
        code: "wrong_state",
        hints: [`See where it stands: bd show ${options.bead}`],
      });
  }
}
