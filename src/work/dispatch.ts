import { agentLimit } from "../agents/limits.ts";
import { budgetHold, budgetStates } from "../town/costs/budget_record.ts";
import { faultPoint } from "../ports/fault.ts";
import { advance, liveAssignments } from "./attempt_store.ts";
import { decideGrants } from "./grants.ts";
import { attemptLimits } from "./limits.ts";
import type { WorkDeps } from "./sling.ts";

/**
 * Gives free places to waiting attempts. Only the steward calls it: there is one dispatcher.
 *
 * With `woken`, pauses after failures are over. Returns when to call again, in ms since the epoch; undefined when only
 * a change in the ledger can matter.
 */
export async function dispatch(
  deps: WorkDeps,
  options: { woken?: boolean } = {},
): Promise<number | undefined> {
  const { ports, town } = deps;
  const assignments = liveAssignments(town.ledger.view);
  if (!assignments.some(({ attempt }) => attempt.state === "hooked")) return undefined;
  const config = await town.config();
  const now = ports.clock.now();
  const budgets = budgetStates(town.ledger.ephemeral);
  const { grants, lookAgainAt } = decideGrants(assignments, {
    places: config.limits.workers,
    now: options.woken ? Infinity : now,
    takenWorkers: workersOnDisk(deps),
    heldUntil: ({ bead, attempt: { agent } }) =>
      budgetHold(budgets, bead.key) ? Infinity : agentLimit(town.ledger, { agent, now })?.until,
  });
  for (const { key, n, worker } of grants) {
    const event = { kind: "granted" as const, at: now, worker };
    advance(town.ledger, { actor: "steward", key, n, event, limits: attemptLimits(config) });
    faultPoint("dispatch.after-grant");
  }
  return lookAgainAt;
}

/** Numbers that are not free although no attempt has them: their worktree or session has yet to be cleared away. */
function workersOnDisk({ ports, town }: WorkDeps): Set<number> {
  const taken = new Set<number>();
  for (const rig of ports.files.list(town.paths.rigs)) {
    for (const name of ports.files.list(town.paths.rig(rig).workers)) taken.add(Number(name));
  }
  for (const { value } of town.ledger.ephemeral.list<{ worker?: number }>("session")) {
    if (value.worker !== undefined) taken.add(value.worker);
  }
  return taken;
}
