/**
 * A run of a molecule, as plain values: its state and that of its steps, what can happen to it, what is to be done then.
 *
 * This folder is the pure machine; `../engine` keeps its events in a journal and does what it asks for.
 *
 * @module
 */
import type { Json, JsonObject } from "../../lib/json.ts";
import type { FailureKind } from "../definition.ts";
import type { StepList } from "./step_list.ts";

/** How a run stands. */
export type RunStatus = "running" | "paused" | "succeeded" | "failed" | "cancelled";

/** How a step stands. `waiting` is for something other than a command: a gate, an agent, a convoy. */
export type StepStatus =
  | "pending"
  | "ready"
  | "running"
  | "waiting"
  | "retrying"
  | "succeeded"
  | "failed"
  | "skipped"
  | "cancelled";

/** The parts of a molecule, in the order in which a run goes through them. */
export type Section = "steps" | "onFailure" | "finally";

/** Why a step ended as it did; the kinds beyond those of the language are never tried again. */
export interface Reason {
  kind:
    | FailureKind
    /** An expression or a template could not be worked out. */
    | "expression"
    /** It could not even be begun: no such folder, no such molecule. */
    | "start"
    /** Somebody said no at a gate. */
    | "rejected"
    /** It repeated as often as it may. */
    | "repeat"
    /** It used up what it may use. */
    | "budget"
    /** What it needs did not succeed. */
    | "needs"
    /** One of its fan-out did not succeed. */
    | "items"
    /** The run was cancelled, or ran out of time. */
    | "run";
  text: string;
}

/** What is known of one step, or of one element of a fan-out. */
export interface StepRecord {
  status: StepStatus;
  /** When it came to this status, in ms since the epoch. */
  since: number;
  /** Number of its last attempt, from 1; 0 before the first. It grows over retries and repetitions alike. */
  attempt: number;
  /** Attempts of this repetition. */
  tries: number;
  /** Of its needs: how many have not ended, how many count as satisfied, how many of the rest were skipped. */
  open: number;
  met: number;
  skips: number;
  /** When its last attempt began. */
  startedAt?: number;
  /** While retrying: when it is tried again. */
  notBefore?: number;
  /** Finished repetitions. */
  rounds?: number;
  outputs?: JsonObject;
  /** Exit code of the last command. */
  code?: number;
  reason?: Reason;
  /** Id of the bead that stands for it: of a prompt, a gate, a checklist item or a nested run. */
  bead?: string;
  /** Of a nested run: id of the one of an earlier attempt, with which the next attempt goes on. */
  nested?: string;
  /** Of a step with a budget: when the first of the attempts that it is for began, and its number. */
  budgetFrom?: { at: number; attempt: number };
  /** The attempt of an earlier run that its result was taken from, without running. */
  cached?: string;
  /** It was told to end. */
  stopping?: true;
  /** A fan-out after it was spread: number of its first element, of all, of those ended, and of those at work. */
  first?: number;
  count?: number;
  ended?: number;
  active?: number;
  /** An element of a fan-out: number of the step it belongs to, and the row or item it is for. */
  of?: number;
  item?: Json;
}

/** How the steps of a run went, known before `finally` has run. */
export type Outcome = "succeeded" | "failed" | "cancelled";

/** The state of a run: plain values, the same from the same events. */
export interface RunState {
  status: RunStatus;
  since: number;
  /** The part that is under way; `done` at the end. */
  stage: Section | "done";
  /** How the steps went; absent while they are under way. */
  outcome?: Outcome;
  reason?: Reason;
  /** What is at work in this part is ended by force: nested runs together with their `finally`. */
  forced?: true;
  /** Grows with each driver: what an earlier one still says is not listened to. */
  term: number;
  /** Absent once that driver has left. */
  driver?: { by: string; replica: string } | undefined;
  /** The replica that drove it last: only there its commands can be found again. */
  replica?: string;
  startedAt: number;
  /** Steps of this stage that have not ended. */
  left: number;
  /** Steps that are at work, gates apart. */
  active: number;
  /** Steps of this stage whose failure counts. */
  failures: number;
  /** In the order of the molecule, then elements of fan-outs in the order in which they were spread. */
  steps: StepList<StepRecord>;
}

/** What can happen to a run. `at` is when, in ms since the epoch; steps are named by id, `build[2]` is an element. */
export type RunEvent =
  & { at: number }
  & (
    /** A driver has taken the run. */
    | { kind: "driven"; term: number; by: string; replica: string }
    /** Its driver has left it for another to go on with. */
    | { kind: "left"; term: number }
    | { kind: "paused"; by: string }
    | { kind: "resumed"; by: string }
    /**
     * `why`: what is said of it, for a nested run; otherwise who did it, and their `text`. `force`: a `finally` that is
     * under way is ended too, also that of a nested run that is ending already.
     */
    | { kind: "cancelled"; by: string; text?: string; why?: string; force?: true }
    /** The run as a whole has taken too long, or used up its budget. */
    | { kind: "expired"; text: string; of?: "budget" }
    /** Its `when` was worked out. */
    | { kind: "decided"; step: string; holds: boolean }
    /** Its rows or items are known. */
    | { kind: "spread"; step: string; items: readonly Json[] }
    /** An attempt begins; nothing of it was done yet. */
    | { kind: "started"; step: string }
    /** A bead stands for this attempt. */
    | { kind: "opened"; step: string; attempt: number; bead: string }
    /** `again`: its `until` is not true yet. */
    | {
      kind: "succeeded";
      step: string;
      attempt: number;
      outputs?: JsonObject;
      code?: number;
      again?: boolean;
      /** The attempt of an earlier run that it was taken from, `<run>/<step>/<attempt>`. */
      cached?: string;
    }
    | { kind: "failed"; step: string; attempt: number; reason: Reason; code?: number }
    /** It was told to end, and has. */
    | { kind: "stopped"; step: string; attempt: number }
    /** Its driver had to end it, through no fault of its own: it begins again. */
    | { kind: "interrupted"; step: string; attempt: number }
    /** The pause before another attempt is over. */
    | { kind: "due"; step: string }
    /** Somebody wants these steps tried again; all that did not succeed when none is named. `goOn`: with the nested runs they have. */
    | { kind: "retried"; steps: readonly string[]; by: string; goOn?: true }
  );

/** What is to be done now; each is done at least once, and says so by an event. */
export type RunEffect =
  /** Work out `when`. */
  | { kind: "decide"; step: string }
  /** Work out the rows or items of a fan-out. */
  | { kind: "spread"; step: string }
  /** Begin an attempt as soon as there is room. */
  | { kind: "launch"; step: string }
  /** Carry out an attempt that has begun, or find it again. */
  | { kind: "perform"; step: string; attempt: number }
  /** Say so when it is time for another attempt. */
  | { kind: "await"; step: string; until: number }
  /** End an attempt that is under way. */
  | { kind: "stop"; step: string; attempt: number }
  /** It has ended: tidy up after it. */
  | { kind: "conclude"; step: string }
  /** Another attempt follows this one: take back the bead that stood for it. */
  | { kind: "withdraw"; step: string; attempt: number; why: string; bead: string }
  /** The run has ended. */
  | { kind: "close" };

/** The statuses in which nothing more happens by itself. */
export const ENDED: ReadonlySet<StepStatus> = new Set(["succeeded", "failed", "skipped", "cancelled"]);

/** Whether a run has ended. */
export function hasEnded(run: Pick<RunState, "status">): boolean {
  return run.status !== "running" && run.status !== "paused";
}
