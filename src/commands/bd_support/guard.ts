import type { Bead, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { gateOf, isAwaited } from "../../molecules/engine/gates/gate_standing.ts";
import { runUnderWay } from "../../molecules/engine/journal/live_run.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { runOrTrouble } from "../../molecules/engine/journal/unreadable.ts";
import { workedBy } from "../../molecules/joined.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import type { Env } from "../../ports/env.ts";
import type { Attempt } from "../../work/attempt.ts";
import { attemptOf, expectAdvance, liveAttemptOf } from "../../work/attempt_store.ts";

/** The changes that can be forced, by the word for them. */
const FORCIBLE: ReadonlySet<string> = new Set(["close", "update"]);

/**
 * Refuses a change that would pull a bead from under whoever has it.
 *
 * @throws {CommandError} `bead_at_work` saying who that is, or what it waits for.
 */
export function refuseAtWork(action: string, bead: Bead): void {
  const attempt = liveAttemptOf(bead);
  if (!attempt) return;
  const { state, hints } = standing(bead, attempt);
  throw new CommandError("refused", `Cannot ${action} bead "${bead.id}": ${state} (attempt ${attempt.n})`, {
    code: "bead_at_work",
    hints: [...hints, takeBack(action, bead)],
  });
}

/** Who has a bead, or what it waits for, and how it goes on from there. */
function standing(bead: Bead, { state, rig }: Attempt): { state: string; hints: readonly string[] } {
  switch (state) {
    case "hooked":
      return { state: `it waits for a worker of rig ${rig}`, hints: [] };
    case "submitted":
    case "queued":
    case "merging":
      return {
        state: "its work is handed in",
        hints: [`it is closed when that is merged: gt mq list ${rig}`],
      };
    case "escalated":
      return { state: WAITS_FOR_DECISION, hints: [tryAgain(bead, rig)] };
    default:
      return {
        state: `${workerOf(bead)} is at it`,
        hints: ["its worker hands the work in with: gt done"],
      };
  }
}

const WAITS_FOR_DECISION = "nobody is at it, it waits for a decision";

function tryAgain({ id }: Bead, rig: string): string {
  return `it is tried again with: gt sling ${id} ${rig}`;
}

function workerOf({ assignee }: Bead): string {
  return assignee ?? "a worker";
}

function takeBack(action: string, { id }: Bead): string {
  return `gt unsling ${id} takes it back${FORCIBLE.has(action) ? "; --force does it all the same" : ""}`;
}

/**
 * Refuses to change by hand what only a workflow's run may: that a gate is open at which it waits, and that it is under
 * way itself; forced or not.
 *
 * @throws {CommandError} `gate_undecided` or `run_under_way`.
 */
export function refuseOfRun(action: string, touch: Pick<Touch, "view" | "bead">): void {
  refuseGate(action, touch);
  refuseRun(action, touch);
}

function refuseRun(action: string, { view, bead }: Pick<Touch, "view" | "bead">): void {
  // One that says something else than its run may be put right.
  const open = bead.status === "in_progress" ? runOf(view, bead) : undefined;
  if (open && !hasEnded(open.run)) throw runUnderWay(bead, { action, state: `it is ${open.run.status}` });
}

/** Undefined also for one that cannot be read: it goes no further here, so it may be given up. */
function runOf(view: View, bead: Bead): OpenRun | undefined {
  const found = summaryOf(bead) && runOrTrouble(view, bead.key);
  return found instanceof CommandError ? undefined : found;
}

function refuseGate(action: string, { view, bead }: Pick<Touch, "view" | "bead">): void {
  if (!gateOf(bead) || bead.status === "closed" || !isAwaited(view, bead)) return;
  throw new CommandError("refused", `Cannot ${action} "${bead.id}": a workflow waits there for a decision`, {
    code: "gate_undecided",
    hints: [`gt gate approve ${bead.id}`, `gt gate reject ${bead.id} --reason WHY`],
  });
}

/**
 * Refuses to open what a workflow's run is done with: a gate at which it does not wait any more, or a run that has ended.
 *
 * @throws {CommandError} `gate_closed` or `run_ended`.
 */
export function refuseOfRunAgain(view: View, bead: Bead): void {
  refuseGateAgain(view, bead);
  const open = runOf(view, bead);
  if (!open || !hasEnded(open.run)) return;
  const { status } = open.run;
  throw new CommandError("refused", `Cannot reopen run "${bead.id}": it has ${status}`, {
    code: "run_ended",
    hints: [
      ...(status === "succeeded" ? [] : [`Try it again: gt mol retry ${bead.id}`]),
      `Begin another: gt mol run ${open.begun.definition.name}`,
    ],
  });
}

function refuseGateAgain(view: View, bead: Bead): void {
  if (!gateOf(bead) || isAwaited(view, bead)) return;
  throw new CommandError("refused", `Cannot reopen "${bead.id}": nobody waits there any more`, {
    code: "gate_closed",
    hints: [`See its run: gt mol status ${bead.id}`],
  });
}

/** A bead that somebody is about to change, and from where. */
export interface Touch {
  view: View;
  bead: Bead;
  env: Env;
  /** Although a worker is at it. */
  force?: boolean;
}

/** The bead that somebody else works by this step. */
export interface WorkElsewhere {
  bead: Bead;
  attempt: Attempt;
}

/** The bead of a step, where a worker is at it and this is not the session of that; undefined otherwise. */
export function workElsewhere({ view, bead: step, env }: Omit<Touch, "force">): WorkElsewhere | undefined {
  const bead = workedBy(view, step);
  const attempt = bead && liveAttemptOf(bead);
  return attempt && !isSessionOf(env, { view, bead, attempt }) ? { bead, attempt } : undefined;
}

function isSessionOf(
  env: Env,
  { view, bead, attempt }: { view: View; bead: Bead; attempt: Attempt },
): boolean {
  if (attempt.crew !== undefined) return env.get("GT_CREW") === attempt.crew;
  return Number(env.get("GT_ATTEMPT")) === attempt.n &&
    view.beadById(env.get("GT_BEAD") ?? "")?.key === bead.key;
}

/**
 * Refuses a change to the step of a bead that a worker is at, but to that worker's session; and to the session of an
 * attempt that is over, forced or not, since another one has its bead now.
 *
 * @throws {CommandError} `step_at_work` naming the worker, or `stale_attempt`.
 */
export function refuseStepAtWork(action: string, { view, bead: step, env, force = false }: Touch): void {
  refuseStaleWorker(env, { view, step });
  const elsewhere = force ? undefined : workElsewhere({ view, bead: step, env });
  if (!elsewhere) return;
  const { bead, attempt } = elsewhere;
  const isDue = attempt.state === "escalated";
  const who = isDue ? `"${bead.id}": ${WAITS_FOR_DECISION}` : `${workerOf(bead)} is at "${bead.id}"`;
  const state = `${who} (attempt ${attempt.n})`;
  throw new CommandError("refused", `Cannot ${action} step "${step.id}": ${state}`, {
    code: "step_at_work",
    hints: [
      isDue ? tryAgain(bead, attempt.rig) : "its worker closes it when it is done",
      takeBack(action, bead),
    ],
  });
}

/**
 * Refuses a change that takes a bead from those who are at it, by itself or as a step of their bead.
 *
 * @throws {CommandError} `bead_at_work`, `step_at_work` or `stale_attempt`.
 */
export function refuseTaking(action: string, touch: Touch): void {
  if (!touch.force) refuseAtWork(action, touch.bead);
  refuseStepAtWork(action, touch);
}

function refuseStaleWorker(env: Env, { view, step }: { view: View; step: Bead }): void {
  const id = env.get("GT_BEAD");
  const n = Number(env.get("GT_ATTEMPT"));
  const bead = id === undefined ? undefined : workedBy(view, step);
  if (!bead || view.beadById(id!)?.key !== bead.key) return;
  const current = attemptOf(bead)?.n;
  if (current !== n) {
    expectAdvance({ kind: "stale", current }, { action: "close a step of", bead: bead.id, n });
  }
}
