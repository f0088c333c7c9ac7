import { workerName } from "../work/attempt.ts";
import { townSessions } from "../town/town_sessions.ts";
import { liveAssignments } from "../work/attempt_store.ts";
import type { WorkDeps } from "../work/sling.ts";
import { listOnce, observeWorker } from "./observe.ts";
import { type WorkerState, workerState } from "./worker_state.ts";

/** How a worker is, as `gt witness status --json` gives it. */
export interface WorkerHealth {
  worker: string;
  bead: string;
  attempt: number;
  state: WorkerState;
  /** How often the doorbell was rung in this lull. */
  rings: number;
}

/** How the workers of a rig are at the moment; asks tmux only about those that look dead. */
export async function describeWorkers(deps: WorkDeps, rig: string): Promise<WorkerHealth[]> {
  const config = await deps.town.config();
  const list = listOnce(() => townSessions(deps).list());
  const rows: WorkerHealth[] = [];
  for (const assignment of liveAssignments(deps.town.ledger.view, { rig })) {
    const { bead, attempt } = assignment;
    if (attempt.worker === undefined || attempt.state === "hooked") continue;
    const view = await observeWorker(deps, { assignment, config, list });
    rows.push({
      worker: workerName(attempt.worker),
      bead: bead.id,
      attempt: attempt.n,
      state: workerState(view),
      rings: view.rings?.count ?? 0,
    });
  }
  return rows;
}
