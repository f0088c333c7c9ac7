import { present } from "../lib/present.ts";
import { workerName } from "../work/attempt.ts";
import { liveAssignments } from "../work/attempt_store.ts";
import type { WorkDeps } from "../work/sling.ts";
import { type RunningCheck, runningCheck } from "./checks.ts";
import { type Pause, readPause } from "./pause.ts";
import { assignmentOfEntry, readQueue } from "./queue.ts";
import { inOrder } from "./queue_machine.ts";
import { type Hold, readHold } from "./remote_hold.ts";

/** One entry of a queue, as `gt mq list --json` gives it. Times are ms since the epoch. */
export interface QueueRow {
  /** 1 is next, or being merged. */
  position: number;
  bead: string;
  title: string;
  attempt: number;
  state: "queued" | "merging";
  priority: number;
  worker?: string;
  branch: string;
  target: string;
  commit?: string;
  since: number;
  /** Not tried again before; absent when nothing holds it back. */
  not_before?: number;
  /** Refused pushes in a row. */
  refusals: number;
  /** What the remote said the last time it refused. */
  reason?: string;
  /** What is checked at the moment. */
  check?: { name: string; started_at: number };
}

/** The queue of a rig, as `gt mq list --json` gives it. */
export interface QueueReport {
  rig: string;
  paused?: Pause;
  /** Present while the remote does not answer. */
  unreachable?: Pick<Hold, "since" | "until" | "reason">;
  entries: QueueRow[];
  /** Beads that were submitted and are not verified yet. */
  verifying: string[];
}

/** Describes the queue of a rig. Spawns nothing. */
export function describeQueue(deps: WorkDeps, rig: string): QueueReport {
  const { ports, town } = deps;
  const queue = readQueue(deps, { rig });
  const check = runningCheck(deps, rig);
  const hold = readHold(deps, rig);
  const live = liveAssignments(town.ledger.view, { rig });
  return {
    rig,
    ...present({ paused: readPause(ports, { paths: town.paths, rig }) }),
    ...(hold ? { unreachable: { since: hold.since, until: hold.until, reason: hold.reason } } : {}),
    entries: inOrder(queue.entries, queue.now).map((entry, at): QueueRow => {
      const { bead, attempt } = assignmentOfEntry(queue, entry);
      return {
        position: at + 1,
        bead: bead.id,
        title: bead.title,
        attempt: attempt.n,
        state: entry.state,
        priority: bead.priority,
        branch: attempt.branch,
        target: attempt.target,
        since: attempt.since,
        refusals: attempt.tries,
        ...present({
          worker: attempt.worker === undefined ? undefined : workerName(attempt.worker),
          commit: attempt.commit,
          not_before: entry.notBefore > queue.now ? entry.notBefore : undefined,
          reason: attempt.question,
          check: entry.state === "merging" ? ownCheck(check, entry) : undefined,
        }),
      };
    }),
    verifying: live.filter(({ attempt }) => attempt.state === "submitted").map(({ bead }) => bead.id),
  };
}

function ownCheck(
  check: RunningCheck | undefined,
  entry: { bead: string; n: number },
): { name: string; started_at: number } | undefined {
  if (check?.bead !== entry.bead || check.n !== entry.n) return undefined;
  return { name: check.name, started_at: check.startedAt };
}
