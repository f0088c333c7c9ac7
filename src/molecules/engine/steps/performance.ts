import type { BeadKey, Ledger, View } from "../../../ledger/ledger.ts";
import type { StopSignal } from "../../../lib/stopper.ts";
import { sleepUntil } from "../../../ports/clock.ts";
import type { Ports } from "../../../ports/ports.ts";
import type { Scope } from "../../expressions/evaluate.ts";
import { type Spent, timeLimit } from "../../machine/budget.ts";
import { createAwaitedBeads } from "./awaited_beads.ts";
import type { Language } from "./language.ts";
import type { KnownRuns } from "../journal/known_runs.ts";
import type { LoggedEvent, OpenRun } from "../journal/run_log.ts";
import type { Reason } from "../../machine/run.ts";
import type { StepAt } from "../journal/step_at.ts";
import { guarded } from "./trouble.ts";

/** Checks that are made whenever the ledger has changed. */
export interface Watches {
  /** Adds a check and makes it once; returns how to stop. */
  add(check: () => void): () => void;
  /** Calls back once a bead is closed or gone, which may be now; returns how to stop. */
  addBead(key: BeadKey, over: () => void): () => void;
  /** Makes all checks. */
  look(): void;
  isEmpty(): boolean;
}

/** Makes an empty collection of checks. */
export function createWatches(view: Pick<View, "rows">): Watches {
  const checks = new Set<() => void>();
  const beads = createAwaitedBeads(view);
  return {
    add(check) {
      checks.add(check);
      check();
      return () => void checks.delete(check);
    },
    addBead: beads.add,
    look() {
      beads.look();
      for (const check of [...checks]) if (checks.has(check)) check();
    },
    isEmpty: () => checks.size === 0 && beads.isEmpty(),
  };
}

/** Says what agents have used at beads. */
export type Spending = (beads: ReadonlySet<BeadKey>) => Promise<Spent>;

/** What carrying out steps needs. */
export interface PerformDeps {
  ports: Ports;
  ledger: Ledger;
  language: Language;
  /** Absolute folder in which the commands of the run begin. */
  folder: string;
  watches: Watches;
  /** Runs as they were noted last, this one among them. */
  runs: Pick<KnownRuns, "latest" | "note">;
  /** Says what agents have used; absent where nobody knows. */
  spending?: Spending;
  /** Nothing is taken from earlier runs. */
  fresh: boolean;
  /** Whether there is a town around it, whose people and agents get mail. */
  hasMail: boolean;
  /** Names in the environment whose values nobody may see. */
  secrets: ReadonlySet<string>;
  /** Aborted with what ends the driver although no step is at fault. */
  trouble: AbortController;
  /** Who drives the run, and the term of the driver. */
  actor: string;
  term: number;
  /** Keeps commands of earlier drivers from beginning, unless another has the run by now. */
  fence(): void;
}

/** One attempt that is being carried out. */
export interface Performance {
  /** The decision to carry it out is on disk; absent where nothing is begun before. */
  allow?(): void;
  /** Ends it; it says `stopped` when it has. */
  stop(): void;
  /**
   * Its driver must end: a command is ended and says `interrupted`, so is what a gate asks, anything else is left alone.
   * Resolves when that is done.
   */
  interrupt(): Promise<void>;
  /**
   * It is over or somebody else's: nothing more is to be looked at. What goes on is left so, apart from what a gate asks;
   * resolves when that has ended and nobody here follows the rest.
   */
  drop(): void | Promise<void>;
}

/** With what a signal aborts where what is carried out goes on, and is somebody else's. */
export const DROPPED = "dropped";

/** What is to be carried out. */
export interface Order {
  open: OpenRun;
  step: StepAt;
  /** What its expressions read; `now` is when the attempt began. */
  scope: Scope;
  /** Says what has happened. */
  tell(event: LoggedEvent): void;
}

/** Begins to carry out an attempt, or finds it again. */
export type Performer = (order: Order) => Performance;

/** What is over as soon as it is said to be: waiting needs no end. A driver that leaves lets `begun` come to its end first. */
export function waiting(
  order: Order,
  { stop, begun = Promise.resolve() }: { stop: () => void; begun?: Promise<void> },
): Performance {
  const { id: step, attempt } = order.step;
  return {
    stop() {
      stop();
      order.tell({ kind: "stopped", step, attempt });
    },
    async interrupt() {
      await begun;
      stop();
    },
    drop: stop,
  };
}

/** Calls back when the time of an attempt is over, or that of its step, unless `signal` aborts before. */
export function whenLate(
  { ports: { clock }, trouble }: Pick<PerformDeps, "ports" | "trouble">,
  { step: { definition, record } }: Pick<Order, "step">,
  { signal, late }: { signal: StopSignal; late(reason: Reason): void },
): void {
  const limit = timeLimit(definition, { record, now: clock.now() });
  if (!limit) return;
  const work = () =>
    sleepUntil(clock, { at: limit.at, signal }).then(() => signal.aborted || late(limit.reason));
  guarded({ trouble }, { work });
}
