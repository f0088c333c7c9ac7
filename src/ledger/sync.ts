import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import type { Clock } from "../ports/clock.ts";
import { waitForLock } from "../ports/lock.ts";
import { findGitFolder, namesRemote } from "./git_folder.ts";
import type { Ledger } from "./ledger.ts";
import { faultPoint } from "../ports/fault.ts";
import { applyRefs, logRefs } from "./sync_apply.ts";
import { heldSequence, knownReplicas, lastSequence, type LogRef, noteApplied } from "./sync_applied.ts";
import { commitLog, replicaRef } from "./sync_commit.ts";
import { fetchRefs, pushAgain, pushLogs, REMOTE_REFS, type Unsent } from "./sync_remote.ts";
import { removeLeftovers } from "./leftovers.ts";
import type { LastSync, SyncSummary } from "./sync_status.ts";
import { hasSpareLogs } from "./spare_logs.ts";
import { gitFailed, openSyncRepository, type SyncPorts, type SyncRepository } from "./sync_repository.ts";

/** How to sync. */
export interface SyncOptions {
  /** `origin` by default; absent remotes are fine. */
  remote?: string;
  push?: boolean;
  pull?: boolean;
}

/** How long a process waits for another's sync, in ms. */
const PATIENCE_MS = 180_000;

/** Where the refs are that this repository wrote. */
const OWN_REFS = "refs/beads/";

/**
 * Commits new operations to the own ref, takes in those of others, and gives the own ref to the remote.
 *
 * Of many processes at once one works and the others get its result. A remote that cannot be reached is no error: its
 * reason is in the summary.
 *
 * @throws {CommandError} `no_repository` when the ledger is in no repository.
 */
export async function syncLedger(
  ledger: Ledger,
  ports: SyncPorts,
  options: SyncOptions = {},
): Promise<SyncSummary> {
  const asked = ports.clock.now();
  const file = join(ledger.folder, "local", "sync.lock");
  const lock = await waitForLock(ports.clock, { file, waitMs: PATIENCE_MS });
  if (!lock) {
    throw new CommandError("refused", "Cannot sync: another sync takes too long", {
      code: "sync_busy",
      hints: ["bd sync --status"],
    });
  }
  try {
    const last = ledger.ephemeral.get("sync", "last") as unknown as LastSync | undefined;
    if (last && last.started >= asked) return { ...last.summary, shared: true };
    const started = ports.clock.now();
    removeLeftovers(ledger.folder, started);
    const summary = await work(ledger, ports, options);
    ledger.ephemeral.put("sync", "last", { started, summary } as unknown as Json);
    return summary;
  } finally {
    lock.release();
  }
}

async function work(ledger: Ledger, ports: SyncPorts, options: SyncOptions): Promise<SyncSummary> {
  const repository = openSyncRepository(ports, { folder: ledger.folder });
  if (!repository) throw noRepository(ledger.folder);
  // Before anything else is known, since a remote takes its time.
  const wanted = options.remote ?? "origin";
  const early = options.pull !== false && namesRemote(findGitFolder(ledger.folder)!, wanted)
    ? fetchRefs(repository, wanted)
    : undefined;
  // Who awaits it hears of it.
  early?.catch(() => {});
  const [remote, refs] = await Promise.all([
    findRemote(repository, options.remote),
    logRefs(repository, [OWN_REFS, `${REMOTE_REFS}/`]),
  ]);
  // What the repository holds of this replica must be in its log before anything is written on top of it.
  const local = await applyRefs(repository, { ledger, refs });
  const mine = local.refused.find((one) => one.replica === ledger.replica);
  if (mine) {
    await early;
    throw diverged(ledger, mine.reason);
  }
  const summary: SyncSummary = {
    sequence: 0,
    received: local.operations,
    pushed: false,
    refused: local.refused,
    shared: false,
    ...(remote === undefined ? {} : { remote }),
  };
  const round = { repository, ledger, clock: ports.clock, summary, remote, refs, early };
  // Neither needs the other's result, and a remote takes its time for each.
  const [fetched, given] = await Promise.all([
    remote === undefined || options.pull === false ? undefined : take(round, remote),
    give(round, options.push !== false),
  ]);
  const refusedOwn = fetched?.refused.find((one) => one.replica === ledger.replica);
  if (refusedOwn) throw diverged(ledger, refusedOwn.reason);
  const known = fetched?.refs ?? refs;
  const left = await pushAgain(repository, { ...given, ledger, clock: ports.clock, known });
  finish(round, { failure: fetched?.failure ?? left, pushed: options.push !== false && left === undefined });
  return summary;
}

/** One sync under way. */
interface Round {
  repository: SyncRepository;
  ledger: Ledger;
  clock: Clock;
  summary: SyncSummary;
  remote: string | undefined;
  /** The refs as they were at its beginning. */
  refs: readonly LogRef[];
  /** The fetch, when it has begun. */
  early: Promise<string | undefined> | undefined;
}

function finish(
  { ledger, clock, summary, remote }: Round,
  { failure, pushed }: { failure: string | undefined; pushed: boolean },
): void {
  if (failure !== undefined) summary.failure = failure;
  if (remote === undefined || !pushed) return;
  summary.pushed = true;
  // A copy of the folder is another replica, of which nothing was pushed.
  const { replica } = ledger;
  ledger.ephemeral.put("sync", "pushed", { at: clock.now(), sequence: summary.sequence, replica });
}

/** Fetches the logs of others and takes them in. */
async function take(
  { repository, ledger, clock, summary, early }: Round,
  remote: string,
): Promise<{ refs?: readonly LogRef[]; refused: SyncSummary["refused"]; failure?: string }> {
  const failure = await (early ?? fetchRefs(repository, remote));
  if (failure !== undefined) return { refused: [], failure };
  faultPoint("sync.after-fetch");
  const refs = await logRefs(repository, [`${REMOTE_REFS}/`]);
  const { operations, refused } = await applyRefs(repository, { ledger, refs });
  summary.received += operations;
  summary.refused = refused;
  ledger.ephemeral.put("sync", "fetched", clock.now());
  return { refs, refused };
}

/** Commits what is new and gives it to the remote; returns what that did not take. */
async function give(round: Round, push: boolean): Promise<{ remote: string | undefined; left: Unsent[] }> {
  const { repository, ledger, clock, summary, remote, refs } = round;
  const { commits, sequence } = await commitLogs(repository, { ledger, refs, now: clock.now() });
  summary.sequence = sequence;
  faultPoint("sync.after-commit");
  if (remote === undefined || !push) return { remote, left: [] };
  return { remote, left: await pushLogs(repository, { ledger, remote, commits, known: refs }) };
}

/**
 * Commits what is new in the logs, and returns the commits by replica.
 *
 * That is this replica's own log, and what no ref holds of a log whose replica is gone: its folder was removed or copied.
 */
async function commitLogs(
  repository: SyncRepository,
  { ledger, refs, now }: { ledger: Ledger; refs: readonly LogRef[]; now: number },
): Promise<{ commits: Map<string, string>; sequence: number }> {
  const commits = new Map<string, string>();
  let sequence = 0;
  for (const replica of knownReplicas(ledger)) {
    const last = lastSequence(ledger, replica);
    if (replica === ledger.replica) sequence = last;
    const at = refs.find((ref) => ref.name === replicaRef(replica))?.commit;
    // Nobody but the owner of a log makes commits of it, as long as somebody has all of it.
    const held = replica === ledger.replica
      ? at === undefined ? 0 : heldSequence(ledger, { replica, commit: at })
      : heldSequence(ledger, { replica });
    const lacking = last > held;
    const commit = lacking ? await commitLog(repository, { ledger, replica, at, now }) : at;
    if (commit === undefined) continue;
    commits.set(replica, commit);
    if (lacking) noteApplied(ledger, { replica, commit, held: last });
  }
  return { commits, sequence };
}

async function findRemote(
  repository: SyncRepository,
  wanted: string | undefined,
): Promise<string | undefined> {
  const remotes = (await repository.read(["remote"])).split("\n").filter((name) => name !== "");
  if (wanted === undefined) return remotes.includes("origin") ? "origin" : undefined;
  if (remotes.includes(wanted)) return wanted;
  throw new CommandError("refused", `Cannot sync with remote "${wanted}": there is no such remote`, {
    code: "remote_unknown",
    hints: ["git remote -v"],
  });
}

function noRepository(folder: string): CommandError {
  return new CommandError("refused", `Cannot sync the ledger in "${folder}": it is in no git repository`, {
    code: "no_repository",
    hints: ["git init", "bd sync"],
  });
}

function diverged(ledger: Ledger, reason: string): CommandError {
  return new CommandError("refused", `Cannot sync replica "${ledger.replica}": ${reason}`, {
    code: "replica_diverged",
    hints: ["The folder was restored to an older state and has gone on since", "bd doctor --fix"],
  });
}

/** Whether the repository around a folder, or its remote, holds logs that a new ledger there should start from. */
export async function hasLogsElsewhere(ports: SyncPorts, { folder }: { folder: string }): Promise<boolean> {
  const repository = openSyncRepository(ports, { folder });
  if (!repository) return false;
  if (hasSpareLogs(folder)) return true;
  const own = await repository.read(["for-each-ref", "--count=1", "refs/beads/", `${REMOTE_REFS}/`]);
  if (own.trim() !== "") return true;
  if (await findRemote(repository, undefined) === undefined) return false;
  const listed = await repository.git(["ls-remote", "origin", "refs/beads/*", "refs/heads/beads/*"], {
    network: true,
  });
  if (listed.code !== 0) throw gitFailed("ls-remote", listed);
  return listed.stdout.trim() !== "";
}
