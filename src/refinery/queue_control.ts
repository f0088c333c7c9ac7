import { resolveBead } from "../beads/ids.ts";
import { CommandError } from "../lib/errors.ts";
import { wakeLoops } from "../town/desired.ts";
import type { AttemptEvent } from "../work/attempt.ts";
import { advanceIn, type Assignment, expectAdvance, liveAttemptOf } from "../work/attempt_store.ts";
import { attemptLimits } from "../work/limits.ts";
import type { WorkDeps } from "../work/sling.ts";
import { clearHold } from "./remote_hold.ts";

/** What retrying came to: the entry is tried at once, or the bead gets another attempt. */
export interface Retried {
  how: "at-once" | "new-attempt";
  assignment: Assignment;
}

/**
 * Has an entry tried now, whatever pause it is in, or gives a bead that was given up another attempt.
 *
 * @throws {CommandError} when the bead is unknown, being merged, or in the hands of a worker.
 */
export async function retryEntry(
  deps: WorkDeps,
  options: { bead: string; by: string; fresh?: boolean },
): Promise<Retried> {
  const { ports, town } = deps;
  const assignment = findAssignment(deps, { bead: options.bead, action: "retry" });
  const { bead, attempt } = assignment;
  if (attempt.state === "queued" && !options.fresh) {
    clearHold(deps, attempt.rig);
    wakeLoops(ports, town.paths);
    return { how: "at-once", assignment };
  }
  if (attempt.state === "queued" || attempt.state === "escalated") {
    const fresh = options.fresh ? { fresh: true } : {};
    const at = ports.clock.now();
    const event: AttemptEvent = { kind: "retried", at, by: options.by, ...fresh };
    const change = { assignment, events: [event], by: options.by, action: "retry" };
    return { how: "new-attempt", assignment: await write(deps, change) };
  }
  throw new CommandError("refused", `Cannot retry "${bead.id}": it is ${attempt.state}`, {
    code: "not_in_queue",
    hints: [
      attempt.state === "merging"
        ? "It is being merged: gt mq list"
        : `See where it stands: bd show ${bead.id}`,
    ],
  });
}

/**
 * Takes an entry out of the queue and gives it back to its worker, with the reason.
 *
 * @throws {CommandError} when the bead is unknown or not waiting in the queue.
 */
export async function rejectEntry(
  deps: WorkDeps,
  options: { bead: string; by: string; reason: string },
): Promise<Assignment> {
  const assignment = findAssignment(deps, { bead: options.bead, action: "reject" });
  const { bead, attempt } = assignment;
  if (attempt.state !== "queued") {
    throw new CommandError("refused", `Cannot reject "${bead.id}": it is ${attempt.state}`, {
      code: "not_in_queue",
      hints: [
        attempt.state === "merging"
          ? "It is being merged; hold what comes after it with: gt mq pause"
          : "What waits in the queue: gt mq list",
      ],
    });
  }
  const at = deps.ports.clock.now();
  const failure = { kind: "rejected" as const, summary: `Rejected by ${options.by}: ${options.reason}` };
  return await write(deps, {
    assignment,
    events: [{ kind: "mergeStarted", at }, { kind: "mergeFailed", at, failure }],
    by: options.by,
    action: "reject",
  });
}

function findAssignment(deps: WorkDeps, options: { bead: string; action: string }): Assignment {
  const bead = resolveBead(deps.town.ledger.view, options.bead);
  const attempt = liveAttemptOf(bead);
  if (attempt) return { bead, attempt };
  throw new CommandError("refused", `Cannot ${options.action} "${bead.id}": it is not under way`, {
    code: "not_in_queue",
    hints: bead.status === "closed" ? [`bd show ${bead.id}`] : [`Assign it: gt sling ${bead.id} RIG`],
  });
}

/** Writes events as one change: a queue never shows what lies between them. */
async function write(
  deps: WorkDeps,
  options: { assignment: Assignment; events: readonly AttemptEvent[]; by: string; action: string },
): Promise<Assignment> {
  const { assignment: { bead, attempt }, events, by, action } = options;
  const limits = attemptLimits(await deps.town.config());
  return deps.town.ledger.write(by, (transaction) => {
    let written = options.assignment;
    for (const event of events) {
      const result = advanceIn(transaction, { key: bead.key, n: attempt.n, event, limits });
      written = expectAdvance(result, { action, bead: bead.id, n: attempt.n });
    }
    return written;
  });
}
