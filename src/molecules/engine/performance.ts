import type { Ledger } from "../../ledger/ledger.ts";
import type { Ports } from "../../ports/ports.ts";
import type { Scope } from "../expressions/evaluate.ts";
import type { Language } from "./language.ts";
import type { LoggedEvent, OpenRun } from "./run_log.ts";
import type { StepAt } from "./step_at.ts";

/** What carrying out steps needs. */
export interface PerformDeps {
  ports: Ports;
  ledger: Ledger;
  language: Language;
  /** Absolute folder in which the commands of the run begin. */
  folder: string;
}

/** Begins to carry out an attempt, or finds it again. */
export type Performer = (order: Order) => Performance;

/** One attempt that is being carried out. */
export interface Performance {
  /** Ends it; it says `stopped` when it has. */
  stop(): void;
  /** Its driver must end: a command is ended and says `interrupted`, anything else is left alone. Resolves when that is done. */
  interrupt(): Promise<void>;
}

/** What is to be carried out. */
export interface Order {
  open: OpenRun;
  step: StepAt;
  /** What its expressions read; `now` is when the attempt began. */
  scope: Scope;
  /** Says what has happened. */
  tell(event: LoggedEvent): void;
}
