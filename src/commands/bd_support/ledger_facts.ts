import { join } from "node:path";
import { defaultPrefix } from "../../beads/ids.ts";
import { versionReport } from "../../cli/version.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { projectionPath } from "../../ledger/projection_due.ts";
import { syncStatus } from "../../ledger/sync_status.ts";
import type { Ports } from "../../ports/ports.ts";

/** What `bd info` tells; sizes in bytes. */
export interface LedgerFacts {
  path: string;
  prefix: string;
  replica: string;
  /** Of this clone. */
  operations: number;
  other_replicas: number;
  issue_count: number;
  open_count: number;
  sizes: LedgerSizes;
  version: string;
}

/** Bytes on disk. */
export interface LedgerSizes {
  logs: number;
  index: number;
  projection: number;
}

/** Where a ledger is, whose, and how large. */
export function ledgerFacts(ports: Pick<Ports, "files">, ledger: Ledger): LedgerFacts {
  const { folder, view, replica } = ledger;
  const { operations, replicas } = syncStatus(ledger);
  const count = (condition: string) =>
    view.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM beads WHERE ${condition}`)[0]!.n;
  return {
    path: folder,
    prefix: defaultPrefix(view),
    replica,
    operations,
    other_replicas: replicas.length,
    issue_count: count("status <> 'tombstone'"),
    open_count: count("live = 1"),
    sizes: ledgerSizes(ports, folder),
    version: versionReport().version,
  };
}

/** How many bytes the parts of a ledger take. */
export function ledgerSizes({ files }: Pick<Ports, "files">, folder: string): LedgerSizes {
  const size = (path: string) => files.stat(path)?.size ?? 0;
  const ops = join(folder, "ops");
  const logs = files.list(ops).flatMap((replica) =>
    files.list(join(ops, replica)).map((name) => size(join(ops, replica, name)))
  );
  return {
    logs: logs.reduce((sum, bytes) => sum + bytes, 0),
    index: ["index.db", "index.db-wal"].reduce((sum, name) => sum + size(join(folder, name)), 0),
    projection: size(projectionPath(folder)),
  };
}

/** A number of bytes in few characters: `12 kB`. */
export function sizePhrase(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  let [value, at] = [bytes, 0];
  for (; value >= 1000 && at < units.length - 1; at++) value /= 1000;
  return `${at > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}
