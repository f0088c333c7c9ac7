import type { Json, JsonObject } from "../../../lib/json.ts";
import { present } from "../../../lib/present.ts";
import type { BeadKey, JournalEntry, Stamp, View } from "../../../ledger/ledger.ts";
import type { Definition } from "../../definition.ts";
import { CommandError } from "../../../lib/errors.ts";
import { type Kept, wholeText } from "./kept_text.ts";
import { beginRun, transition } from "../../machine/machine.ts";
import { RUN_LEGAL } from "../../machine/machine_table.ts";
import { rulesOf, type RunRules } from "../../machine/rules.ts";
import { hasEnded, type RunEffect, type RunEvent, type RunState } from "../../machine/run.ts";
import { recordsOf } from "../../machine/step_list.ts";
import { type GivenAttempts, highestAttempt, upgradeRun } from "../../machine/upgrade.ts";
import { runName } from "./step_at.ts";

/** Version of the entries that this program writes; it reads all before it as well. */
export const LOG_VERSION = 2;

/** What a run was begun with: all that its driver must know, whoever that is. */
export interface Begun {
  definition: Definition;
  /** Values of its variables. */
  values: JsonObject;
  /** The variables of the environment that its expressions read, as they were. */
  environment: Readonly<Record<string, string>>;
  /** Where its commands run, relative to the folder around the ledger. */
  folder: string;
  /** Where its repository was then, which is elsewhere in another clone; absent where an earlier version wrote it. */
  root?: string;
  by: string;
  /** The bead that it is for, as it was. */
  bead?: { key: BeadKey; id: string; title: string };
  /** Nothing is taken from earlier runs. */
  fresh?: boolean;
  /** The step that it is the work of, for a nested run. */
  parent?: { run: BeadKey; step: string; attempt: number; depth: number };
}

/** An event as it stands in a journal: its time is that of the entry. */
export type LoggedEvent = RunEvent extends infer Event ? Event extends RunEvent ? Omit<Event, "at"> : never
  : never;

/** One entry of the journal of a run; `term` is absent where no driver wrote it. */
export type RunEntry =
  | { v: number; at: number; begun: Kept<Begun> }
  | { at: number; term?: number; events: readonly LoggedEvent[] }
  /**
   * It was moved to another text; `ended`: after it had ended. `attempts` are of steps that it had before; absent where an
   * earlier version wrote it.
   */
  | { at: number; upgraded: Kept<NewText>; attempts?: GivenAttempts; ended?: true };

/** What a run that is moved to another text goes on with. */
export type NewText = Pick<Begun, "definition" | "values" | "environment">;

/** A run as its journal tells it, and how far that was read. */
export interface OpenRun {
  key: BeadKey;
  begun: Begun;
  rules: RunRules;
  run: RunState;
  /** Of the last entry that was read: its arrival, and the latest time of all. */
  arrival: number;
  stamp: Stamp;
  /** The replica that wrote who drives it: what another one writes as a driver of the same term is not listened to. */
  drivenFrom?: string;
  /** When it began first, in ms since the epoch. */
  began: number;
  /** The times for which it had ended before it was tried again. */
  rests: readonly Rest[];
}

/** From when a run had ended to when it was tried again, in ms since the epoch. */
export interface Rest {
  from: number;
  to: number;
}

/** How long a run has been under way, in ms: the time for which it had ended, before it was tried again, is not of it. */
export function runSpan(
  { run, began, rests }: Pick<OpenRun, "run" | "began" | "rests">,
  now: number,
): number {
  const to = hasEnded(run) ? run.since : now;
  return rests.reduce((span, rest) => span - (rest.to - rest.from), to - began);
}

/** How much of a time, in ms, is one for which a run had ended. */
export function restWithin({ rests }: Pick<OpenRun, "rests">, { from, to }: Rest): number {
  const within = rests.map((rest) => Math.min(to, rest.to) - Math.max(from, rest.from));
  return within.reduce((sum, ms) => sum + Math.max(0, ms), 0);
}

/** The times for which a run had ended, once an event has made `run` of it. */
export function restsAfter(open: Pick<OpenRun, "run" | "rests">, run: RunState): OpenRun["rests"] {
  if (!isTriedAgain(open.run, run)) return open.rests;
  return [...open.rests, { from: open.run.since, to: run.startedAt }];
}

/** Whether a run that had ended was tried again; where nothing of it is left to do, it has ended again by now. */
export function isTriedAgain(before: RunState, run: RunState): boolean {
  return hasEnded(before) && (!hasEnded(run) || run.startedAt !== before.startedAt);
}

/** How a run is read. */
export interface Reading {
  /** As it was before a moment, in ms since the epoch. */
  before?: number;
  /** Without what its steps gave, which may be much. Only for who shows it: no expression can be worked out. */
  bare?: boolean;
}

/**
 * The run of a bead, from the beginning of its journal; undefined for a bead that is none.
 *
 * @throws {CommandError} `run_unreadable` where this version of the program cannot read what another wrote.
 */
export function readRun(
  view: Pick<View, "journal">,
  key: BeadKey,
  { before = Infinity, bare = false }: Reading = {},
): OpenRun | undefined {
  return readable(key, () => {
    const [first, ...rest] = runEntries(view, { key, after: 0, bare })
      .filter(({ stamp: [ms] }, at) => at === 0 || ms < before);
    const open = first && beginning(key, first);
    return open && readOn(open, { entries: rest }).open;
  });
}

/** The entries of the journal of a run that arrived after `after`; `bare` as in {@linkcode Reading}. */
export function runEntries(
  view: Pick<View, "journal">,
  { key, after, bare }: { key: BeadKey; after: number; bare: boolean },
): JournalEntry[] {
  return view.journal(key, after, bare ? withoutOutputs : undefined);
}

/** What happens to a run goes by none of what its steps gave: all of that was worked out before it was written. */
function withoutOutputs(value: JsonObject): JsonObject {
  const entry = value as unknown as RunEntry;
  if (!("events" in entry)) return value;
  const events = entry.events.map((event) => {
    if (event.kind !== "succeeded") return event;
    const { outputs: _, ...rest } = event;
    return rest;
  });
  return entryValue({ ...entry, events });
}

/** The run that the first entry of a journal begins; undefined for one that can begin none. */
function beginning(key: BeadKey, { value, arrival, stamp }: JournalEntry): OpenRun | undefined {
  const begin = value as unknown as RunEntry;
  if (!("begun" in begin)) return undefined;
  if (begin.v > LOG_VERSION) throw new Error(NEWER);
  return { ...openRun(key, { begun: wholeText(begin.begun), at: begin.at }), arrival, stamp };
}

const NEWER = "a newer version of this program wrote it";

/** What is read of a journal. @throws {CommandError} `run_unreadable` naming the run, where this program cannot. */
function readable<T>(key: BeadKey, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const why = (error as Error).message;
    throw unreadable(key, why === NEWER ? why : `its journal is not as this program writes it (${why})`);
  }
}

/** That this program cannot read a run. */
export function unreadable(key: BeadKey, why: string): CommandError {
  const id = runName(key);
  return new CommandError("refused", `Cannot read run "${id}": ${why}`, {
    code: "run_unreadable",
    hints: [
      "Read it with the version that wrote it; which this is: gt version",
      `Give it up: bd close ${id}`,
    ],
  });
}

/** What a journal tells of: an event, the beginning, or that the run was moved to another text. */
export type Happened = LoggedEvent | { kind: "begun" } | { kind: "upgraded" };

/** Sees a run after each thing that happened to it. */
export type HappenedSeen = (open: OpenRun, happened: Happened) => void;

/** A run after one more entry of its journal; the first begins it. Undefined for one that can begin none. */
export function withEntry(
  open: OpenRun | undefined,
  { key, entry, seen }: { key: BeadKey; entry: JournalEntry; seen: HappenedSeen },
): OpenRun | undefined {
  if (open) return readOn(open, { entries: [entry], seen }).open;
  const begun = beginning(key, entry);
  if (begun) seen(begun, { kind: "begun" });
  return begun;
}

/** The highest numbers of attempts of the steps that a run had before it was moved to another text without them. */
export function attemptsBefore(view: Pick<View, "journal">, key: BeadKey): GivenAttempts {
  const given = new Map<string, number>();
  let last: OpenRun | undefined;
  for (const entry of runEntries(view, { key, after: 0, bare: true })) {
    const open = withEntry(last, { key, entry, seen: () => {} });
    if (last && open && last.rules !== open.rules) {
      const records = [...recordsOf(last.run.steps)];
      for (const { id, index } of last.rules.steps) given.set(id, highestAttempt(records, index));
    }
    last = open;
  }
  return Object.fromEntries([...given].filter(([id, attempt]) => attempt > 0 && !last?.rules.byId.has(id)));
}

/** What a run was begun with; undefined for a bead that is none. */
export function begunOf(view: Pick<View, "journal">, key: BeadKey): Begun | undefined {
  const begin = view.journal(key, 0)[0]?.value as unknown as RunEntry | undefined;
  return begin && "begun" in begin ? wholeText(begin.begun) : undefined;
}

/** A run at its beginning. */
export function openRun(key: BeadKey, { begun, at }: { begun: Begun; at: number }): OpenRun {
  const rules = rulesOf(begun.definition);
  const { run } = beginRun(rules, { at });
  return { key, begun, rules, run, arrival: 0, stamp: [0, 0], began: at, rests: [] };
}

/** What has been added to the journal of a run. */
export interface RunNews {
  open: OpenRun;
  /** What is to be done because of it. */
  effects: readonly RunEffect[];
  /** The steps that something happened to. */
  steps: readonly string[];
  /** Whether all that is due must be looked at anew. */
  again: boolean;
}

/** A run with what has been added to its journal since. */
export function followRun(view: Pick<View, "journal">, open: OpenRun): RunNews {
  const entries = view.journal(open.key, open.arrival);
  if (entries.length === 0) return { open, effects: [], steps: [], again: false };
  // What another replica wrote earlier may arrive later: then the order of all is another.
  const isLate = entries.some(({ stamp }) => isBefore(stamp, open.stamp));
  if (isLate) return { open: readRun(view, open.key)!, effects: [], steps: [], again: true };
  const hasNewText = entries.some(({ value }) => "upgraded" in value);
  return { ...readable(open.key, () => readOn(open, { entries })), again: hasNewText };
}

/** Whether one entry of a journal was written before another. */
export function isBefore(one: Stamp, other: Stamp): boolean {
  return one[0] < other[0] || one[0] === other[0] && one[1] < other[1];
}

function readOn(
  open: OpenRun,
  { entries, seen }: { entries: readonly JournalEntry[]; seen?: HappenedSeen },
): Omit<RunNews, "again"> {
  let { run, arrival, stamp, begun, rules, drivenFrom, rests } = open;
  const effects: RunEffect[] = [];
  const steps: string[] = [];
  for (const entry of entries) {
    arrival = Math.max(arrival, entry.arrival);
    stamp = entry.stamp;
    const value = entry.value as unknown as RunEntry;
    if ("upgraded" in value) {
      const { upgraded: text, at, attempts, ended = false } = value;
      const moved = withText({ begun, rules, run }, { text: wholeText(text), at, attempts, afterEnd: ended });
      // Another replica may have ended the run before.
      if (moved.kind === "upgraded") {
        ({ begun, rules, run } = moved);
        seen?.({ ...open, begun, rules, run, arrival, stamp }, { kind: "upgraded" });
      }
    }
    if (!("events" in value)) continue;
    if (!isHeeded({ run, drivenFrom }, { term: value.term, replica: entry.replica })) continue;
    for (const event of value.events) {
      if (!Object.hasOwn(RUN_LEGAL, event.kind)) throw new Error(NEWER);
      const moved = transition(rules, { run, event: { ...event, at: value.at } as RunEvent });
      if (moved.kind !== "moved") continue;
      rests = restsAfter({ run, rests }, moved.run);
      ({ run } = moved);
      if (event.kind === "driven") drivenFrom = entry.replica;
      effects.push(...moved.effects);
      if ("step" in event) steps.push(event.step);
      seen?.({ ...open, begun, rules, run, arrival, stamp, rests }, event);
    }
  }
  return {
    open: { ...open, ...present({ begun, rules, run, arrival, stamp, drivenFrom, rests }) },
    effects,
    steps,
  };
}

/**
 * Whether a driver of a term is listened to: not one that another has followed, nor one of two that took the run on two
 * machines at once and whose word of that came later. Without a term it is no driver.
 */
export function isHeeded(
  { run, drivenFrom }: Pick<OpenRun, "run"> & { drivenFrom?: string | undefined },
  { term, replica }: { term: number | undefined; replica: string },
): boolean {
  if (term === undefined || term > run.term) return true;
  return term === run.term && (drivenFrom === undefined || drivenFrom === replica);
}

/** A run moved to another text, or why it cannot be; one that has ended only with `afterEnd`. */
export function withText(
  { begun, rules, run }: Pick<OpenRun, "begun" | "rules" | "run">,
  { text, at, attempts, afterEnd }: {
    text: NewText;
    at: number;
    attempts: GivenAttempts | undefined;
    afterEnd: boolean;
  },
): { kind: "upgraded"; begun: Begun; rules: RunRules; run: RunState } | { kind: "refused"; why: string } {
  const to = rulesOf(text.definition);
  const moved = upgradeRun({ from: rules, to, run, at, attempts, afterEnd });
  if (moved.kind === "refused") return moved;
  return { kind: "upgraded", begun: { ...begun, ...text }, rules: to, run: moved.run };
}

/** An entry as the journal keeps it. */
export function entryValue(entry: RunEntry): JsonObject {
  return entry as unknown as Json as JsonObject;
}
