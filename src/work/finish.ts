import { commitAll } from "../git/checkout.ts";
import { createGit, type Git } from "../git/git.ts";
import { pushBranch } from "../git/push.ts";
import { openRepository } from "../git/repository.ts";
import { type WorktreeState, worktreeState } from "../git/status.ts";
import { CommandError } from "../lib/errors.ts";
import { printable } from "../lib/printable.ts";
import type { JsonObject } from "../lib/json.ts";
import { isSuggested, openSteps, skipping } from "../molecules/checklist.ts";
import { closeSuggested } from "../molecules/pour.ts";
import { changesOutputs, missingOutputs, stepOfBead } from "../molecules/engine/journal/step_link.ts";
import { typedOutputs } from "../molecules/engine/journal/typed_outputs.ts";
import { faultPoint } from "../ports/fault.ts";
import { type AttemptEvent, workerName } from "./attempt.ts";
import type { Bead } from "../ledger/ledger.ts";
import { type Advance, advanceIn, type Assignment, attemptOf, expectAdvance } from "./attempt_store.ts";
import { defaultLimits } from "./limits.ts";
import type { WorkDeps } from "./sling.ts";

/** What a worker says when it is done. */
export interface FinishOrder {
  /** Id of the bead, and the number of the attempt the caller belongs to. */
  bead: string;
  n: number;
  by: string;
  /** Why nothing had to be changed; closes the bead without a merge. */
  noCode?: string;
  /** What the step of a run gives to later ones. */
  outputs?: JsonObject;
}

/** What came of it. */
export interface Finish {
  assignment: Assignment;
  /** The submitted commit; absent for a close without code. */
  commit?: string;
  /** Whether something uncommitted was committed first. */
  committedRest: boolean;
  /** Steps that were left of a molecule nobody had named, and were closed with it. */
  closedSteps: readonly Bead[];
}

/**
 * Submits the work of an attempt: commits the rest, pushes the branch, says so. Every step may be repeated.
 *
 * @throws {CommandError} when the attempt is over, the folder or branch is another, steps are open, there is nothing to
 * submit, or the remote refuses.
 */
export async function finishWork(deps: WorkDeps, order: FinishOrder): Promise<Finish> {
  const { town, ports } = deps;
  const assignment = currentAssignment(deps, order);
  const { bead, attempt } = assignment;
  assertNoOpenSteps(deps, assignment);
  giveOutputs(deps, { bead, order });
  if (order.noCode !== undefined) return closeWithoutCode(deps, { assignment, order, why: order.noCode });
  const git = createGit(ports);
  const worktree = assertPlace(deps, assignment);
  const base = `refs/remotes/origin/${attempt.target}`;
  const before = await assertSubmittable(git, { worktree, assignment, base });
  let head = before.head!;
  let committedRest = false;
  if (before.entries.length > 0 || before.operation === "merge") {
    const message = `WIP: ${bead.title}\n\nWhat was not committed when ${bead.id} was submitted.\n`;
    const committed = await commitAll(git, { worktree, message });
    if (committed.kind === "failed") {
      throw cannot(bead.id, `its last changes cannot be committed: ${committed.reason}`, "commit_failed");
    }
    if (committed.kind === "committed") [head, committedRest] = [committed.commit, true];
  }
  faultPoint("done.after-wip");
  if (before.ahead === 0 && !committedRest) {
    throw cannot(
      bead.id,
      `branch ${attempt.branch} has no commit beyond ${attempt.target}`,
      "nothing_to_submit",
      [
        ...(attempt.baseCommit !== undefined && head !== attempt.baseCommit
          ? [`All that the branch has is on ${attempt.target} already; see: git log ${attempt.baseCommit}..`]
          : []),
        "Commit your work, then run gt done again",
        'If nothing has to change, say why: gt done --no-code "WHY"',
      ],
    );
  }
  const repository = openRepository(git, town.paths.rig(attempt.rig).repository);
  const pushed = await pushBranch(repository, { branch: attempt.branch, commit: head });
  if (pushed.kind !== "pushed") {
    const reason = pushed.kind === "stale" ? "somebody else moved the branch" : pushed.reason;
    throw cannot(bead.id, `the remote did not take ${attempt.branch}: ${reason}`, "push_failed", [
      "Nothing is lost: the commits are on your branch. Run gt done again when the remote answers",
    ]);
  }
  faultPoint("done.after-push");
  const event = { kind: "submitted" as const, at: ports.clock.now(), commit: head };
  const { result, closedSteps } = advanceAndClose(deps, { assignment, order, event, reason: "submitted" });
  const written = expectAdvance(result, { action: "submit", bead: bead.id, n: order.n });
  faultPoint("done.after-submit");
  return { assignment: written, commit: head, committedRest, closedSteps };
}

/** Makes an event happen; the steps that are left of a molecule nobody named are closed in the same write. */
function advanceAndClose(
  { town }: WorkDeps,
  options: { assignment: Assignment; order: FinishOrder; event: AttemptEvent; reason: string },
): { result: Advance; closedSteps: readonly Bead[] } {
  const { assignment: { bead }, order, event, reason } = options;
  return town.ledger.write(order.by, (transaction) => {
    const result = advanceIn(transaction, { key: bead.key, n: order.n, event, limits: defaultLimits });
    const isOver = result.kind === "moved" || result.kind === "same";
    return { result, closedSteps: isOver ? closeSuggested(transaction, { key: bead.key, reason }) : [] };
  });
}

function cannot(bead: string, state: string, code: string, hints: readonly string[] = []): CommandError {
  return new CommandError("refused", `Cannot submit "${bead}": ${state}`, { code, hints });
}

/** The caller's attempt, if it is still the current one. */
function currentAssignment(deps: WorkDeps, order: FinishOrder): Assignment {
  const bead = deps.town.ledger.view.beadById(order.bead);
  const attempt = bead && attemptOf(bead);
  if (!bead || !attempt) {
    throw cannot(order.bead, "it has no attempt", "not_slung", ["See your hook: gt hook"]);
  }
  if (attempt.n !== order.n) {
    expectAdvance({ kind: "stale", current: attempt.n }, { action: "submit", bead: bead.id, n: order.n });
  }
  return { bead, attempt };
}

/** Keeps what a step of a run gives; with all of it given, the run goes on once the work has landed. */
function giveOutputs(deps: WorkDeps, { bead, order }: { bead: Bead; order: FinishOrder }): void {
  const outputs = typedOutputs(bead, { given: order.outputs ?? {}, action: "submit" });
  const given = { ...bead.metadata.outputs as JsonObject | undefined, ...outputs };
  const isGiven = Object.keys(outputs).length > 0;
  if (isGiven && !stepOfBead(bead)) {
    throw cannot(bead.id, "--output is for the step of a workflow's run, and it is none", "not_a_step");
  }
  const isNew = isGiven && changesOutputs(bead, outputs);
  if (isNew && bead.status === "closed") {
    throw cannot(
      bead.id,
      "it is closed already, and its run has gone on without these outputs",
      "step_closed",
      [
        `What it gave: bd show ${bead.id} --json`,
      ],
    );
  }
  const missing = missingOutputs({ metadata: { ...bead.metadata, outputs: given } });
  if (missing.length > 0) {
    const flags = missing.map((name) => `--output ${name}=VALUE`).join(" ");
    throw cannot(bead.id, `later steps need its ${missing.join(", ")}`, "outputs_missing", [
      `gt done ${flags}`,
    ]);
  }
  if (!isNew) return;
  deps.town.ledger.write(
    order.by,
    (transaction) => transaction.set(bead.key, { "metadata.outputs": given }),
  );
}

function closeWithoutCode(
  deps: WorkDeps,
  options: { assignment: Assignment; order: FinishOrder; why: string },
): Finish {
  const { assignment: { bead, attempt }, order, why } = options;
  if (why.trim() === "") {
    throw cannot(bead.id, "--no-code needs a reason", "no_reason", ['gt done --no-code "WHY"']);
  }
  const at = deps.ports.clock.now();
  const event = { kind: "closedWithoutCode" as const, at, why, by: order.by };
  const { result, closedSteps } = advanceAndClose(deps, {
    assignment: { bead, attempt },
    order,
    event,
    reason: `no code: ${why}`,
  });
  const written = expectAdvance(result, { action: "close", bead: bead.id, n: attempt.n });
  return { assignment: written, committedRest: false, closedSteps };
}

/** Work is submitted from its own worktree only; returns that. */
function assertPlace(deps: WorkDeps, { bead, attempt }: Assignment): string {
  const { town } = deps;
  const own = attempt.worker === undefined ? undefined : town.paths.rig(attempt.rig).worker(attempt.worker);
  const place = town.place();
  if (own !== undefined && place.rig === attempt.rig && place.worker === String(attempt.worker)) return own;
  throw cannot(
    bead.id,
    `this folder is not the worktree of ${
      attempt.worker === undefined ? "its worker" : workerName(attempt.worker)
    }`,
    "wrong_folder",
    [
      ...(own === undefined ? [] : [`cd "${own}" && gt done`]),
    ],
  );
}

/** @throws {CommandError} `open_steps` while a bead has steps that somebody asked for and nobody has closed. */
export function assertNoOpenSteps(deps: WorkDeps, { bead }: Pick<Assignment, "bead">): void {
  const open = openSteps(deps.town.ledger.view, bead.key).filter((step) => !isSuggested(step));
  const [current, ...later] = open;
  if (!current) return;
  const count = open.length === 1 ? "1 step is open" : `${open.length} steps are open`;
  throw cannot(bead.id, count, "open_steps", [
    `When its work is done: bd close ${current.id} --continue   # ${printable(current.title)}`,
    ...later.slice(0, 8).map((step) => `Later: ${step.id}   # ${printable(step.title)}`),
    `Steps that need no work: ${skipping(open, { reason: "skipped: WHY" })}`,
  ]);
}

async function assertSubmittable(
  git: Git,
  options: { worktree: string; assignment: Assignment; base: string },
): Promise<WorktreeState & { kind: "present" }> {
  const { worktree, assignment: { bead, attempt }, base } = options;
  const state = await worktreeState(git, { worktree, base });
  if (state.kind === "absent") {
    const again =
      `gt worker start ${attempt.worker}   # a new session; the worktree is made again from ${attempt.branch}`;
    throw cannot(bead.id, `its worktree ${worktree} is gone`, "worktree_gone", [again]);
  }
  if (state.kind === "unknown") {
    throw cannot(bead.id, `its worktree cannot be read: ${state.reason}`, "worktree_unreadable");
  }
  if (state.branch !== attempt.branch) {
    throw cannot(
      bead.id,
      `the worktree is on ${state.branch ?? "no branch"}, not on ${attempt.branch}`,
      "wrong_branch",
      [
        `Bring what you committed there along: git switch ${attempt.branch} && git merge ${
          state.branch ?? state.head ?? attempt.target
        }`,
        "Then: gt done",
      ],
    );
  }
  if (state.head === undefined) throw cannot(bead.id, "the branch has no commit", "nothing_to_submit");
  const conflicted = state.entries.filter((entry) => entry.conflicted);
  if (conflicted.length > 0 || (state.operation !== undefined && state.operation !== "merge")) {
    const what = conflicted.length > 0
      ? `${conflicted.length} files are in conflict`
      : `a ${state.operation} is not finished`;
    throw cannot(bead.id, what, "unfinished_operation", [
      ...conflicted.map((entry) => `resolve ${entry.path}, then: git add ${entry.path}`),
      "git commit, then gt done",
    ]);
  }
  return state;
}
