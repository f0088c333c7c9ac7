import { findGitFolder, namesRemote } from "./git_folder.ts";
import type { Ledger } from "./ledger.ts";
import { heldSequence, knownReplicas, lastSequence } from "./sync_applied.ts";
import { countConflicts } from "./view.ts";

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

/** What is remembered of the last sync. */
export interface LastSync {
  /** In ms since the epoch. */
  started: number;
  summary: SyncSummary;
}

/** How far this replica and the others have come. */
export interface SyncStatus {
  replica: string;
  /** The remote that a sync gives to; absent when there is none. */
  remote?: string;
  /** Whether there is a git repository around the ledger, without which it cannot be synced. */
  repository: boolean;
  /** Operations of this replica. */
  operations: number;
  /** How many of them no remote has; without a remote, how many are in no commit. */
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
  const { ephemeral, replica } = ledger;
  const operations = lastSequence(ledger, replica);
  const found = ephemeral.get("sync", "pushed") as Pushed | undefined;
  const pushed = found && (found.replica ?? replica) === replica ? found : undefined;
  const fetched = ephemeral.get("sync", "fetched") as number | undefined;
  const last = ephemeral.get("sync", "last") as unknown as LastSync | undefined;
  const place = findGitFolder(ledger.folder);
  const remote = place && (namesRemote(place, "origin") ? "origin" : last?.summary.remote);
  const given = remote === undefined ? heldSequence(ledger, { replica }) : pushed?.sequence ?? 0;
  return {
    replica,
    ...(remote === undefined ? {} : { remote }),
    repository: place !== undefined,
    operations,
    pending: Math.max(0, operations - given),
    ...(pushed ? { last_push: pushed.at } : {}),
    ...(fetched === undefined ? {} : { last_fetch: fetched }),
    ...(last?.summary.failure === undefined ? {} : { failure: last.summary.failure }),
    replicas: others(ledger),
    refused: last?.summary.refused ?? [],
    conflicts: countConflicts(ledger.view),
  };
}

interface Pushed {
  /** In ms since the epoch. */
  at: number;
  sequence: number;
  replica?: string;
}

function others(ledger: Ledger): SyncStatus["replicas"] {
  return knownReplicas(ledger).filter((replica) => replica !== ledger.replica).map((replica) => {
    const operations = lastSequence(ledger, replica);
    const [row] = ledger.view.rows<{ line: string }>(
      "SELECT line FROM ops WHERE replica = ? AND sequence = ?",
      replica,
      operations,
    );
    return { replica, operations, last: row ? (JSON.parse(row.line) as { t: [number] }).t[0] : 0 };
  });
}
