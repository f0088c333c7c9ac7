import { commitsBetween, isAncestor, resolveCommit } from "../git/commit.ts";
import { deleteRemoteBranch, pushWithLease } from "../git/push.ts";
import { fetch } from "../git/repository.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Failure } from "../work/attempt.ts";
import type { WorkDeps } from "../work/sling.ts";
import { makeCandidate, placeWorktree } from "./candidate.ts";
import { endChecks, hasChecks, runChecks } from "./checks.ts";
import { type Merge, type MergeOutcome, report } from "./merge.ts";
import { isLandingOf } from "./message.ts";

/** What a step leads to: the end of the way, or its result. */
type Step<T> = { kind: "go"; value: T } | { kind: "end"; outcome: MergeOutcome };

/** How often a target that moved meanwhile is followed before the entry is queued again. */
const ROUNDS = 5;

interface Order {
  merge: Merge;
  signal: AbortSignal;
}

/** Brings an entry of the queue to its target: merge, checks, push of exactly what was tested, proof. */
export async function landEntry(deps: WorkDeps, order: Order): Promise<MergeOutcome> {
  for (let round = 1;; round++) {
    const outcome = await landOnce(deps, order);
    const isMoved = outcome.kind === "requeued" && outcome.reason === MOVED;
    if (!isMoved || round === ROUNDS || order.signal.aborted) return outcome;
  }
}

const MOVED = "the target moved meanwhile";

async function landOnce(deps: WorkDeps, order: Order): Promise<MergeOutcome> {
  const { merge } = order;
  const target = await findTarget(deps, merge);
  if (target.kind === "end") return target.outcome;
  const onto = target.value;
  const landed = await findLanding(merge, onto);
  if (landed.kind === "unknown") return { kind: "unreachable", reason: landed.reason };
  if (landed.kind === "landed") return await conclude(deps, merge, landed.commit);
  const refused = report(deps, merge, { kind: "mergeStarted" });
  if (refused) return refused;
  faultPoint("refinery.after-start");
  const tested = await makeTested(deps, { ...order, onto });
  if (tested.kind === "end") return tested.outcome;
  const tip = tested.value;
  if (tip === onto) return await conclude(deps, merge, onto);
  const overtaken = report(deps, merge, { kind: "mergeTested", tip, onto });
  if (overtaken) return overtaken;
  faultPoint("refinery.after-test");
  return await pushTested(deps, merge, { tip, onto });
}

/** Finds out about an entry that a killed refinery left half merged: it landed, or it is queued again. */
export async function finishEntry(deps: WorkDeps, { merge }: Order): Promise<MergeOutcome> {
  endChecks(deps, merge.rig);
  const { attempt } = merge.assignment;
  const fetched = await fetch(merge.repository);
  if (fetched.kind === "unreachable") return fetched;
  const tip = attempt.merge?.tip;
  if (tip === undefined) return abort(deps, merge, "it was interrupted before it was tested");
  const there = await resolveCommit(merge.repository, tip);
  if (there.kind === "unknown") return { kind: "unreachable", reason: there.reason };
  // After a complete fetch a commit that is not here is on no branch of the remote.
  if (there.kind === "absent") return abort(deps, merge, "the tested merge is gone");
  const isLanded = await isAncestor(merge.repository, { ancestor: tip, descendant: targetRef(merge) });
  if (isLanded === "unknown") {
    return { kind: "unreachable", reason: `branch ${attempt.target} cannot be read` };
  }
  return isLanded
    ? await conclude(deps, merge, tip)
    : abort(deps, merge, "it was interrupted before it landed");
}

/** Fetches; the tip of the target, with the submitted commit proven to be here. */
async function findTarget(deps: WorkDeps, merge: Merge): Promise<Step<string>> {
  const { repository, assignment: { attempt } } = merge;
  const fetched = await fetch(repository);
  if (fetched.kind === "unreachable") return { kind: "end", outcome: fetched };
  const tip = await resolveCommit(repository, targetRef(merge));
  const own = await resolveCommit(repository, attempt.commit ?? attempt.branch);
  for (const read of [tip, own]) {
    if (read.kind === "unknown") {
      return { kind: "end", outcome: { kind: "unreachable", reason: read.reason } };
    }
  }
  if (tip.kind === "found" && own.kind === "found") return { kind: "go", value: tip.commit };
  const refused = report(deps, merge, { kind: "mergeStarted" });
  if (refused) return { kind: "end", outcome: refused };
  if (tip.kind !== "found") {
    return { kind: "end", outcome: block(deps, merge, `The remote has no branch "${attempt.target}"`) };
  }
  const summary = `The submitted commit ${attempt.commit} is neither here nor on the remote`;
  return { kind: "end", outcome: fail(deps, merge, { kind: "verify", summary }) };
}

function targetRef(merge: Merge): string {
  return `refs/remotes/origin/${merge.assignment.attempt.target}`;
}

/** Whether the work is on the target already: as a commit of its own, or as one that carries its trailers. */
async function findLanding(
  merge: Merge,
  onto: string,
): Promise<{ kind: "landed"; commit: string } | { kind: "not" } | { kind: "unknown"; reason: string }> {
  const { repository, assignment: { bead, attempt } } = merge;
  const commit = attempt.commit!;
  const contained = await isAncestor(repository, { ancestor: commit, descendant: onto });
  if (contained === "unknown") return { kind: "unknown", reason: `${commit} cannot be compared` };
  if (contained) return { kind: "landed", commit };
  if (merge.rigConfig.merge !== "squash") return { kind: "not" };
  const news = await commitsBetween(repository, { from: commit, to: onto });
  if (news.kind === "unknown") return news;
  const own = news.commits.find((one) => isLandingOf(one, { bead: bead.id, n: attempt.n }));
  return own ? { kind: "landed", commit: own.commit } : { kind: "not" };
}

/** Makes the commit that is to land, and runs the checks on it. */
async function makeTested(deps: WorkDeps, order: Order & { onto: string }): Promise<Step<string>> {
  const { merge, onto, signal } = order;
  const { repository, worktree, assignment: { bead, attempt } } = merge;
  const candidate = await makeCandidate(repository, {
    bead: bead.id,
    n: attempt.n,
    title: bead.title,
    onto,
    target: attempt.target,
    commit: attempt.commit!,
    method: merge.rigConfig.merge,
    worktree,
  });
  if (candidate.kind === "unknown") return { kind: "end", outcome: block(deps, merge, candidate.reason) };
  if (candidate.kind === "conflict") {
    return { kind: "end", outcome: fail(deps, merge, candidate.failure) };
  }
  const { tip } = candidate;
  if (tip === onto || !hasChecks(merge.config, merge.rig)) return { kind: "go", value: tip };
  const placed = await placeWorktree(repository, { worktree, commit: tip });
  if (placed.kind === "failed") {
    return {
      kind: "end",
      outcome: block(deps, merge, `The refinery's worktree is unusable: ${placed.reason}`),
    };
  }
  const checked = await runChecks(deps, { rig: merge.rig, bead: bead.id, n: attempt.n, worktree, signal });
  switch (checked.kind) {
    case "green":
      return { kind: "go", value: tip };
    case "red":
      return { kind: "end", outcome: fail(deps, merge, checked.failure) };
    case "stopped":
      return { kind: "end", outcome: abort(deps, merge, "the refinery was told to end") };
  }
}

/** Pushes exactly the tested commit, and proves that it is on the target. */
async function pushTested(
  deps: WorkDeps,
  merge: Merge,
  { tip, onto }: { tip: string; onto: string },
): Promise<MergeOutcome> {
  const { repository, assignment: { attempt } } = merge;
  const pushed = await pushWithLease(repository, { commit: tip, branch: attempt.target, expected: onto });
  faultPoint("refinery.after-push");
  switch (pushed.kind) {
    case "stale":
      return abort(deps, merge, MOVED);
    case "rejected":
      return block(deps, merge, pushed.reason);
    case "unreachable":
      // It may have landed all the same: the entry stays half merged until the remote can be asked.
      return pushed;
    case "pushed":
      break;
  }
  const fetched = await fetch(repository);
  if (fetched.kind === "unreachable") return fetched;
  const isLanded = await isAncestor(repository, { ancestor: tip, descendant: targetRef(merge) });
  if (isLanded === "unknown") {
    return { kind: "unreachable", reason: `branch ${attempt.target} cannot be read` };
  }
  return isLanded ? await conclude(deps, merge, tip) : abort(deps, merge, MOVED);
}

/** Writes the proof down, and clears the branch away. */
async function conclude(deps: WorkDeps, merge: Merge, landed: string): Promise<MergeOutcome> {
  const refused = report(deps, merge, { kind: "merged", landed });
  if (refused) return refused;
  faultPoint("refinery.after-merged");
  const { repository, rigConfig, assignment: { attempt } } = merge;
  if (!rigConfig.keep_branches && attempt.commit !== undefined) {
    // Best effort: a branch that somebody moved on, or that cannot be removed now, does no harm.
    await deleteRemoteBranch(repository, { branch: attempt.branch, expected: attempt.commit });
  }
  return { kind: "merged", landed };
}

function abort(deps: WorkDeps, merge: Merge, reason: string): MergeOutcome {
  return report(deps, merge, { kind: "mergeAborted", reason }) ?? { kind: "requeued", reason };
}

function block(deps: WorkDeps, merge: Merge, reason: string): MergeOutcome {
  return report(deps, merge, { kind: "pushRejected", reason }) ?? { kind: "blocked", reason };
}

function fail(deps: WorkDeps, merge: Merge, failure: Failure): MergeOutcome {
  return report(deps, merge, { kind: "mergeFailed", failure }) ??
    { kind: "failed", summary: failure.summary };
}
