import type { View } from "../../../ledger/ledger.ts";
import { isEnded } from "../../machine/draft.ts";
import { type OpenRun, readRun } from "./run_log.ts";
import { hasEnded, type StepRecord } from "../../machine/run.ts";
import { recordsOf } from "../../machine/step_list.ts";
import type { StepDefinition } from "../../definition.ts";

/** A pause before another attempt that is not worth waiting for, in ms. */
const LONG_PAUSE = 30_000;

/** At what moment it is asked whether runs are at rest, and whether what could begin in one waits for others. */
export interface RestAsked {
  now: number;
  isHeld(open: OpenRun): boolean;
}

/** Whether a run has ended, or goes on only once somebody else, or the time, has done something. */
export function isAtRest(view: View, open: OpenRun, asked: RestAsked): boolean {
  const { run, rules } = open;
  if (run.status === "paused" || hasEnded(run)) return true;
  let waits = 0;
  let isReady = false;
  let index = -1;
  for (const record of recordsOf(run.steps)) {
    index++;
    const { definition } = rules.steps[record.of ?? index]!;
    if (record.count !== undefined || isEnded(record)) continue;
    if (isGoingOn(view, { record, definition, asked })) return false;
    isReady ||= record.status === "ready";
    if (record.status !== "pending" && record.status !== "ready") waits++;
  }
  // What is ready and finds no room waits for those that do.
  return waits > 0 || isReady && asked.isHeld(open);
}

function isGoingOn(
  view: View,
  { record, definition, asked }: { record: StepRecord; definition: StepDefinition; asked: RestAsked },
): boolean {
  const bead = record.bead === undefined ? undefined : view.beadById(record.bead);
  switch (record.status) {
    case "running": {
      if (definition.action.kind !== "molecule") return true;
      const nested = bead && readRun(view, bead.key);
      return !nested || hasEnded(nested.run) || !isAtRest(view, nested, asked);
    }
    case "waiting":
      if (record.stopping) return true;
      return bead ? bead.status === "closed" : needsBead(definition);
    case "retrying":
      return (record.notBefore ?? 0) - asked.now < LONG_PAUSE;
    default:
      return false;
  }
}

/** Whether a step that waits has a bead as soon as it has been begun. */
export function needsBead({ action }: StepDefinition): boolean {
  return action.kind !== "gate" || action.gate.condition.type === "human";
}
