import type { Bead } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { liveAttemptOf } from "../../work/attempt_store.ts";

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
