import type { Clock } from "../ports/clock.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Ledger } from "./ledger.ts";
import type { SyncSummary } from "./sync.ts";
import { heldSequence, lastSequence, type LogRef } from "./sync_applied.ts";
import { joinCommit, replicaRef } from "./sync_commit.ts";
import { lastLine, type SyncRepository } from "./sync_repository.ts";

/** Where the refs of a remote are kept, apart from those this repository wrote. */
export const REMOTE_REFS = "refs/beads-remote";

/** Fetches the logs of a remote beside the repository's own; returns why that failed, or undefined. */
export async function fetchRefs(repository: SyncRepository, remote: string): Promise<string | undefined> {
  const finished = await repository.git(
    [
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-prune",
      "--no-write-fetch-head",
      "--no-recurse-submodules",
      remote,
      `+refs/beads/*:${REMOTE_REFS}/${remote}/ref/*`,
      `+refs/heads/beads/*:${REMOTE_REFS}/${remote}/branch/*`,
    ],
    { network: true },
  );
  return finished.code === 0 ? undefined : lastLine(finished);
}

/** What is to be pushed, and to where. */
interface Push {
  ledger: Ledger;
  clock: Clock;
  summary: SyncSummary;
  remote: string;
  /** The commits of the logs that this clone is to give, by replica. */
  own: ReadonlyMap<string, string>;
  /** What the remote was last seen to hold. */
  known: readonly LogRef[];
}

/** Gives the remote the logs it lacks, each under its own ref, or its own branch where the host refuses such refs. */
export async function pushLogs(repository: SyncRepository, push: Push): Promise<void> {
  const { ledger, clock, summary } = push;
  for (const [replica, commit] of push.own) {
    const failure = await pushLog(repository, { ...push, replica, commit });
    if (replica !== ledger.replica) continue;
    if (failure !== undefined) summary.failure = failure;
    else summary.pushed = true;
  }
  if (!summary.pushed) return;
  ledger.ephemeral.put("sync", "pushed", { at: clock.now(), sequence: summary.sequence });
}

/** Pushes one log; returns why that failed, or undefined. */
async function pushLog(
  repository: SyncRepository,
  push: Push & { replica: string; commit: string },
): Promise<string | undefined> {
  const { ledger, remote, replica, known, clock } = push;
  const asBranch = ledger.ephemeral.get("sync", `branch:${remote}`) === true;
  const nameOf = (branch: boolean) => `${REMOTE_REFS}/${remote}/${branch ? "branch" : "ref"}/${replica}`;
  const seen = (branch: boolean) => known.find((ref) => ref.name === nameOf(branch))?.commit;
  let { commit } = push;
  const last = seen(asBranch);
  if (last === commit) return undefined;
  const isOwn = replica === ledger.replica;
  if (!isOwn && last && heldSequence(ledger, { replica, commit: last }) >= lastSequence(ledger, replica)) {
    return undefined;
  }
  const send = async (branch: boolean) => {
    let failure = await pushTo(repository, { remote, commit, replica, branch });
    const other = seen(branch);
    if (failure !== undefined && other !== undefined && isBehind(failure)) {
      // A copy of this folder gave the remote the same log, in other commits.
      commit = await joinCommit(repository, { replica, at: commit, other, now: clock.now() });
      failure = await pushTo(repository, { remote, commit, replica, branch });
    }
    if (failure !== undefined) return failure;
    faultPoint("sync.after-push");
    // Remembers what the remote has now, as the next fetch would.
    await repository.read(["update-ref", nameOf(branch), commit]);
    return undefined;
  };
  const failure = await send(asBranch);
  if (failure === undefined || asBranch || !isRefusal(failure)) return failure;
  const again = await send(true);
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
      "push",
      "--quiet",
      "--no-verify",
      "--no-follow-tags",
      "--recurse-submodules=no",
      remote,
      `${commit}:${target}`,
    ],
    { network: true },
  );
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
