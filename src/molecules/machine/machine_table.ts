import type { RunEvent, RunStatus, StepStatus } from "./run.ts";

type EventKind = RunEvent["kind"];

const LIVE: readonly RunStatus[] = ["running", "paused"];

/** In which statuses of the run each event may happen. Anything else is refused and changes nothing. */
export const RUN_LEGAL: { readonly [kind in EventKind]: readonly RunStatus[] } = {
  driven: LIVE,
  left: LIVE,
  paused: ["running"],
  resumed: ["paused"],
  cancelled: LIVE,
  expired: LIVE,
  decided: LIVE,
  spread: LIVE,
  started: ["running"],
  opened: LIVE,
  succeeded: LIVE,
  failed: LIVE,
  stopped: LIVE,
  interrupted: LIVE,
  due: LIVE,
  retried: ["running", "paused", "failed", "cancelled"],
};

/** Events of one step. */
export type StepEventKind =
  | "decided"
  | "spread"
  | "started"
  | "opened"
  | "succeeded"
  | "failed"
  | "stopped"
  | "interrupted"
  | "due";

/** In which statuses of its step each event may happen, beside what {@linkcode RUN_LEGAL} says of the run. */
export const STEP_LEGAL: { readonly [kind in StepEventKind]: readonly StepStatus[] } = {
  decided: ["pending"],
  spread: ["ready"],
  started: ["ready"],
  opened: ["running", "waiting"],
  succeeded: ["running", "waiting"],
  // Before it has begun: `when`, or what is to be run, could not be worked out.
  failed: ["pending", "ready", "running", "waiting"],
  stopped: ["running", "waiting"],
  interrupted: ["running"],
  due: ["retrying"],
};
