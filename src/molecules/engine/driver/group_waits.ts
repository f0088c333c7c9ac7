import type { Language } from "../steps/language.ts";
import type { OpenRun } from "../journal/run_log.ts";
import { stepsAround } from "../journal/known_runs.ts";
import { rootRun } from "../journal/run_summary.ts";
import { runName, type StepAt, stepAt } from "../journal/step_at.ts";
import { recordsOf } from "../../machine/step_list.ts";
import { stepId } from "../../machine/step_number.ts";
import { askFor, groupKey, groupName, whoHasPlaces } from "./groups.ts";
import { type HolderDeps, isDriven, type PlaceHolder } from "./place_holders.ts";

/** A step that could begin, or a run where none is named, that waits for a place in a group. */
export interface GroupWait {
  step?: string;
  group: string;
  /** Who has the places: runs, or steps of this one. */
  heldBy: readonly string[];
  /** Those of them that do not go on by themselves: it is for somebody to go on with them, or to end them. */
  stuck: readonly StuckRun[];
}

/** A run that holds a place and is paused, or nobody drives it. */
export interface StuckRun {
  run: string;
  why: "paused" | "undriven";
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
  deps: HolderDeps,
  { open, language }: { open: OpenRun; language: Language },
): GroupWait[] {
  const { run, begun: { definition } } = open;
  const now = deps.ports.clock.now();
  const around = stepsAround(deps.runs, open);
  const known = new Map<string, Omit<GroupWait, "step"> | undefined>();
  const waitOf = (step?: StepAt): GroupWait[] => {
    const { concurrency } = step?.definition ?? definition;
    if (!concurrency) return [];
    const group = groupName(language, { concurrency, open, now, ...(step ? { step } : {}) });
    const asking = askFor({ group, limit: concurrency.limit }, { open, around, step });
    const key = `${concurrency.limit} ${groupKey(asking)}`;
    if (!known.has(key)) {
      const held = whoHasPlaces(deps, asking);
      known.set(key, held && { group, ...namesOf(deps, { open, held }) });
    }
    const wait = known.get(key);
    return wait ? [{ ...wait, ...(step ? { step: step.id } : {}) }] : [];
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

function namesOf(
  deps: HolderDeps,
  { open, held }: { open: OpenRun; held: readonly PlaceHolder[] },
): Pick<GroupWait, "heldBy" | "stuck"> {
  const { view } = deps.ledger;
  const nameOf = ({ run, step }: PlaceHolder) =>
    run === open.key && step !== undefined ? `"${step}"` : runName(run);
  const own = rootRun(view, open.key);
  const roots = new Set(held.map(({ run }) => rootRun(view, run)).filter((root) => root !== own));
  return {
    heldBy: [...new Set(held.map(nameOf))],
    stuck: [...roots].flatMap((root): StuckRun[] => {
      const isPaused = deps.runs.at(root)?.run.status === "paused";
      const why = isDriven(deps, root) ? isPaused && "paused" : "undriven";
      return why ? [{ run: runName(root), why }] : [];
    }),
  };
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
