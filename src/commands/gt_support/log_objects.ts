import type { Context } from "../../cli/command.ts";
import type { JsonObject } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import type { RunSeen } from "../../molecules/engine/journal/follow_run.ts";
import type { Happened, OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { runName, type StepAt, stepAt } from "../../molecules/engine/journal/step_at.ts";
import { hasEnded, type StepRecord } from "../../molecules/machine/run.ts";
import { isoTime } from "../../ports/time.ts";
import type { PrintedSteps } from "./printed_steps.ts";

/** The fields that say which attempt of which step of which run an object of a log is about. */
export function stepOf(open: Pick<OpenRun, "key">, { id, attempt }: StepAt): JsonObject {
  return { run: runName(open.key), step: id, attempt };
}

/**
 * The log as objects: one for each status that a step comes to, with what it printed when an attempt is over, and one
 * with `event` for what happens to a run as a whole.
 */
export function createLogObjects(
  { event: say }: Context["out"],
  { printed, isChosen }: {
    printed: PrintedSteps;
    /** Whether what happens to a run as a whole is told. */
    isChosen(open: OpenRun): boolean;
  },
): RunSeen {
  const told = new Map<string, string>();
  const isEnded = new Map<string, boolean>();
  const printedBy = (open: OpenRun, step: StepAt) => {
    const lines = printed(open, { step, most: Infinity });
    return lines.length > 0 ? { printed: lines } : {};
  };
  return (open, { steps, at, happened }) => {
    const time = isoTime(at);
    const ofRun = happened && isChosen(open) && runFields(open, happened);
    if (ofRun) say({ at: time, run: runName(open.key), ...ofRun });
    if (happened?.kind === "interrupted") {
      const step = stepAt(open, happened.step);
      say({ at: time, ...stepOf(open, step), status: "interrupted", ...printedBy(open, step) });
    }
    for (const id of steps) {
      const step = stepAt(open, id);
      const { status, attempt, reason, code, count, cached, bead } = step.record;
      const name = `${open.key} ${id}`;
      const state = `${status} ${attempt}`;
      if (status === "pending" || status === "ready" || told.get(name) === state) continue;
      told.set(name, state);
      say({
        at: time,
        ...stepOf(open, step),
        status,
        ...present({ exit_code: code, bead }),
        ...(cached === undefined || status !== "succeeded" ? {} : { cached }),
        ...(reason === undefined || status === "succeeded" ? {} : { reason: reason.text }),
        ...(isOver(step.record) && count === undefined ? printedBy(open, step) : {}),
      });
    }
    const { run } = open;
    if (hasEnded(run) && isEnded.get(open.key) !== true && isChosen(open)) {
      say({
        at: time,
        run: runName(open.key),
        event: "ended",
        status: run.status,
        ...present({ reason: run.reason?.text }),
      });
    }
    isEnded.set(open.key, hasEnded(run));
  };
}

function isOver({ status, startedAt }: StepRecord): boolean {
  return startedAt !== undefined && status !== "running" && status !== "waiting";
}

/** What is said of something that happened to a run as a whole. */
function runFields(
  { begun: { definition, parent }, run }: OpenRun,
  happened: Happened,
): JsonObject | undefined {
  const { kind } = happened;
  switch (kind) {
    case "begun": {
      const part = parent && { run: runName(parent.run), step: parent.step };
      return { event: kind, molecule: definition.name, hash: definition.hash, ...present({ part_of: part }) };
    }
    case "upgraded":
      return { event: kind, hash: definition.hash };
    case "paused":
    case "resumed":
      return { event: kind, by: happened.by };
    case "retried":
      return { event: kind, by: happened.by, steps: [...happened.steps] };
    case "cancelled":
    case "expired":
      return { event: kind, ...present({ reason: run.reason?.text }) };
    default:
      return undefined;
  }
}
