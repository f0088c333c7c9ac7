import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import { waitForLock } from "../ports/lock.ts";
import type { Ledger } from "./ledger.ts";
import { applyRefs, noteApplied } from "./sync_apply.ts";
import { commitOwnLog, replicaRef } from "./sync_commit.ts";
import {
  gitFailed,
  lastLine,
  openSyncRepository,
  type SyncPorts,
  type SyncRepository,
} from "./sync_repository.ts";

/** What a sync did. */
export interface SyncSummary {
  /** Highest sequence number of this replica that is in its ref. */
  sequence: number;
  /** Operations of others that are new here. */
  received: number;
  /** Name of the remote; absent when there is none. */
  remote?: string;
  /** Whether the remote has all of this replica now. */
  pushed: boolean;
  /** Why the remote was not reached or refused. */
  failure?: string;
  /** Logs of others that were left as they are, and why. */
  refused: { replica: string; reason: string }[];
  /** Another process was at it already; this is its result. */
  shared: boolean;
}

/** How to sync. */
export interface SyncOptions {
  /** `origin` by default; absent remotes are fine. */
  remote?: string;
  push?: boolean;
  pull?: boolean;
}

/** How long a process waits for another's sync, in ms. */
const PATIENCE_MS = 180_000;

/** Where the refs of a remote are kept, apart from those this repository wrote. */
const REMOTE_REFS = "refs/beads-remote";

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
    const summary = await work(ledger, ports, options);
    ledger.ephemeral.put("sync", "last", { started, summary } as unknown as Json);
    return summary;
  } finally {
    lock.release();
  }
}

interface LastSync {
  started: number;
  summary: SyncSummary;
}

async function work(ledger: Ledger, ports: SyncPorts, options: SyncOptions): Promise<SyncSummary> {
  const repository = await openSyncRepository(ports, { folder: ledger.folder });
  if (!repository) throw noRepository(ledger.folder);
  const remote = await findRemote(repository, options.remote);
  // What the repository holds of this replica must be in its log before anything is written on top of it.
  const local = await applyRefs(repository, { ledger, patterns: ["refs/beads/", `${REMOTE_REFS}/`] });
  const mine = local.refused.find((one) => one.replica === ledger.replica);
  if (mine) throw diverged(ledger, mine.reason);
  const { sequence } = await commitOwnLog(repository, { ledger, now: ports.clock.now() });
  const summary: SyncSummary = {
    sequence,
    received: local.operations,
    pushed: false,
    refused: local.refused,
    shared: false,
  };
  if (remote === undefined) return summary;
  summary.remote = remote;
  if (options.pull !== false) {
    const failure = await fetchRefs(repository, remote);
    if (failure !== undefined) return { ...summary, failure };
    const { operations, refused } = await applyRefs(repository, { ledger, patterns: [`${REMOTE_REFS}/`] });
    summary.received += operations;
    summary.refused = refused;
    ledger.ephemeral.put("sync", "fetched", ports.clock.now());
  }
  if (options.push !== false) await push(repository, { ledger, ports, summary, remote });
  return summary;
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

/** Fetches the logs of a remote beside the repository's own; returns why that failed, or undefined. */
async function fetchRefs(repository: SyncRepository, remote: string): Promise<string | undefined> {
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

async function push(
  repository: SyncRepository,
  { ledger, ports, summary, remote }: {
    ledger: Ledger;
    ports: SyncPorts;
    summary: SyncSummary;
    remote: string;
  },
): Promise<void> {
  const own = replicaRef(ledger.replica);
  const refusesRefs = ledger.ephemeral.get("sync", `branch:${remote}`) === true;
  const place = (branch: boolean) =>
    `${REMOTE_REFS}/${remote}/${branch ? "branch" : "ref"}/${ledger.replica}`;
  const mine = await commitOf(repository, own);
  if (mine === undefined) return;
  noteApplied(ledger, { replica: ledger.replica, commit: mine });
  if (await commitOf(repository, place(refusesRefs)) === mine) {
    summary.pushed = true;
  } else {
    const failure = await pushTo(repository, { remote, own, branch: refusesRefs, replica: ledger.replica });
    if (failure === undefined) await notePushed(repository, { ref: place(refusesRefs), commit: mine });
    else if (!refusesRefs && isRefusal(failure)) {
      const again = await pushTo(repository, { remote, own, branch: true, replica: ledger.replica });
      if (again !== undefined) return void (summary.failure = again);
      ledger.ephemeral.put("sync", `branch:${remote}`, true);
      await notePushed(repository, { ref: place(true), commit: mine });
    } else return void (summary.failure = failure);
    summary.pushed = true;
  }
  ledger.ephemeral.put("sync", "pushed", { at: ports.clock.now(), sequence: summary.sequence });
}

/** Remembers what the remote has now, as the next fetch would. */
async function notePushed(
  repository: SyncRepository,
  { ref, commit }: { ref: string; commit: string },
): Promise<void> {
  await repository.read(["update-ref", ref, commit]);
}

async function commitOf(repository: SyncRepository, ref: string): Promise<string | undefined> {
  const found = await repository.git(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  return found.code === 0 ? found.stdout.trim() : undefined;
}

async function pushTo(
  repository: SyncRepository,
  { remote, own, branch, replica }: { remote: string; own: string; branch: boolean; replica: string },
): Promise<string | undefined> {
  const target = branch ? `refs/heads/beads/${replica}` : own;
  const finished = await repository.git(
    [
      "push",
      "--quiet",
      "--no-verify",
      "--no-follow-tags",
      "--recurse-submodules=no",
      remote,
      `${own}:${target}`,
    ],
    { network: true },
  );
  return finished.code === 0 ? undefined : lastLine(finished);
}

/** Whether the remote was reached and does not want refs of this kind. */
function isRefusal(failure: string): boolean {
  return /rejected|denied|deny|prohibited|not allowed|hidden ref|hook declined/i.test(failure) &&
    !/non-fast-forward|fetch first|permission denied|access denied/i.test(failure);
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

/** How far this replica and the others have come. */
export interface SyncStatus {
  replica: string;
  /** Operations of this replica, and how many of them no remote has. */
  operations: number;
  pending: number;
  /** Times in ms since the epoch; absent when it never happened. */
  last_push?: number;
  last_fetch?: number;
  failure?: string;
  replicas: { replica: string; operations: number; last: number }[];
  refused: { replica: string; reason: string }[];
  conflicts: number;
}

/** What `bd sync --status` tells; asks no remote. */
export function syncStatus(ledger: Ledger): SyncStatus {
  const { view, ephemeral, replica } = ledger;
  const replicas = view.rows<{ replica: string; operations: number; line: string }>(
    "SELECT replica, MAX(sequence) AS operations, line FROM ops GROUP BY replica ORDER BY replica",
  ).map(({ line, ...row }) => ({ ...row, last: (JSON.parse(line) as { t: [number] }).t[0] }));
  const operations = replicas.find((row) => row.replica === replica)?.operations ?? 0;
  const pushed = ephemeral.get("sync", "pushed") as { at: number; sequence: number } | undefined;
  const fetched = ephemeral.get("sync", "fetched") as number | undefined;
  const last = ephemeral.get("sync", "last") as unknown as LastSync | undefined;
  return {
    replica,
    operations,
    pending: operations - (pushed?.sequence ?? 0),
    ...(pushed ? { last_push: pushed.at } : {}),
    ...(fetched === undefined ? {} : { last_fetch: fetched }),
    ...(last?.summary.failure === undefined ? {} : { failure: last.summary.failure }),
    replicas: replicas.filter((row) => row.replica !== replica),
    refused: last?.summary.refused ?? [],
    conflicts: view.rows<{ n: number }>("SELECT COUNT(*) AS n FROM beads WHERE clashes > 0")[0]!.n,
  };
}

/** Whether the repository around a folder, or its remote, holds logs that a new ledger there should start from. */
export async function hasLogsElsewhere(ports: SyncPorts, { folder }: { folder: string }): Promise<boolean> {
  const repository = await openSyncRepository(ports, { folder });
  if (!repository) return false;
  const own = await repository.read(["for-each-ref", "--count=1", "refs/beads/", `${REMOTE_REFS}/`]);
  if (own.trim() !== "") return true;
  if (await findRemote(repository, undefined) === undefined) return false;
  const listed = await repository.git(["ls-remote", "origin", "refs/beads/*", "refs/heads/beads/*"], {
    network: true,
  });
  if (listed.code !== 0) throw gitFailed("ls-remote", listed);
  return listed.stdout.trim() !== "";
}
