import type { Json } from "../../../lib/json.ts";
import type { Bead, Ledger, Transaction } from "../../../ledger/ledger.ts";
import { type Transition, transition } from "../../machine/machine.ts";
import {
  attemptsBefore,
  type Begun,
  entryValue,
  followRun,
  isHeeded,
  LOG_VERSION,
  type LoggedEvent,
  type NewText,
  type OpenRun,
  openRun,
  restsAfter,
  type RunNews,
  withText,
} from "./run_log.ts";
import { hasEnded, type RunEffect, type RunEvent } from "../../machine/run.ts";
import { refuseElsewhere } from "./elsewhere.ts";
import { keptText } from "./kept_text.ts";
import { showInBeads } from "./run_beads.ts";
import { type RunSummary, summaryOf } from "./run_summary.ts";

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
        open = { ...open, run: outcome.run, rests: restsAfter(open, outcome.run) };
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
