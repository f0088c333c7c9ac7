import type { Language } from "../steps/language.ts";
import type { OpenRun } from "../journal/run_log.ts";
import { createKnownRuns, stepsAround } from "../journal/known_runs.ts";
import { runName, type StepAt, stepAt } from "../journal/step_at.ts";
import { recordsOf } from "../../machine/step_list.ts";
import { stepId } from "../../machine/step_number.ts";
import { askFor, groupKey, groupName, type PlaceHolder, whoHasPlaces } from "./groups.ts";
import type { HolderDeps } from "./place_holders.ts";

/** What is looked at to know who waits for whom. */
export type GroupDeps = Omit<HolderDeps, "runs">;

/** A step that could begin, or a run where none is named, that waits for a place in a group. */
export interface GroupWait {
  step?: string;
  group: string;
  /** Who has the places: runs, or steps of this one. */
  heldBy: readonly string[];
}

/** Whether anything of a run may have to wait for a place. */
export function hasGroups({ begun: { definition } }: OpenRun): boolean {
  const { steps, onFailure, finally: last, concurrency } = definition;
  return concurrency !== undefined || [...steps, ...onFailure, ...last].some((step) => step.concurrency);
}

/** The most steps of a run that are looked at: many may wait for the same. */
const MOST = 100;

/** What of a run waits for places in groups: the run as a whole, or steps of it. */
export function groupWaits(
  deps: GroupDeps,
  { open, language }: { open: OpenRun; language: Language },
): GroupWait[] {
  const { run, begun: { definition } } = open;
  const now = deps.ports.clock.now();
  const runs = createKnownRuns(deps.ledger);
  const around = stepsAround(runs, open);
  const known = new Map<string, readonly string[] | undefined>();
  const waitOf = (step?: StepAt): GroupWait[] => {
    const { concurrency } = step?.definition ?? definition;
    if (!concurrency) return [];
    const group = groupName(language, { concurrency, open, now, ...(step ? { step } : {}) });
    const asking = askFor({ group, limit: concurrency.limit }, { open, around, step });
    const key = `${concurrency.limit} ${groupKey(asking)}`;
    if (!known.has(key)) {
      const held = whoHasPlaces({ ...deps, runs }, asking);
      known.set(key, held && [...new Set(held.map((one) => nameOf(open, one)))]);
    }
    const heldBy = known.get(key);
    return heldBy ? [{ group, heldBy, ...(step ? { step: step.id } : {}) }] : [];
  };
  if (run.status !== "running") return [];
  try {
    const ofRun = run.stage === "steps" ? waitOf() : [];
    return ofRun.length > 0 ? ofRun : readySteps(open).flatMap(waitOf);
  } catch {
    // A name that cannot be worked out is what the step fails by.
    return [];
  }
}

function nameOf({ key }: OpenRun, { run, step }: PlaceHolder): string {
  return run === key && step !== undefined ? `"${step}"` : runName(run);
}

function readySteps(open: OpenRun): StepAt[] {
  const found: StepAt[] = [];
  let index = 0;
  for (const { status } of recordsOf(open.run.steps)) {
    if (status === "ready") found.push(stepAt(open, stepId(open.rules, { run: open.run, index })));
    if (found.length >= MOST) break;
    index++;
  }
  return found;
}
