import type { BeadKey, Ledger } from "../../../ledger/ledger.ts";
import type { Ports } from "../../../ports/ports.ts";
import { runFolder } from "../commands/command_files.ts";
import { attemptName, type Lanes, openLanes } from "../commands/lanes.ts";
import type { KnownRuns } from "../journal/known_runs.ts";
import type { OpenRun } from "../journal/run_log.ts";
import { rootRun, summaryOf } from "../journal/run_summary.ts";
import { runName, type StepAt, stepAt } from "../journal/step_at.ts";
import { hasEnded, type StepRecord } from "../../machine/run.ts";
import { recordAt, recordsOf } from "../../machine/step_list.ts";
import { stepId, stepNumber } from "../../machine/step_number.ts";
import { holderOf } from "./lease.ts";

/** Who has a place: an attempt of a step, or a whole run. */
export interface PlaceHolder {
  run: BeadKey;
  step?: string;
  attempt?: number;
  /** The steps around it, or the runs; absent where there are none. */
  within?: readonly string[];
}

/** What is looked at to know who still needs a place. */
export interface HolderDeps {
  ports: Pick<Ports, "clock" | "files" | "processes">;
  ledger: Ledger;
  runs: Pick<KnownRuns, "at">;
}

/** What somebody has of a place: `gone` may change with what happens to the run, an attempt that is `over` remains so. */
export type Hold = "holds" | "gone" | "over";

/**
 * Whether somebody who has a place still needs it: until they have ended, as long as somebody drives their run, or
 * something of theirs is at work although nobody does.
 */
export function holdOf(deps: HolderDeps, { holder, at }: { holder: PlaceHolder; at: OpenRun }): Hold {
  if (isAttemptOver(at, holder)) return "over";
  if (hasEnded(at.run) || !isAttemptUnderWay(at, holder)) return "gone";
  return isDriven(deps, at.key) || isAtWork(deps, { at, step: holder.step }) ? "holds" : "gone";
}

/** Whether somebody drives a run, or the steward will again. */
export function isDriven(deps: Pick<HolderDeps, "ports" | "ledger">, key: BeadKey): boolean {
  const { view } = deps.ledger;
  const root = view.beadByKey(rootRun(view, key));
  return root !== undefined && summaryOf(root)?.background === true || holderOf(deps, key) !== undefined;
}

/** Whether the attempt that has a place is at work; a run, which has no attempts, has it until it ends itself. */
export function isAttemptUnderWay(open: OpenRun, { step, attempt }: PlaceHolder): boolean {
  if (step === undefined) return true;
  const record = recordOf(open, step);
  return record !== undefined && record.attempt === attempt && isUnderWay(record);
}

/** Whether the attempt that has a place has ended, rather than not begun yet. */
function isAttemptOver(open: OpenRun, { step, attempt = 0 }: PlaceHolder): boolean {
  const record = step === undefined ? undefined : recordOf(open, step);
  return record !== undefined &&
    (record.attempt > attempt || record.attempt === attempt && !isUnderWay(record));
}

function recordOf({ rules, run }: OpenRun, step: string): StepRecord | undefined {
  const index = stepNumber(rules, { steps: run.steps, step });
  return index === undefined ? undefined : recordAt(run.steps, index);
}

function isUnderWay({ status }: StepRecord): boolean {
  return status === "running" || status === "waiting";
}

/** Whether a step of a run that nobody drives, or any of its steps, is at work. */
function isAtWork(
  deps: HolderDeps,
  { at, step }: { at: OpenRun; step: string | undefined },
): boolean {
  const { key, rules, run } = at;
  const lanes = openLanes(deps.ports.files, { folder: runFolder(deps.ledger.folder, runName(key)) });
  const own = step === undefined ? undefined : stepNumber(rules, { steps: run.steps, step });
  let index = -1;
  for (const record of recordsOf(run.steps)) {
    index++;
    if (own !== undefined && own !== index || record.count !== undefined || !isUnderWay(record)) continue;
    if (isStepAtWork(deps, { at, step: stepAt(at, stepId(rules, { run, index })), lanes })) return true;
  }
  return false;
}

/**
 * Whether the bead of a step is open, its command still runs, or neither has begun yet, which they do without asking again
 * as soon as somebody goes on with the run here. A gate only waits.
 */
function isStepAtWork(
  { ports: { processes }, ledger }: HolderDeps,
  { at, step, lanes }: { at: OpenRun; step: StepAt; lanes: Lanes },
): boolean {
  const { bead } = step.record;
  if (bead !== undefined) {
    const status = ledger.view.beadById(bead)?.status;
    return status !== undefined && status !== "closed";
  }
  if (step.definition.action.kind === "gate") return false;
  const command = lanes.find(attemptName(step));
  if (command?.pid === undefined) return at.drivenFrom === ledger.replica;
  return command.code === undefined && processes.observe(command.pid, command.mark) !== "gone";
}
