import type { Ledger } from "../../../ledger/ledger.ts";
import type { Ports } from "../../../ports/ports.ts";
import type { Alarm } from "../../../town/loops/alarm.ts";
import type { ReadySteps } from "./ready_steps.ts";
import type { Lookout } from "./lookout.ts";
import type { Language } from "../steps/language.ts";
import type { Lease } from "./lease.ts";
import type { Performance, Performer, Spending, Watches } from "../steps/performance.ts";
import type { Asking, Verdicts } from "./groups.ts";
import type { PlaceHolder } from "./place_holders.ts";
import type { KnownRuns } from "../journal/known_runs.ts";
import type { LoggedEvent, OpenRun } from "../journal/run_log.ts";
import type { RunEffect } from "../../machine/run.ts";
import type { Timers } from "./timers.ts";
import type { WorkingSteps } from "./working_steps.ts";

/** What a driver works with. */
export interface DriverDeps {
  ports: Ports;
  ledger: Ledger;
  language: Language;
  /** Carries out steps. */
  performer: Performer;
  /** Says what agents have used; absent where nobody knows. */
  spending?: Spending;
  /** Aborted with what ends the driver although no step is at fault. */
  trouble: AbortController;
  /** Checks to be made when the ledger has changed. */
  watches: Pick<Watches, "look" | "isEmpty">;
  /** Other runs as they are now: those that this one is a part of, and those that it waits for. */
  runs: Pick<KnownRuns, "at">;
}

/** What is driven, and how. */
export interface DriveOptions {
  open: OpenRun;
  lease: Lease;
  /** Whether another machine drove it before. */
  moved: boolean;
  actor: string;
  /** Its commands at work, beside those of the runs that it is a part of, or that are nested in it. */
  working: WorkingSteps;
  /** Aborts when the driver is to end and leave a run that can go on; with `DROPPED` it leaves what it carries out as well. */
  signal: AbortSignal;
  /** Looks for what others have added, also for the runs that it is a part of. */
  lookout: Lookout;
  /** Ends the driving, and leaves a run that can go on, once this holds and nothing is left to be written. */
  until?(open: OpenRun): boolean;
  /** Whether more steps may begin now; asked again and again while they may not. */
  mayBegin?(): boolean;
  /** Sees the run after every change, with the steps that something happened to. */
  changed?(open: OpenRun, steps: ReadonlySet<string>): void;
}

/** A driver at work. */
export interface Driver {
  readonly deps: DriverDeps;
  readonly options: DriveOptions;
  open: OpenRun;
  /** What has happened and is not written yet. */
  inbox: LoggedEvent[];
  /** What the machine has asked for and nobody has looked at. */
  asked: RunEffect[];
  readonly commands: ReadySteps;
  readonly others: ReadySteps;
  /** What is to be carried out beside commands and has not been begun yet. */
  readonly unbegun: Set<RunEffect & { kind: "perform" }>;
  readonly working: WorkingSteps;
  readonly performances: Map<string, { attempt: number; performance?: Performance }>;
  readonly timers: Timers;
  readonly alarm: Alarm;
  /** Something was begun that may have written to the ledger. */
  mayHaveWritten: boolean;
  /** Nothing more begins. */
  leaving: boolean;
  /**
   * What has happened is another than it was: the run was moved to another text, or what another machine had written
   * before has arrived. It is to be driven anew.
   */
  isOutdated: boolean;
  /** The steps that the run is the work of, the innermost first. */
  readonly around: readonly Required<Pick<PlaceHolder, "run" | "step">>[];
  /** Who waits for places, one for all that wait for the same; as it was when steps were begun last. */
  readonly waits: Map<string, Asking>;
  /** What was found out of those who have these places, and when it is looked at again, in ms since the epoch. */
  verdicts: Verdicts;
  looksAt: number;
  /** Something could begin, but a run that this one is a part of is paused. */
  isPausedAbove: boolean;
  /** Something could begin, but nothing may. */
  isHeldUp: boolean;
  looksAgain: boolean;
}
