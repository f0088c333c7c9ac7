import { dependencyCycles } from "../../beads/dependencies.ts";
import { checkLedger, renewIndex } from "../../ledger/check.ts";
import type { BeadKey, Ledger, View } from "../../ledger/ledger.ts";
import { findLedger, openLedger } from "../../ledger/open.ts";
import { refusedLines, writeProjection } from "../../ledger/projection.ts";
import { projectionState } from "../../ledger/projection_due.ts";
import { findDamage, repairLogs } from "../../ledger/repair.ts";
import { syncStatus } from "../../ledger/sync_status.ts";
import { findDivergence, healDivergence, linesInRefs } from "../../ledger/sync_heal.ts";
import { countConflicts } from "../../ledger/view.ts";
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
    checkIndex(options),
    checkEdges(ledger.view),
    checkCycles(ledger.view),
    checkConflicts(ledger.view),
    checkProjection(ports, { ledger, fix }),
    checkSync(ledger),
    ...ledger.warnings().map((message): Check => ({ name: "warning", state: "warning", message })),
  ];
}

/** Looks at the logs themselves, before anything opens the ledger; with `fix` makes them readable again. */
export async function checkLogs(ports: Ports, options: { fix: boolean }): Promise<Check> {
  const folder = findLedger(ports);
  const damage = findDamage({ folder });
  if (damage.length === 0) return { name: "logs", state: "ok", message: "every line can be read" };
  const { replica, segment, line, reason } = damage[0]!;
  const place = `line ${line} of segment ${segment} of ${replica}: ${reason}`;
  const message = `${damage.length} ${damage.length === 1 ? "line" : "lines"} cannot be read: ${place}`;
  if (!options.fix) return { name: "logs", state: "error", message, hint: "bd doctor --fix" };
  const replicas = new Set(damage.map((one) => one.replica));
  const known = await linesInRefs(ports, { folder, replicas });
  const lost = repairLogs(ports, { folder, known }).filter(({ restored }) => !restored).length;
  const rest = lost === 0 ? "all put back" : `${lost} of them lost, kept in .beads/damaged`;
  return { name: "logs", state: "fixed", message: `${message}; ${rest}` };
}

/** Compares the log of this clone with what git holds of it; with `fix` lets both ways live where they differ. */
export async function checkReplica(ports: Ports, { fix }: { fix: boolean }): Promise<Check> {
  const ledger = openLedger(ports, { folder: findLedger(ports) });
  try {
    const name = "replica";
    const found = await findDivergence(ports, { ledger });
    if (!found) return { name, state: "ok", message: "the log here is the one that git holds" };
    const { replica, from, own, others } = found;
    const message = `${replica} went two ways from operation ${from} on: ${own} here, ${others} in git`;
    if (!fix) return { name, state: "error", message, hint: "bd doctor --fix" };
    const now = await healDivergence(ports, { ledger });
    return { name, state: "fixed", message: `${message}; those here go on as clone ${now}` };
  } finally {
    ledger.close();
  }
}

/** Compares the index with the logs, bead by bead. */
function checkIndex({ ledger, fix }: { ledger: Ledger; fix: boolean }): Check {
  const { wrongBeads, wrongBlocked } = checkLedger(ledger);
  const wrong = [...new Set([...wrongBeads, ...wrongBlocked])];
  if (wrong.length === 0) return { name: "index", state: "ok", message: "says what the logs say" };
  const ids = wrong.slice(0, 5).map((key) => ledger.view.beadByKey(key as BeadKey)?.id ?? key);
  const message = `${wrong.length} beads differ from the logs: ${ids.join(", ")}`;
  if (!fix) return { name: "index", state: "error", message, hint: "bd doctor --fix" };
  renewIndex(ledger);
  return { name: "index", state: "fixed", message: `${message}; made anew` };
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
  const length = countConflicts(view);
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
  const [first, ...others] = refusedLines(ledger);
  if (first !== undefined) {
    const more = others.length > 0 ? `, and lines ${others.map((one) => one.line).join(", ")}` : "";
    return {
      name,
      state: "error",
      message: `line ${first.line} cannot be taken in: ${first.reason}${more}`,
      hint: "correct the file or remove it, then: bd sync --flush-only",
    };
  }
  if (!fix) return { name, state: "warning", message: "behind the ledger", hint: "bd sync --flush-only" };
  writeProjection(ledger, ports);
  return { name, state: "fixed", message: "was behind, is up to date now" };
}

function checkSync(ledger: Ledger): Check {
  const { pending, refused, failure, remote, repository } = syncStatus(ledger);
  const name = "sync";
  if (refused.length > 0) {
    const { replica, reason } = refused[0]!;
    return { name, state: "error", message: `the log of clone ${replica} was refused: ${reason}` };
  }
  if (failure !== undefined) return { name, state: "warning", message: failure, hint: "bd sync" };
  if (!repository) return { name, state: "ok", message: "the ledger is in no git repository" };
  const done = remote === undefined ? "committed" : "pushed";
  return present({
    name,
    state: "ok" as const,
    message: pending === 0 ? `nothing waits to be ${done}` : `${pending} operations wait to be ${done}`,
    hint: pending === 0 ? undefined : "bd sync",
  });
}
