/**
 * The refinery: the merge queue of a rig.
 *
 * What is in the queue follows from the attempts in the ledger; the machine decides what comes next, and what is here
 * asks git, runs the checks and writes down what happened. It may touch its own worktree and the remote, never a
 * worker's or a person's folder.
 *
 * @module
 */
import { type LoopTick } from "../town/loops/loop.ts";
import { rigLoop } from "../town/loops/loops.ts";
import { rigConfig } from "../town/town.ts";
import { acknowledgeMail } from "../work/program_mail.ts";
import type { WorkDeps } from "../work/sling.ts";
import { endChecks } from "./checks.ts";
import { type Merge, type MergeOutcome, openMerge } from "./merge.ts";
import { finishEntry, landEntry } from "./landing.ts";
import { assignmentOfEntry, readQueue } from "./queue.ts";
import { nextAct, type QueueEntry } from "./queue_machine.ts";
import { clearHold, holdRemote } from "./remote_hold.ts";
import { runLoop } from "../town/loops/run_loop.ts";

/** The name a rig's refinery acts under. */
export function refineryName(rig: string): string {
  return `refinery/${rig}`;
}

/** One refinery at work. */
export interface Refinery {
  /** Does the next thing that is due; returns when to be called again, in ms since the epoch. */
  tick(context: LoopTick): Promise<number | undefined>;
}

/** Makes the refinery of a rig. */
export function createRefinery(deps: WorkDeps, options: { rig: string }): Refinery {
  const { rig } = options;
  const { clock } = deps.ports;
  let wokenAt = 0;
  return {
    async tick(context) {
      if (context.woken) {
        wokenAt = clock.now();
        endChecks(deps, rig);
        clearHold(deps, rig);
      }
      const queue = readQueue(deps, { rig, wokenAt });
      const act = nextAct(queue);
      if (act.kind !== "start" && act.kind !== "finish") acknowledgeMail(deps.town, refineryName(rig));
      if (act.kind === "idle") return undefined;
      if (act.kind === "wait") return act.until;
      if (context.signal.aborted) return undefined;
      const merge = await openMerge(deps, { rig, assignment: assignmentOfEntry(queue, act.batch[0]) });
      const begin = act.kind === "start" ? landEntry : finishEntry;
      const outcome = await begin(deps, { merge, signal: context.signal });
      settle(deps, { merge, entry: act.batch[0], outcome, context });
      return clock.now();
    },
  };
}

/** Runs the refinery of a rig until the town is meant to be down. @throws {CommandError} `rig_not_found`, `loop_running`. */
export async function runRefinery(
  deps: WorkDeps,
  options: { rig: string; signal?: AbortSignal },
): Promise<void> {
  const { rig, signal } = options;
  rigConfig(await deps.town.config(), rig);
  const refinery = createRefinery(deps, { rig });
  await runLoop(deps, {
    name: rigLoop("refinery", rig).name,
    tick: async (context) => await refinery.tick(context),
    ...(signal ? { signal } : {}),
  });
}

/** Says what came of an entry, and remembers whether the remote answered. */
function settle(
  deps: WorkDeps,
  options: { merge: Merge; entry: QueueEntry; outcome: MergeOutcome; context: LoopTick },
): void {
  const { merge: { rig }, entry, outcome, context } = options;
  const name = `${entry.bead} (attempt ${entry.n})`;
  if (outcome.kind !== "unreachable") clearHold(deps, rig);
  switch (outcome.kind) {
    case "merged":
      return context.log(`${name} merged as ${outcome.landed}`);
    case "failed":
      return context.log(`${name} goes back: ${outcome.summary}`);
    case "blocked":
      return context.log(`${name} waits: ${outcome.reason}`);
    case "requeued":
      return context.log(`${name} is queued again: ${outcome.reason}`);
    case "overtaken":
      return context.log(`${name} is no longer the queue's: ${outcome.reason}`);
    case "unreachable": {
      const hold = holdRemote(deps, { rig, reason: outcome.reason, actor: refineryName(rig) });
      return context.log(`the remote does not answer (${hold.failures}): ${outcome.reason}`);
    }
  }
}
