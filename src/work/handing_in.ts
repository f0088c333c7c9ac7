import type { Bead } from "../ledger/ledger.ts";
import { liveAttemptOf } from "./attempt_store.ts";

/** The member of the crew that has a bead; undefined when somebody else has it, or nobody. */
export function crewOf(bead: Bead): string | undefined {
  return liveAttemptOf(bead)?.crew ?? /^crew\/(.+)$/.exec(bead.assignee ?? "")?.[1];
}

/** The command that hands a bead in when all of its steps are done: to the merge queue where it has a worktree. */
export function handingIn(bead: Bead): string {
  if (crewOf(bead) !== undefined) return `gt done ${bead.id}`;
  return liveAttemptOf(bead) ? "gt done" : `bd close ${bead.id}`;
}
