import { liveAssignments } from "../work/attempt_store.ts";
import type { Assignment } from "../work/attempt_store.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "../town/town.ts";
import { readPause } from "./pause.ts";
import type { Queue, QueueEntry } from "./queue_machine.ts";
import { readHold } from "./remote_hold.ts";

/** The queue of a rig as it stands, with the beads its entries are about by `<bead>.<n>`. */
export interface QueueNow extends Queue {
  assignments: ReadonlyMap<string, Assignment>;
}

/** The queue that the attempts of a rig make. */
export function readQueue(
  deps: { ports: Ports; town: Town },
  options: { rig: string; wokenAt?: number },
): QueueNow {
  const { ports, town } = deps;
  const { rig, wokenAt = 0 } = options;
  const assignments = new Map<string, Assignment>();
  const entries: QueueEntry[] = [];
  for (const assignment of liveAssignments(town.ledger.view, { rig })) {
    const entry = entryOf(assignment);
    if (!entry) continue;
    entries.push(entry);
    assignments.set(`${entry.bead}.${entry.n}`, assignment);
  }
  return {
    entries,
    assignments,
    now: ports.clock.now(),
    paused: readPause(ports, { paths: town.paths, rig }) !== undefined,
    heldUntil: entries.length > 0 ? readHold(deps, rig)?.until ?? 0 : 0,
    wokenAt,
  };
}

/** The bead and attempt of an entry. */
export function assignmentOfEntry(queue: QueueNow, entry: QueueEntry): Assignment {
  return queue.assignments.get(`${entry.bead}.${entry.n}`)!;
}

/** The place of an attempt in its rig's queue, or undefined when it is in none. */
export function entryOf({ bead, attempt }: Assignment): QueueEntry | undefined {
  const { state } = attempt;
  if (state !== "queued" && state !== "merging") return undefined;
  return {
    bead: bead.id,
    n: attempt.n,
    state,
    priority: bead.priority,
    slungAt: attempt.slungAt,
    since: attempt.since,
    notBefore: attempt.notBefore,
    tries: attempt.tries,
  };
}
