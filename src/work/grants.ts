import type { BeadKey } from "../ledger/ledger.ts";
import { PLACED_STATES } from "./attempt.ts";
import type { Assignment } from "./attempt_store.ts";

/** A place given to an attempt. */
export interface Grant {
  key: BeadKey;
  n: number;
  worker: number;
}

/** What the dispatcher decided. */
export interface Grants {
  grants: readonly Grant[];
  /** When to look again, in ms since the epoch; undefined when only a change can matter. */
  lookAgainAt?: number;
}

/** What the dispatcher decides by. */
export interface GrantOptions {
  places: number;
  /** In ms since the epoch. */
  now: number;
  takenWorkers: ReadonlySet<number>;
  /** Until when an attempt is held back, in ms since the epoch; Infinity while only a change can free it. */
  heldUntil?(assignment: Assignment): number | undefined;
}

/**
 * Decides which waiting attempts get a place, and which worker: by priority, then who waits longest.
 *
 * A bead that is blocked waits; a worker number belongs to a bead as long as its attempt lives, for the sake of its
 * worktree.
 */
export function decideGrants(
  assignments: readonly Assignment[],
  options: GrantOptions,
): Grants {
  const taken = new Set(options.takenWorkers);
  for (const { attempt } of assignments) if (attempt.worker !== undefined) taken.add(attempt.worker);
  let free = options.places - assignments.filter(({ attempt }) => PLACED_STATES.has(attempt.state)).length;
  let lookAgainAt: number | undefined;
  const grants: Grant[] = [];
  for (const assignment of waiting(assignments)) {
    const { bead, attempt } = assignment;
    const until = Math.max(
      attempt.notBefore > options.now ? attempt.notBefore : 0,
      options.heldUntil?.(assignment) ?? 0,
    );
    if (until > 0) {
      lookAgainAt = Math.min(lookAgainAt ?? Infinity, until);
      continue;
    }
    if (free <= 0) continue;
    const worker = attempt.worker ?? firstFree(taken);
    taken.add(worker);
    free--;
    grants.push({ key: bead.key, n: attempt.n, worker });
  }
  return { grants, ...(lookAgainAt === undefined || lookAgainAt === Infinity ? {} : { lookAgainAt }) };
}

function waiting(assignments: readonly Assignment[]): Assignment[] {
  return assignments
    .filter(({ bead, attempt }) => attempt.state === "hooked" && !bead.blocked)
    .sort((a, b) => a.bead.priority - b.bead.priority || a.attempt.slungAt - b.attempt.slungAt);
}

function firstFree(taken: ReadonlySet<number>): number {
  let worker = 1;
  while (taken.has(worker)) worker++;
  return worker;
}
