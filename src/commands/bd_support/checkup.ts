import { join } from "node:path";
import { dependencyCycles } from "../../beads/dependencies.ts";
import type { Ledger, View } from "../../ledger/ledger.ts";
import { findLedger, openLedger } from "../../ledger/open.ts";
import { projectionState, writeProjection } from "../../ledger/projection.ts";
import { repairLogs } from "../../ledger/repair.ts";
import { syncStatus } from "../../ledger/sync.ts";
import { present } from "../../lib/present.ts";
import type { Ports } from "../../ports/ports.ts";

/** What a check of the ledger found. */
export interface Check {
  name: string;
  state: "ok" | "fixed" | "warning" | "error";
  message: string;
  hint?: string;
}

/** Checks a ledger from all sides; with `fix` mends what can be mended. */
export function examine(ports: Ports, options: { ledger: Ledger; fix: boolean }): Check[] {
  const { ledger, fix } = options;
  return [
    checkIndex(ports, options),
    checkEdges(ledger.view),
    checkCycles(ledger.view),
    checkConflicts(ledger.view),
    checkProjection(ports, { ledger, fix }),
    checkSync(ledger),
    ...ledger.warnings().map((message): Check => ({ name: "warning", state: "warning", message })),
  ];
}

/**
 * Makes damaged logs readable, without which no ledger opens: a line from the index, or one that quotes the damaged.
 *
 * Returns a check for each damaged place. @throws {CommandError} `no_ledger`.
 */
export function mendLogs(ports: Ports): Check[] {
  return repairLogs(ports, { folder: findLedger(ports) }).map((
    { replica, segment, line, reason, restored },
  ) => ({
    name: "logs",
    state: "fixed",
    message: `${replica}/${segment} line ${line}: ${reason}; ` +
      (restored ? "put back from the index" : "its change is lost, the line is kept in .beads/damaged"),
  }));
}

/** Builds the index a second time, beside the one in use, and compares them bead by bead. */
function checkIndex(ports: Ports, { ledger, fix }: { ledger: Ledger; fix: boolean }): Check {
  const folder = join(ledger.folder, "local", `check-${ports.processes.pid}`);
  try {
    ports.files.makeFolder(folder);
    ports.files.link(join(ledger.folder, "ops"), join(folder, "ops"));
    const fresh = openLedger(ports, { folder });
    try {
      const { count, differing } = compareIndexes(ledger.view, fresh.view);
      if (differing.length === 0) {
        return { name: "index", state: "ok", message: `${count} beads, as the logs say` };
      }
      const message = `${differing.length} beads differ from the logs: ${differing.slice(0, 5).join(", ")}`;
      if (!fix) return { name: "index", state: "error", message, hint: "bd doctor --fix" };
      for (const end of ["", "-wal", "-shm"]) ports.files.remove(join(ledger.folder, `index.db${end}`));
      return { name: "index", state: "fixed", message: `${message}; the next command makes it anew` };
    } finally {
      fresh.close();
    }
  } finally {
    ports.files.remove(folder);
  }
}

interface IndexRow {
  key: string;
  id: string;
  blocked: number;
  doc: string;
}

const PAGE = 2_000;

function compareIndexes(used: View, fresh: View): { count: number; differing: string[] } {
  const sql = "SELECT key, id, blocked, doc FROM beads WHERE key > ? ORDER BY key LIMIT ?";
  const differing = new Set<string>();
  let count = 0;
  for (let after = "";;) {
    const expected = fresh.rows<IndexRow>(sql, after, PAGE);
    const end = expected.at(-1)?.key;
    const found = used.rows<IndexRow>(
      end === undefined || expected.length < PAGE ? sql : `${sql.replace("ORDER", "AND key <= ? ORDER")}`,
      ...(end === undefined || expected.length < PAGE ? [after, -1] : [after, end, -1]),
    );
    const rows = new Map(found.map((row) => [row.key, row]));
    for (const row of expected) {
      const same = rows.get(row.key);
      if (!same || JSON.stringify(same) !== JSON.stringify(row)) differing.add(row.id);
      rows.delete(row.key);
    }
    for (const row of rows.values()) differing.add(row.id);
    count += expected.length;
    if (end === undefined || expected.length < PAGE) return { count, differing: [...differing] };
    after = end;
  }
}

function checkEdges(view: View): Check {
  const loose = view.rows<{ id: string; target: string }>(
    `SELECT b.id, d.target FROM deps d JOIN beads b ON b.key = d.source
     WHERE d.resolved IS NULL AND d.target NOT LIKE 'external:%' AND b.status <> 'tombstone' ORDER BY b.id`,
  );
  if (loose.length === 0) return { name: "edges", state: "ok", message: "each leads to a bead" };
  const shown = loose.slice(0, 5).map(({ id, target }) => `${id} → ${target}`).join(", ");
  return {
    name: "edges",
    state: "warning",
    message: `${loose.length} lead to beads this ledger does not hold: ${shown}`,
    hint: `bd sync may bring them; bd dep remove ${loose[0]!.id} ${loose[0]!.target} takes one away`,
  };
}

function checkCycles(view: View): Check {
  const cycles = dependencyCycles(view);
  if (cycles.length === 0) return { name: "circles", state: "ok", message: "no bead waits for itself" };
  const shown = cycles[0]!.map((bead) => bead.id).join(" → ");
  return {
    name: "circles",
    state: "error",
    message: `${cycles.length}, such as ${shown}`,
    hint: "bd dep cycles",
  };
}

function checkConflicts(view: View): Check {
  const { length } = view.conflicts();
  return length === 0 ? { name: "conflicts", state: "ok", message: "none" } : {
    name: "conflicts",
    state: "warning",
    message: `${length} nobody has looked at`,
    hint: "bd conflicts",
  };
}

function checkProjection(ports: Ports, { ledger, fix }: { ledger: Ledger; fix: boolean }): Check {
  const name = "issues.jsonl";
  if (!projectionState(ledger).stale) return { name, state: "ok", message: "up to date" };
  if (!fix) return { name, state: "warning", message: "behind the ledger", hint: "bd sync --flush-only" };
  writeProjection(ledger, ports);
  return { name, state: "fixed", message: "was behind, is up to date now" };
}

function checkSync(ledger: Ledger): Check {
  const { pending, refused, failure } = syncStatus(ledger);
  const name = "sync";
  if (refused.length > 0) {
    const { replica, reason } = refused[0]!;
    return { name, state: "error", message: `the log of clone ${replica} was refused: ${reason}` };
  }
  if (failure !== undefined) return { name, state: "warning", message: failure, hint: "bd sync" };
  return present({
    name,
    state: "ok" as const,
    message: pending === 0 ? "nothing waits to be pushed" : `${pending} operations wait to be pushed`,
    hint: pending === 0 ? undefined : "bd sync",
  });
}
