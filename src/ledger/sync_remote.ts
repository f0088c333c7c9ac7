import type { Clock } from "../ports/clock.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Ledger } from "./ledger.ts";
import { heldSequence, lastSequence, type LogRef } from "./sync_applied.ts";
import { joinCommit, replicaRef } from "./sync_commit.ts";
import { lastLine, type SyncRepository } from "./sync_repository.ts";

/** Where the refs of a remote are kept, apart from those this repository wrote. */
export const REMOTE_REFS = "refs/beads-remote";

/** How often a fetch is tried that a push beside it got in the way of. */
const FETCHES = 5;

/** Fetches the logs of a remote beside the repository's own; returns why that failed, or undefined. */
export async function fetchRefs(repository: SyncRepository, remote: string): Promise<string | undefined> {
  const args = [
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-prune",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--",
    remote,
    `+refs/beads/*:${REMOTE_REFS}/${remote}/ref/*`,
    `+refs/heads/beads/*:${REMOTE_REFS}/${remote}/branch/*`,
  ];
  for (let left = FETCHES - 1;; left--) {
    const finished = await repository.git(args, { network: true });
    if (finished.code === 0) return undefined;
    // A push notes what the remote has now under the same ref.
    if (left === 0 || !finished.stderr.includes("cannot lock ref")) return lastLine(finished);
  }
}

/** A log that the remote did not take, and why. */
export interface Unsent {
  replica: string;
  commit: string;
  failure: string;
}

interface Push {
  ledger: Ledger;
  remote: string;
  /** What the remote was last seen to hold. */
  known: readonly LogRef[];
}

/** Gives the remote the logs it lacks, each under its own ref; returns those it did not take. */
export async function pushLogs(
  repository: SyncRepository,
  { commits, ...push }: Push & { commits: ReadonlyMap<string, string> },
): Promise<Unsent[]> {
  const { ledger } = push;
  const left: Unsent[] = [];
  for (const [replica, commit] of commits) {
    const last = seenCommit(push, replica);
    if (last === commit) continue;
    const isOwn = replica === ledger.replica;
    // Another's log is given only where the remote lacks a part of it.
    const lacks = last === undefined ||
      heldSequence(ledger, { replica, commit: last }) < lastSequence(ledger, replica);
    if (!isOwn && !lacks) continue;
    const failure = await pushLog(repository, { ...push, replica, commit });
    if (failure !== undefined) left.push({ replica, commit, failure });
  }
  return left;
}

/**
 * Pushes once more what the remote did not take because a copy of this folder had given it the same log in other
 * commits; returns why this replica's own log is not there, or undefined.
 */
export async function pushAgain(
  repository: SyncRepository,
  { ledger, remote, left, known, clock }: {
    ledger: Ledger;
    remote: string | undefined;
    left: readonly Unsent[];
    known: readonly LogRef[];
    clock: Clock;
  },
): Promise<string | undefined> {
  let ownFailure: string | undefined;
  for (const { replica, commit, ...first } of left) {
    let { failure }: { failure: string | undefined } = first;
    const other = seenCommit({ ledger, remote: remote!, known }, replica);
    if (other !== undefined && isBehind(failure)) {
      const joined = await joinCommit(repository, { replica, at: commit, other, now: clock.now() });
      failure = await pushLog(repository, { ledger, remote: remote!, known, replica, commit: joined });
    }
    if (replica === ledger.replica) ownFailure = failure;
  }
  return ownFailure;
}

function seenCommit({ ledger, remote, known }: Push, replica: string): string | undefined {
  const name = seenName(remote, { replica, branch: usesBranch(ledger, remote) });
  return known.find((ref) => ref.name === name)?.commit;
}

function seenName(remote: string, { replica, branch }: { replica: string; branch: boolean }): string {
  return `${REMOTE_REFS}/${remote}/${branch ? "branch" : "ref"}/${replica}`;
}

/** Whether a remote was found to refuse refs other than branches. */
function usesBranch(ledger: Ledger, remote: string): boolean {
  return ledger.ephemeral.get("sync", `branch:${remote}`) === true;
}

/** Pushes one log, as a branch where the host refuses other refs; returns why that failed, or undefined. */
async function pushLog(
  repository: SyncRepository,
  { ledger, remote, replica, commit }: Push & { replica: string; commit: string },
): Promise<string | undefined> {
  const branch = usesBranch(ledger, remote);
  const failure = await pushTo(repository, { remote, commit, replica, branch });
  if (failure === undefined || branch || !isRefusal(failure)) return failure;
  const again = await pushTo(repository, { remote, commit, replica, branch: true });
  if (again === undefined) ledger.ephemeral.put("sync", `branch:${remote}`, true);
  return again;
}

async function pushTo(
  repository: SyncRepository,
  { remote, commit, replica, branch }: { remote: string; commit: string; replica: string; branch: boolean },
): Promise<string | undefined> {
  const target = branch ? `refs/heads/beads/${replica}` : replicaRef(replica);
  const finished = await repository.git(
    [
      // Git then remembers by itself what the remote has now, as after a fetch.
      "-c",
      `remote.${remote}.fetch=+${target}:${seenName(remote, { replica, branch })}`,
      "push",
      "--quiet",
      "--no-verify",
      "--no-follow-tags",
      "--recurse-submodules=no",
      "--",
      remote,
      `${commit}:${target}`,
    ],
    { network: true },
  );
  faultPoint("sync.after-push");
  return finished.code === 0 ? undefined : lastLine(finished);
}

/** Whether the remote holds something that what was pushed does not follow. */
function isBehind(failure: string): boolean {
  return /non-fast-forward|fetch first/i.test(failure);
}

/** Whether the remote was reached and does not want refs of this kind. */
function isRefusal(failure: string): boolean {
  return /rejected|denied|deny|prohibited|not allowed|hidden ref|hook declined/i.test(failure) &&
    !/non-fast-forward|fetch first|permission denied|access denied/i.test(failure);
}
