/**
 * One try of one worker at one bead, and everything that can happen to it.
 *
 * The record lives in the bead's `metadata.attempt`. Whoever acts for a bead names `(bead, n)`; what carries an older n
 * is refused.
 *
 * @module
 */
import type { Json } from "../lib/json.ts";

/** Where a try stands. The last four are final: a bead with one of them has no live attempt. */
export type AttemptState =
  /** Assigned; waits for a free place. */
  | "hooked"
  /** Has a place; its worktree and session are being made. */
  | "preparing"
  /** Its session runs; the agent has not reported yet. */
  | "starting"
  | "working"
  /** Needs a person: a question, a dialog, a permission. */
  | "waiting"
  /** The worker says it is done; the branch is pushed. */
  | "submitted"
  /** The branch is proven to be what was submitted; waits for the merge queue. */
  | "queued"
  /** The refinery is at it. */
  | "merging"
  /** Nothing automatic is left to try. */
  | "escalated"
  | "merged"
  /** Closed without a commit, with the reason given. */
  | "no-code"
  /** Taken off the hook. */
  | "released";

/** Why a try failed, in words for whoever tries next. */
export interface Failure {
  kind: "checks" | "conflict" | "rejected" | "session" | "verify" | "worker" | "preparation";
  /** One line. */
  summary: string;
  /** The end of the log, or both sides of a conflict. Bounded. */
  detail?: string;
  /** Paths in conflict. */
  files?: readonly string[];
}

/** A try that is over. */
export interface PastAttempt {
  n: number;
  outcome: string;
  at: number;
}

/** The record of the current try. Times are ms since the epoch. */
export interface Attempt {
  n: number;
  state: AttemptState;
  since: number;
  rig: string;
  /** Name of the agent that carries it out. */
  agent: string;
  molecule?: string;
  /** `gt/<bead>`, by the id at the bead's first try. */
  branch: string;
  /** The branch it is to land on. */
  target: string;
  /** The member of the crew whose own work it is: it has no worker, and what fails goes back to that person. */
  crew?: string;
  slungAt: number;
  slungBy: string;
  /** Begin on the target again, keeping what the branch had under a rescue ref. */
  fresh?: boolean;
  /** Number of the worker; kept from try to try of one bead, for its worktree's sake. */
  worker?: number;
  /** The commit of the target that the branch began on. */
  baseCommit?: string;
  /** The commit that was submitted. */
  commit?: string;
  /** The tested merge, written before it is pushed. */
  merge?: { tip: string; onto: string };
  /** The commit on the target that proves the merge. */
  landed?: string;
  /** Sessions lost in this try. */
  restarts: number;
  /** Failures in a row of the step under way. */
  tries: number;
  /** Nothing is tried again before this time. */
  notBefore: number;
  /** What a person is asked, while waiting or escalated. */
  question?: string;
  /** Why a try before this one failed, or, where a person has to decide, this one. */
  failure?: Failure;
  /** Number of the try that failed so. */
  failed?: number;
  past: readonly PastAttempt[];
}

/** What happened. Each carries the time it happened at. */
export type AttemptEvent =
  & { at: number }
  & (
    | { kind: "granted"; worker: number }
    | { kind: "worktreePrepared"; baseCommit: string }
    | { kind: "preparationFailed"; reason: string; detail?: string }
    | { kind: "sessionSpawned" }
    | { kind: "agentReady" }
    | { kind: "helpAsked"; question: string }
    | { kind: "answered" }
    /** The session is to be replaced, by its own wish or a person's; nothing went wrong. */
    | { kind: "handedOff" }
    | { kind: "sessionLost"; reason: string }
    | { kind: "workerFailed"; reason: string }
    | { kind: "submitted"; commit: string }
    | { kind: "verified" }
    | { kind: "verificationFailed"; reason: string }
    | { kind: "mergeStarted" }
    | { kind: "mergeTested"; tip: string; onto: string }
    | { kind: "mergeAborted"; reason: string }
    | { kind: "pushRejected"; reason: string }
    | { kind: "merged"; landed: string }
    | { kind: "mergeFailed"; failure: Failure }
    | { kind: "closedWithoutCode"; why: string; by: string }
    | { kind: "released"; by: string }
    | { kind: "retried"; by: string; fresh?: boolean }
  );

/** What must be written together with the new state. */
export type AttemptEffect =
  | { kind: "setBead"; fields: { [name: string]: Json } }
  /** `step` makes the message's identity with the bead and the attempt, so that a repetition is the same message. */
  | { kind: "sendMail"; step: string; to: string; subject: string; body: string; urgent?: boolean }
  /** What asked for somebody, by the steps in the identities of those messages, is settled. */
  | { kind: "archiveMail"; n: number; steps: readonly string[] };

/** Who has to act on an attempt next, and how. Derived from the state alone, so nothing is lost with a process. */
export type DueAct =
  | { by: "steward"; act: "grant" | "prepare" }
  | { by: "agent"; act: "report" | "work" }
  | { by: "witness"; act: "verify" }
  | { by: "refinery"; act: "merge" | "finish-merge" }
  | { by: "person"; act: "answer" | "decide" }
  | { by: "nobody"; act: "none" };

/** The bounds within which things are tried again. */
export interface AttemptLimits {
  /** Tries a bead gets. */
  attempts: number;
  /** Sessions a try may lose. */
  restarts: number;
  /** First pause before something is tried again, in ms; doubles up to a hundred times that. */
  backoffMs: number;
}

/** The states of a try that somebody still has to act on. */
export const LIVE_STATES: ReadonlySet<AttemptState> = new Set([
  "hooked",
  "preparing",
  "starting",
  "working",
  "waiting",
  "submitted",
  "queued",
  "merging",
  "escalated",
]);

/** The states in which a try holds one of the places that `limits.workers` counts. */
export const PLACED_STATES: ReadonlySet<AttemptState> = new Set([
  "preparing",
  "starting",
  "working",
  "waiting",
]);

/** How the question of an attempt begins whose worker was stopped, by a person or by a program. */
export const STOPPED_BY = "Stopped by ";

/** The same where it was a budget. */
export const STOPPED_BY_BUDGET = `${STOPPED_BY}the budget`;

/** The tmux session of a worker. */
export function workerSession(worker: number): string {
  return `gt-worker-${worker}`;
}

/** The name a worker acts under. */
export function workerName(worker: number): string {
  return `worker-${worker}`;
}
