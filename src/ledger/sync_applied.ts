import type { Ledger } from "./ledger.ts";

/** What is known of the refs of a replica. */
interface AppliedRow {
  /** Commits that hold nothing new, the latest last, and how far each goes. */
  commits: [commit: string, held: number][];
  /** How far its log here went when that was found. */
  sequence: number;
  /** How its last operation began; another one there means that the folder was restored to an older state. */
  mark: string;
}

/** A ref that holds the log of a replica. */
export interface LogRef {
  name: string;
  replica: string;
  commit: string;
}

/** Whether a commit was found to hold nothing that is not in the logs here. */
export function isApplied(ledger: Ledger, { replica, commit }: LogRef): boolean {
  const row = rowOf(ledger, replica);
  return row !== undefined && row.commits.some(([one]) => one === commit) &&
    markOf(ledger, { replica, sequence: row.sequence }) === row.mark;
}

/** Remembers that a commit, which goes up to an operation, holds nothing that is not in the logs here. */
export function noteApplied(
  ledger: Ledger,
  { replica, commit, held }: { replica: string; commit: string; held: number },
): void {
  const row = rowOf(ledger, replica);
  const commits = [...(row?.commits ?? []).filter(([one]) => one !== commit), [commit, held]].slice(-4);
  const sequence = lastSequence(ledger, replica);
  const mark = markOf(ledger, { replica, sequence });
  ledger.ephemeral.put("sync-applied", replica, { commits, sequence, mark });
}

/** The beginning of an operation's line, in which its time stands. */
function markOf(ledger: Ledger, { replica, sequence }: { replica: string; sequence: number }): string {
  return ledger.view.rows<{ mark: string }>(
    "SELECT substr(line, 1, 100) AS mark FROM ops WHERE replica = ? AND sequence = ?",
    replica,
    sequence,
  )[0]?.mark ?? "";
}

/** Forgets what is known of the refs of a replica. */
export function forgetApplied(ledger: Ledger, replica: string): void {
  ledger.ephemeral.remove("sync-applied", replica);
  ledger.ephemeral.remove("sync-extent", replica);
}

/** How many operations of a replica a commit holds, or any that is known; 0 for an unknown one. */
export function heldSequence(
  ledger: Ledger,
  { replica, commit }: { replica: string; commit?: string },
): number {
  const commits = rowOf(ledger, replica)?.commits ?? [];
  const counted = commits.filter(([one]) => commit === undefined || one === commit);
  return Math.max(0, ...counted.map(([_, held]) => held));
}

/** Sequence number of the last operation of a replica here; 0 when there is none. */
export function lastSequence(ledger: Ledger, replica: string): number {
  return ledger.view.rows<{ n: number | null }>(
    "SELECT MAX(sequence) AS n FROM ops WHERE replica = ?",
    replica,
  )[0]?.n ?? 0;
}

/** The replicas whose logs are here. */
export function knownReplicas(ledger: Ledger): string[] {
  return ledger.view.rows<{ replica: string }>("SELECT DISTINCT replica FROM logs ORDER BY replica")
    .map((row) => row.replica);
}

/** Number of operations of all replicas here. */
export function countOperations(ledger: Ledger): number {
  return knownReplicas(ledger).reduce((sum, replica) => sum + lastSequence(ledger, replica), 0);
}

function rowOf(ledger: Ledger, replica: string): AppliedRow | undefined {
  return ledger.ephemeral.get("sync-applied", replica) as unknown as AppliedRow | undefined;
}
