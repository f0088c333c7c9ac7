import type { Observation } from "../lib/observation.ts";
import type { Attempt } from "../work/attempt.ts";

/** How a worker is, in one word. */
export type WorkerState =
  | "starting"
  | "working"
  /** For a person. */
  | "waiting"
  | "idle-with-work"
  /** Busy by its own word, but without any sign for too long. */
  | "stalled"
  | "dead"
  | "rate-limited"
  | "done"
  /** Its session cannot be observed now; nothing follows from that. */
  | "unknown";

/** How often the doorbell was rung in this try, and when last (ms since the epoch). */
export interface Rings {
  count: number;
  at: number;
}

/** The bounds of the witness, in ms and times. */
export interface WorkerLimits {
  startTimeoutMs: number;
  idleAfterMs: number;
  stallAfterMs: number;
  doorbells: number;
}

/** Everything that is known of a worker at one moment. Times are ms since the epoch. */
export interface WorkerView {
  attempt: Pick<Attempt, "state" | "since">;
  /** A person has stopped the worker: it has no session until it is started again. */
  isStopped?: boolean;
  /** A person works in the session: nothing there has to report or to hurry. */
  isPersonal?: boolean;
  /** The question is one on the agent's screen, not one that the agent put into words. */
  isDialog?: boolean;
  session: Observation;
  /** What the agent's own hooks said last; absent for an agent without hooks. */
  activity?: { at: number; event: string; busy: boolean; needs?: string };
  /** The last sign of any kind: hook, commit, output. */
  signAt: number;
  /** Present when the agent said that it may not go on before. */
  limitedUntil?: number;
  rings?: Rings;
  now: number;
  limits: WorkerLimits;
}

/** What to do about a worker. */
export type WitnessAct =
  | { kind: "none" }
  /** Look again then; nothing is wrong so far. */
  | { kind: "wait"; until: number }
  /** Compare what was submitted with what is there. */
  | { kind: "verify" }
  | { kind: "doorbell" }
  /** See whether it asks something on its screen, which keeps it from reporting. */
  | { kind: "look" }
  /** End what is left of the session and report it lost. */
  | { kind: "restart"; reason: string }
  /** Tell a person what the agent needs. */
  | { kind: "ask"; question: string }
  /** The agent goes on after a question. */
  | { kind: "answered" };

/** A client that has not reported after so long, in ms, may show a dialog: it is looked at until it does. */
const SLOW_START = 8_000;
/** How long a question must stand on a screen, in ms, until a person is told: an agent may answer it by itself. */
const QUESTION_STANDS = 5_000;
/** Rings that are older than so many idle times belong to another lull. */
const FORGET_AFTER = 30;
/** The longest pause between two rings, in idle times; shorter than the above, so that rings add up. */
const LONGEST_PAUSE = 15;

/** Says how a worker is. */
export function workerState(view: WorkerView): WorkerState {
  const { attempt, session, now, limits } = view;
  switch (attempt.state) {
    case "hooked":
    case "preparing":
      return "starting";
    case "submitted":
    case "queued":
    case "merging":
    case "merged":
    case "no-code":
    case "released":
      return "done";
    case "escalated":
      return "waiting";
    case "starting":
    case "working":
    case "waiting":
      break;
  }
  if (attempt.state === "waiting" && view.isStopped) return "waiting";
  if (session === "gone") return "dead";
  if (session === "unknown") return "unknown";
  if (attempt.state === "starting") return "starting";
  if (attempt.state === "waiting") return "waiting";
  if (view.isPersonal) return "working";
  if (view.limitedUntil !== undefined && view.limitedUntil > now) return "rate-limited";
  if (view.activity?.needs !== undefined) return "waiting";
  if (view.activity?.busy === false) {
    return now >= idleSince(view) + limits.idleAfterMs ? "idle-with-work" : "working";
  }
  return now >= lastSign(view) + limits.stallAfterMs ? "stalled" : "working";
}

/** Decides what to do: first the doorbell, then a new session; further steps follow from counting lost sessions. */
export function decide(view: WorkerView): WitnessAct {
  const { attempt, now, limits } = view;
  if (attempt.state === "submitted") return { kind: "verify" };
  switch (workerState(view)) {
    case "dead":
      return { kind: "restart", reason: whyDead(view) };
    case "starting": {
      if (attempt.state !== "starting" || view.isPersonal) return { kind: "none" };
      const until = attempt.since + limits.startTimeoutMs;
      if (now >= until) return { kind: "restart", reason: "the agent did not report after its start" };
      const slowAt = Math.min(until, attempt.since + SLOW_START);
      return now < slowAt ? { kind: "wait", until: slowAt } : { kind: "look" };
    }
    case "waiting":
      return whileWaiting(view);
    case "rate-limited":
      return { kind: "wait", until: view.limitedUntil! };
    case "idle-with-work":
      return urge(view, "it stayed idle with open work on its hook");
    case "stalled":
      return urge(view, "it gave no sign for too long");
    case "working":
      return view.isPersonal ? { kind: "none" } : { kind: "wait", until: troubleAt(view) };
    case "unknown":
    case "done":
      return { kind: "none" };
  }
}

/** The rings that still count, or undefined. */
export function countingRings(view: Pick<WorkerView, "rings" | "now" | "limits">): Rings | undefined {
  const { rings, now, limits } = view;
  return rings && now - rings.at < FORGET_AFTER * limits.idleAfterMs ? rings : undefined;
}

function whileWaiting(view: WorkerView): WitnessAct {
  const { attempt, activity } = view;
  if (attempt.state === "working" && activity?.needs !== undefined) {
    const until = activity.event === "screen" ? activity.at + QUESTION_STANDS : 0;
    if (view.now < until) return { kind: "wait", until };
    return { kind: "ask", question: activity.needs };
  }
  if (attempt.state !== "waiting" || view.isStopped || activity === undefined) return { kind: "none" };
  if (activity.at <= attempt.since || activity.needs !== undefined) return { kind: "none" };
  // A turn that ends after a question in words ends with the question open; only a new prompt can be its answer.
  return view.isDialog || activity.event === "prompt" ? { kind: "answered" } : { kind: "none" };
}

/** Rings up to the limit, each time after a longer pause; then a new session. */
function urge(view: WorkerView, reason: string): WitnessAct {
  const rings = countingRings(view);
  if (rings) {
    const until = rings.at + view.limits.idleAfterMs * Math.min(LONGEST_PAUSE, 2 ** (rings.count - 1));
    if (view.now < until) return { kind: "wait", until };
  }
  if ((rings?.count ?? 0) < view.limits.doorbells) return { kind: "doorbell" };
  return { kind: "restart", reason };
}

function whyDead({ attempt }: WorkerView): string {
  return attempt.state === "starting"
    ? "the session ended before the agent reported"
    : "the session ended while there was work on its hook";
}

/** When a worker that works now would count as idle or stalled. */
function troubleAt(view: WorkerView): number {
  return view.activity?.busy === false
    ? idleSince(view) + view.limits.idleAfterMs
    : lastSign(view) + view.limits.stallAfterMs;
}

/** What was said before this state began is about an earlier session. */
function idleSince({ attempt, activity }: WorkerView): number {
  return Math.max(attempt.since, activity?.at ?? 0);
}

function lastSign({ attempt, activity, signAt }: WorkerView): number {
  return Math.max(attempt.since, activity?.at ?? 0, signAt);
}
