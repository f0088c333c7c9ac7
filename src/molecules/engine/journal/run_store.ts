import { skipNeedless } from "../../../beads/needless.ts";
import type { Json, JsonObject } from "../../../lib/json.ts";
import type { Bead, BeadKey, Ledger, Transaction, View } from "../../../ledger/ledger.ts";
import { type Transition, transition } from "../../machine/machine.ts";
import {
  attemptsBefore,
  type Begun,
  earlierAfter,
  entryValue,
  followRun,
  isHeeded,
  LOG_VERSION,
  type LoggedEvent,
  type NewText,
  type OpenRun,
  openRun,
  type RunNews,
  withText,
} from "./run_log.ts";
import { hasEnded, type RunEffect, type RunEvent, type RunState } from "../../machine/run.ts";
import { archiveGateMail, hasGateMail } from "../gates/gate_decision.ts";
import { gateOf } from "../gates/gate_standing.ts";
import { archiveAsking } from "../../../work/attempt_store.ts";
import { takeFailureBack, tellOfFailure } from "./failure_mail.ts";
import { refuseElsewhere } from "./elsewhere.ts";
import { keptText } from "./kept_text.ts";
import { stepAt, stepKey } from "./step_at.ts";
import { stepOfBead } from "./step_link.ts";

/** What stands in the bead of a run as `metadata.run`, for those that only want to know what it is. */
export interface RunSummary {
  molecule: string;
  version: number;
  /** Hash of the text it is bound to. */
  hash: string;
  /** Path of its file, or `built-in`. */
  source: string;
  /** Values of its variables, as JSON with sorted keys. */
  values: string;
  /** Those that were given when it was begun, as they were written; absent where nobody noted them. */
  given?: Readonly<Record<string, string>>;
  /** Whether the steward drives it. */
  background?: boolean;
  /** Key of the bead that it is for. */
  bead?: string;
  /** Key of the run it is a part of. */
  parent?: string;
}

/** The summary of a run's bead; undefined for any other bead. */
export function summaryOf(bead: Bead): RunSummary | undefined {
  return bead.metadata.run as unknown as RunSummary | undefined;
}

/** The run that a run is a part of, and so on, up to one that is no part. */
export function rootRun(view: Pick<View, "beadByKey">, key: BeadKey): BeadKey {
  const bead = view.beadByKey(key);
  const parent = bead && summaryOf(bead)?.parent as BeadKey | undefined;
  return parent === undefined ? key : rootRun(view, parent);
}

/** Makes a run: its bead, and the first entry of its journal. */
export function createRun(
  transaction: Transaction,
  options: {
    id: string;
    title: string;
    begun: Begun;
    background?: boolean;
    given?: Readonly<Record<string, string>>;
  },
): { bead: Bead; open: OpenRun } {
  const { begun } = options;
  const { definition, parent } = begun;
  const summary: RunSummary = {
    molecule: definition.name,
    version: definition.version,
    hash: definition.hash,
    source: definition.source,
    values: valuesText(begun.values),
    ...(options.given ? { given: options.given } : {}),
    ...(options.background ? { background: true } : {}),
    ...(begun.bead ? { bead: begun.bead.key } : {}),
    ...(parent ? { parent: parent.run } : {}),
  };
  const bead = transaction.create(options.id, {
    title: options.title,
    status: "in_progress",
    issue_type: "molecule",
    assignee: transaction.actor,
    ...(parent ? { dependencies: [{ target: parent.run, type: "parent-child" }] } : {}),
    metadata: { run: summary as unknown as Json },
  });
  const entry = transaction.append(
    bead.key,
    entryValue({ v: LOG_VERSION, at: transaction.now, begun: keptText(begun) }),
  );
  const open = openRun(bead.key, { begun, at: transaction.now });
  return { bead, open: { ...open, arrival: entry.arrival, stamp: entry.stamp } };
}

/** Values as text that is the same for the same values. */
export function valuesText(values: Begun["values"]): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(values).sort(([one], [other]) => one < other ? -1 : 1)),
  );
}

/** A run's bead, with what it says of itself. */
export interface FoundRun {
  bead: Bead;
  summary: RunSummary;
}

/** The runs that have not ended, the oldest first. */
export function liveRuns(view: View): FoundRun[] {
  return runsAmong(view, "status IN ('in_progress', 'open', 'blocked')");
}

/** All runs, the oldest first. */
export function allRuns(view: View): FoundRun[] {
  return runsAmong(view, "status <> 'tombstone'");
}

function runsAmong(view: View, condition: string): FoundRun[] {
  return view.beads(`issue_type = 'molecule' AND ${condition} ORDER BY created, id`).flatMap((bead) => {
    const summary = summaryOf(bead);
    return summary ? [{ bead, summary }] : [];
  });
}

/** What is used to make events happen within one change of the ledger. */
export interface RunChange {
  readonly transaction: Transaction;
  /** The run as the events so far have made it. */
  open(): OpenRun;
  /** What others have done since, and whether all that is due must be looked at anew. */
  readonly news: Omit<RunNews, "open">;
  /** Makes an event happen if it may. */
  push(event: LoggedEvent): Transition;
}

/** What came of a change. */
export type Committed<T> =
  | { kind: "done"; open: OpenRun; result: T }
  /** Another driver has the run. */
  | { kind: "fenced"; open: OpenRun };

/**
 * Changes a run: takes in what others have added to its journal, then adds the events that `change` makes happen.
 *
 * All of it is one write. With `term` only the driver of that term may.
 */
export function changeRun<T>(
  ledger: Ledger,
  options: { open: OpenRun; actor: string; term?: number; change: (change: RunChange) => T },
): Committed<T> {
  const { actor, term } = options;
  return ledger.write(actor, (transaction): Committed<T> => {
    const followed = followRun(transaction, options.open);
    let { open } = followed;
    const isFenced = term !== undefined &&
      (open.run.term !== term || !isHeeded(open, { term, replica: ledger.replica }));
    if (isFenced) return { kind: "fenced", open };
    const before = open.run;
    const at = transaction.now;
    const events: LoggedEvent[] = [];
    const effects: RunEffect[] = [];
    const result = options.change({
      transaction,
      open: () => open,
      news: followed,
      push(event) {
        const outcome = transition(open.rules, { run: open.run, event: { ...event, at } as RunEvent });
        if (outcome.kind !== "moved") return outcome;
        open = { ...open, run: outcome.run, earlier: earlierAfter(open, outcome.run) };
        if (event.kind === "driven") open.drivenFrom = ledger.replica;
        events.push(event);
        effects.push(...outcome.effects);
        return outcome;
      },
    });
    if (events.length === 0) return { kind: "done", open, result };
    const value = entryValue({ at, ...(term === undefined ? {} : { term }), events });
    open = { ...open, ...transaction.append(open.key, value, open.stamp) };
    showInBeads(transaction, { open, before, effects });
    return { kind: "done", open, result };
  });
}

/**
 * Moves a run to another text, or says why that cannot be; its driver goes on with it, or whoever tries it again.
 *
 * @throws {CommandError} `run_elsewhere` when its driver is on another machine.
 */
export function moveRun(
  ledger: Ledger,
  options: { open: OpenRun; actor: string; text: NewText; given: Readonly<Record<string, string>> },
): { kind: "moved"; open: OpenRun } | { kind: "refused"; why: string } {
  const { actor, text, given } = options;
  return ledger.write(actor, (transaction) => {
    const { open } = followRun(transaction, options.open);
    refuseElsewhere(open, { verb: "upgrade", replica: ledger.replica });
    if (textOf(open) !== textOf(options.open)) {
      return { kind: "refused", why: "somebody else has just moved it" };
    }
    const at = transaction.now;
    const attempts = attemptsBefore(transaction, open.key);
    const moved = withText(open, { text, at, attempts, afterEnd: true });
    if (moved.kind === "refused") return moved;
    const ended = hasEnded(open.run) ? { ended: true as const } : {};
    const entry = transaction.append(
      open.key,
      entryValue({ at, upgraded: keptText(text), attempts, ...ended }),
      open.stamp,
    );
    const { begun, rules, run } = moved;
    const next = { ...open, begun, rules, run, ...entry };
    const bead = transaction.beadByKey(open.key);
    const { version, hash, source } = text.definition;
    const values = valuesText(text.values);
    const before = bead && summaryOf(bead);
    const summary = { ...before, version, hash, source, values, given: { ...before?.given, ...given } };
    transaction.set(open.key, { "metadata.run": summary as unknown as Json });
    showInBeads(transaction, { open: next, before: open.run, effects: [] });
    return { kind: "moved", open: next };
  });
}

/** What tells the text and the values that a run goes by from others. */
function textOf({ begun: { definition, values } }: OpenRun): string {
  return `${definition.hash} ${valuesText(values)}`;
}

/** Lets the beads of a run and of its steps say what has become of them. */
function showInBeads(
  transaction: Transaction,
  { open, before, effects }: { open: OpenRun; before: RunState; effects: readonly RunEffect[] },
): void {
  const { key, run } = open;
  for (const effect of effects) {
    if (effect.kind !== "conclude") continue;
    const step = stepAt(open, effect.step);
    const bead = step.record.bead === undefined ? undefined : transaction.beadById(step.record.bead);
    const { action } = step.definition;
    if (action.kind === "gate" && hasGateMail(action.gate)) {
      const { approvers = [] } = bead && gateOf(bead) || {};
      archiveGateMail(transaction, { key: stepKey(open, step), approvers });
    }
    if (bead) closeBead(transaction, { bead, reason: reasonText(step.record) });
  }
  if (!hasEnded(before) && hasEnded(run)) {
    const bead = transaction.set(key, closedAs(run, transaction.now));
    skipNeedless(transaction, key);
    // Nobody looks on in the background; a nested run's failure is told by the run that it is a part of.
    const { background, parent } = summaryOf(bead)!;
    if (run.status === "failed" && background && parent === undefined) tellOfFailure(transaction, open);
  } else if (hasEnded(before) && !hasEnded(run)) {
    transaction.set(key, { status: "in_progress", close_reason: null, closed_at: null });
    takeFailureBack(transaction, { open, failed: before });
  }
}

/** Whether a run has ended and its bead does not say so: somebody else has opened it again. */
export function isOpenedAgain(view: Pick<View, "beadByKey">, { key, run }: OpenRun): boolean {
  const bead = view.beadByKey(key);
  return hasEnded(run) && bead !== undefined && !bead.deleted && bead.status !== "closed";
}

/** Lets the bead of a run that has ended say so, where it does not. */
export function closeEnded(ledger: Ledger, { open, actor }: { open: OpenRun; actor: string }): void {
  if (!isOpenedAgain(ledger.view, open)) return;
  ledger.write(actor, (transaction) => {
    const now = followRun(transaction, open).open;
    if (isOpenedAgain(transaction, now)) transaction.set(open.key, closedAs(now.run, now.run.since));
  });
}

function closedAs(run: RunState, at: number): JsonObject {
  return { status: "closed", close_reason: reasonText(run), closed_at: timeText(at) };
}

function closeBead(transaction: Transaction, { bead, reason }: { bead: Bead; reason: string }): void {
  if (bead.status === "closed" || bead.deleted) return;
  // A nested run ends by itself, and says how; a convoy that somebody else has made is theirs.
  if (summaryOf(bead) || !stepOfBead(bead)) return;
  archiveAsking(transaction, bead);
  transaction.set(bead.key, { status: "closed", close_reason: reason, closed_at: timeText(transaction.now) });
}

function reasonText({ status, reason }: { status: string; reason?: { text: string } }): string {
  return reason === undefined || status === "succeeded" ? status : `${status}: ${reason.text}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
