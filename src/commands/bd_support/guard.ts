import { parentOf } from "../../beads/dependencies.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Env } from "../../ports/env.ts";
import { attemptOf, expectAdvance, liveAttemptOf } from "../../work/attempt_store.ts";

/**
 * Refuses a change that would pull a bead from under the worker that has it.
 *
 * @throws {CommandError} `bead_at_work` naming the worker.
 */
export function refuseAtWork(action: string, bead: Bead): void {
  const attempt = liveAttemptOf(bead);
  if (!attempt) return;
  const who = bead.assignee ?? "a worker";
  throw new CommandError(
    "refused",
    `Cannot ${action} bead "${bead.id}": ${who} is at it (attempt ${attempt.n})`,
    {
      code: "bead_at_work",
      hints: [
        "its worker hands the work in with: gt done",
        `gt unsling ${bead.id} takes it back; --force does it all the same`,
      ],
    },
  );
}

/** Refuses to close a gate that somebody has to decide. @throws {CommandError} `gate_undecided`. */
export function refuseGate(bead: Bead): void {
  if (bead.issue_type !== "gate" || bead.metadata.gate === undefined || bead.status === "closed") return;
  throw new CommandError("refused", `Cannot close "${bead.id}": a workflow waits there for a decision`, {
    code: "gate_undecided",
    hints: [`gt gate approve ${bead.id}`, `gt gate reject ${bead.id} --reason WHY`],
  });
}

/**
 * Refuses a step to the session of an attempt that is over: another one has its bead now.
 *
 * @throws {CommandError} `stale_attempt`.
 */
export function refuseStaleWorker(env: Env, { view, step }: { view: View; step: Bead }): void {
  const id = env.get("GT_BEAD");
  const n = Number(env.get("GT_ATTEMPT"));
  const bead = id === undefined || step.issue_type !== "step" ? undefined : parentOf(view, step);
  if (!bead || view.beadById(id!)?.key !== bead.key) return;
  const current = attemptOf(bead)?.n;
  if (current !== n) {
    expectAdvance({ kind: "stale", current }, { action: "close a step of", bead: bead.id, n });
  }
}
