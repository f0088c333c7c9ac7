import { resolveBead } from "../beads/ids.ts";
import { INTERNAL_TYPES } from "../beads/issue_types.ts";
import { createGit } from "../git/git.ts";
import { pushBranch } from "../git/push.ts";
import { fetch, openRepository } from "../git/repository.ts";
import { worktreeState } from "../git/status.ts";
import { CommandError } from "../lib/errors.ts";
import type { Bead, Transaction, View } from "../ledger/ledger.ts";
import { faultPoint } from "../ports/fault.ts";
import type { CrewMember } from "../town/crew_members.ts";
import { rigConfig } from "../town/town.ts";
import type { Attempt } from "./attempt.ts";
import { branchFor, handedIn } from "./attempt_machine.ts";
import { advanceIn, attemptOf, expectAdvance, liveAttemptOf, writeAttempt } from "./attempt_store.ts";
import { assertNoOpenSteps } from "./finish.ts";
import { takenOnBy } from "./hooks.ts";
import { defaultLimits } from "./limits.ts";
import type { WorkDeps } from "./sling.ts";

/** Work of a person's own that is to go through the merge queue. */
export interface HandInOrder {
  member: CrewMember;
  /** Id of the bead it is for; what is on the member's hook by default. */
  bead?: string | undefined;
  by: string;
}

/** What was handed in. */
export interface HandedIn {
  bead: Bead;
  attempt: Attempt;
  commit: string;
  /** Files that git does not know, which stay where they are. */
  untracked: number;
}

/**
 * Submits what a member of the crew has committed as the work of a bead: pushes it as the bead's branch and begins an attempt
 * that is submitted from its beginning. The member's own branch and folder stay as they are. May be repeated.
 *
 * @throws {CommandError} when the bead is somebody else's, closed or internal, files are not committed, there is nothing to
 * submit, or the remote refuses.
 */
export async function handIn(deps: WorkDeps, order: HandInOrder): Promise<HandedIn> {
  const { town, ports } = deps;
  const { member, by } = order;
  const name = `crew/${member.name}`;
  const wanted = order.bead === undefined
    ? onlyOnHook(town.ledger.view, name)
    : resolveBead(town.ledger.view, order.bead);
  assertOwn(wanted, { name, by, member });
  assertNoOpenSteps(deps, { bead: wanted });
  const target = rigConfig(await town.config(), member.rig).branch;
  const repository = openRepository(createGit(ports), town.paths.rig(member.rig).repository);
  // What is known of the remote will do where it cannot be reached now: the push finds out.
  await fetch(repository);
  const { head, untracked } = await committed(deps, { member, bead: wanted.id, target });
  const live = liveAttemptOf(wanted);
  if (live?.commit === head) return { bead: wanted, attempt: live, commit: head, untracked };
  const branch = branchFor({ bead: wanted.id, after: attemptOf(wanted) });
  const pushed = await pushBranch(repository, { branch, commit: head });
  if (pushed.kind !== "pushed") {
    const reason = pushed.kind === "stale" ? "somebody else moved the branch" : pushed.reason;
    throw cannot(wanted.id, `the remote did not take ${branch}: ${reason}`, "push_failed", [
      "Nothing is lost: the commits are on your branch. Run gt done again when the remote answers",
    ]);
  }
  faultPoint("hand-in.after-push");
  const written = town.ledger.write(by, (transaction) => {
    const bead = freed(transaction, { bead: transaction.beadByKey(wanted.key)!, by });
    assertOwn(bead, { name, by, member });
    const after = attemptOf(bead);
    const begun = handedIn({
      ...{ bead: bead.id, rig: member.rig, target, crew: member.name, commit: head, at: transaction.now },
      ...(after ? { after } : {}),
    });
    return { bead: writeAttempt(transaction, { bead, ...begun }), attempt: begun.attempt };
  });
  faultPoint("hand-in.after-submit");
  return { ...written, commit: head, untracked };
}

/** Takes back what the member has submitted of the bead before, and is not being merged yet. */
function freed(transaction: Transaction, { bead, by }: { bead: Bead; by: string }): Bead {
  const live = liveAttemptOf(bead);
  if (!live) return bead;
  const event = { kind: "released" as const, at: transaction.now, by };
  const change = { key: bead.key, n: live.n, event, limits: defaultLimits };
  return expectAdvance(advanceIn(transaction, change), { action: "submit", bead: bead.id, n: live.n }).bead;
}

function onlyOnHook(view: View, name: string): Bead {
  const own = takenOnBy(view, name).filter((bead) => !liveAttemptOf(bead));
  if (own.length === 1) return own[0]!;
  const state = own.length === 0
    ? "nothing is on your hook"
    : `${own.length} beads are on your hook: ${own.map(({ id }) => id).join(", ")}`;
  throw new CommandError("refused", `Cannot submit: ${state}`, {
    code: own.length === 0 ? "hook_empty" : "hook_ambiguous",
    hints: ["Say which bead it is for: gt done BEAD", `Hang one on your hook: gt sling BEAD ${name}`],
  });
}

/** @throws {CommandError} for a bead that is closed, no work, or somebody else's. */
function assertOwn(bead: Bead, { name, by, member }: { name: string; by: string; member: CrewMember }): void {
  const { id, status, assignee } = bead;
  if (INTERNAL_TYPES.includes(bead.issue_type)) {
    throw cannot(id, `it is a ${bead.issue_type}, not work`, "not_work");
  }
  if (status === "closed") {
    throw cannot(id, "it is closed", "bead_closed", [`Open it again: bd reopen ${id}`]);
  }
  const live = liveAttemptOf(bead);
  if (live && live.crew !== member.name) {
    throw cannot(id, `rig ${live.rig} works on it (attempt ${live.n}, ${live.state})`, "already_slung", [
      `Take it off its hook first: gt unsling ${id}`,
    ]);
  }
  if (status === "open" || assignee === undefined || assignee === name || assignee === by || live) return;
  throw cannot(id, `it is ${status} by ${assignee}`, "already_claimed", [
    `Give it back: bd update ${id} --status open --assignee ""`,
  ]);
}

/** The commit that is to be submitted. A person's files are not committed for them. */
async function committed(
  { ports }: WorkDeps,
  { member, bead, target }: { member: CrewMember; bead: string; target: string },
): Promise<{ head: string; untracked: number }> {
  const base = `refs/remotes/origin/${target}`;
  const state = await worktreeState(createGit(ports), { worktree: member.path, base });
  if (state.kind !== "present" || state.head === undefined) {
    throw cannot(bead, `the worktree ${member.path} cannot be read`, "worktree_unreadable", ["gt crew list"]);
  }
  if (state.operation !== undefined) {
    throw cannot(bead, `a ${state.operation} is not finished`, "unfinished_operation");
  }
  const changed = state.entries.filter(({ staged }) => staged !== "?");
  if (changed.length > 0) {
    const what = changed.length === 1 ? "1 file is" : `${changed.length} files are`;
    throw cannot(bead, `${what} not committed`, "not_committed", [
      `Commit what belongs to it, put the rest aside: git stash`,
    ]);
  }
  if (state.ahead === 0) {
    throw cannot(bead, `there is no commit beyond ${target}`, "nothing_to_submit", [
      `If nothing has to change: bd close ${bead} --reason "WHY"`,
    ]);
  }
  return { head: state.head, untracked: state.entries.length - changed.length };
}

function cannot(bead: string, state: string, code: string, hints: readonly string[] = []): CommandError {
  return new CommandError("refused", `Cannot submit "${bead}": ${state}`, { code, hints });
}
