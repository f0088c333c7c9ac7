/**
 * The steward: dispatches work, prepares workers, lands convoys, and keeps everything else running.
 *
 * It has no rules of its own: what is due follows from the ledger, from what is on disk, and from who is alive.
 *
 * @module
 */
import { renewHandedOff } from "../agents/agent_session.ts";
import { ringForUrgentMail } from "../agents/urgent_mail.ts";
import { faultPoint } from "../ports/fault.ts";
import { land } from "../town/convoys/convoy_changes.ts";
import { convoyState, openConvoys } from "../town/convoys/convoys.ts";
import { type LoopTick } from "../town/loops/loop.ts";
import { stewardLoop } from "../town/loops/loops.ts";
import { townSessions } from "../town/town_sessions.ts";
import { dispatch } from "../work/dispatch.ts";
import { createPreparations, prepareAttempts } from "../work/prepare.ts";
import { acknowledgeMail } from "../work/program_mail.ts";
import { reconcileWorkers } from "../work/reconcile.ts";
import type { WorkDeps } from "../work/sling.ts";
import { createBudgetWatch } from "./budget_watch.ts";
import { createHousekeeping } from "./housekeeping.ts";
import { createRunDriving } from "./run_driving.ts";
import { createUpkeep } from "./upkeep.ts";
import { createUsageWatch } from "./usage_watch.ts";
import { runLoop } from "../town/loops/run_loop.ts";

/** When to try again to clear away what could not be cleared, in ms. */
const CLEAR_AGAIN = 15_000;

/** A steward at work. */
export interface Steward {
  /** Does what is due; returns when to be called again, in ms since the epoch. */
  tick(context: LoopTick): Promise<number | undefined>;
  /** Leaves what it does beside the ticks to its successor. */
  end(): Promise<void>;
}

/** Makes a steward. */
export function createSteward(deps: WorkDeps): Steward {
  const preparations = createPreparations();
  const upkeep = createUpkeep(deps);
  const clearing = createClearing(deps);
  const housekeeping = createHousekeeping(deps);
  const usage = createUsageWatch(deps);
  const budgets = createBudgetWatch(deps);
  const sessions = townSessions(deps);
  const runs = createRunDriving(deps);
  return {
    end: runs.end,
    async tick(context) {
      acknowledgeMail(deps.town, "steward");
      landConvoys(deps, context.log);
      const { log, woken } = context;
      for (const name of await renewHandedOff(deps)) log(`${name} has handed off: a new session takes over`);
      // Before places are given: what limits and budgets say now holds.
      const usageDue = usage.tick(context);
      const budgetDue = await budgets.tick({ log, usage: usage.usage, changes: usage.changes() });
      const due = [
        usageDue,
        budgetDue,
        await dispatch(deps, { woken }),
        prepareAttempts(deps, { preparations, log, woken }),
      ];
      due.push(runs.tick(context));
      due.push(await ringForUrgentMail({ ...deps, sessions }));
      due.push(await upkeep.tick(context), clearing.tick(context), await housekeeping.tick(context));
      return Math.min(...due.map((at) => at ?? Infinity));
    },
  };
}

/** Runs the steward until the town is meant to be down. @throws {CommandError} `loop_running`, `town_down`. */
export async function runSteward(deps: WorkDeps, options: { signal?: AbortSignal } = {}): Promise<void> {
  const steward = createSteward(deps);
  try {
    await runLoop(deps, {
      name: stewardLoop.name,
      tick: async (context) => await steward.tick(context),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } finally {
    await steward.end();
  }
}

/** Lands every convoy of which all beads are closed; looks before it writes. */
export function landConvoys({ town }: WorkDeps, log: (text: string) => void): void {
  const { ledger } = town;
  for (const convoy of openConvoys(ledger.view)) {
    if (!convoyState(ledger.view, convoy).complete) continue;
    const landed = ledger.write("steward", (transaction) => land(transaction, convoy.key));
    faultPoint("steward.after-landed");
    if (landed) log(`convoy ${convoy.id} landed`);
  }
}

/** Clears away what ended attempts left, beside the ticks: ending a session takes seconds. */
function createClearing(deps: WorkDeps): { tick(context: LoopTick): number | undefined } {
  let running = false;
  let again: number | undefined;
  const said = new Set<string>();
  async function clear(context: LoopTick): Promise<void> {
    const { cleared, left } = await reconcileWorkers(deps);
    for (const { rig, worker, rescue } of cleared) {
      context.log(
        `cleared worker-${worker} of ${rig}${rescue === undefined ? "" : `, its work is at ${rescue}`}`,
      );
    }
    for (const { rig, worker, reason } of left) {
      const text = `cannot clear worker-${worker} of ${rig}: ${reason}`;
      if (!said.has(text)) context.log(text);
      said.add(text);
    }
    if (left.length === 0) said.clear();
    again = left.length > 0 ? deps.ports.clock.now() + CLEAR_AGAIN : undefined;
    if (cleared.length > 0) context.nudge();
  }
  return {
    tick(context) {
      if (running) return undefined;
      if (again !== undefined && !context.woken && deps.ports.clock.now() < again) return again;
      running = true;
      clear(context)
        .catch((error) => {
          context.log(`clearing failed: ${(error as Error).message}`);
          again = deps.ports.clock.now() + CLEAR_AGAIN;
        })
        .finally(() => running = false);
      return again;
    },
  };
}
