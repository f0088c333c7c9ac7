import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import { sha256 } from "./hash.ts";
import { importJsonl, type ImportSummary } from "./import.ts";
import type { BeadKey, Ledger, View } from "./ledger.ts";
import { recordLine, recordOf } from "./record.ts";

/** What the projection needs from outside. */
export type ProjectionPorts = Pick<Ports, "clock" | "files">;

/** Up to this many beads the projection is written at the end of a command; beyond, by `bd sync` and the steward. */
export const SMALL_LEDGER = 2_000;

/** How long a projection may be behind before a command writes it, in ms. */
export const PROJECTION_DELAY_MS = 2_000;

/** What was written last. */
interface Written {
  /** Of the last operation in it. */
  arrival: number;
  /** When, in ms since the epoch. */
  at: number;
  hash: string;
}

/** Whether the projection lacks anything, and since when it is as it is (ms since the epoch; 0: never written). */
export interface ProjectionState {
  stale: boolean;
  written: number;
}

/** Where the projection of a ledger is: `.beads/issues.jsonl`. */
export function projectionPath(folder: string): string {
  return join(folder, "issues.jsonl");
}

/** The text of `issues.jsonl`: one object a line, sorted by id. */
export function projectionText(view: View): string {
  const names = new Map<string, string>();
  const idOf = (target: string): string => {
    let id = names.get(target);
    if (id === undefined) names.set(target, id = view.beadByKey(target as BeadKey)?.id ?? target);
    return id;
  };
  const lines: string[] = [];
  for (const row of view.rows<{ key: string; id: string }>("SELECT key, id FROM beads")) {
    names.set(row.key, row.id);
  }
  for (let last = "", page = nextPage(view, last); page.length > 0; page = nextPage(view, last)) {
    for (const bead of page) lines.push(recordLine(recordOf(bead, idOf)) + "\n");
    last = page.at(-1)!.id;
  }
  return lines.join("");
}

const PAGE = 500;

/** A page ends with a whole id, in case two beads bear one. */
function nextPage(view: View, after: string) {
  return view.beads(
    "id IN (SELECT DISTINCT id FROM beads WHERE id > ? ORDER BY id LIMIT ?) ORDER BY id, key",
    after,
    PAGE,
  );
}

/** Whether the projection shows the ledger as it is. */
export function projectionState(ledger: Ledger): ProjectionState {
  const written = readWritten(ledger);
  return { stale: written?.arrival !== newest(ledger.view), written: written?.at ?? 0 };
}

/**
 * Writes `issues.jsonl` as a whole. Another tool's edits of it since the last time are taken in first.
 *
 * Returns what was taken in, or undefined when nobody had edited it.
 *
 * @throws {CommandError} `projection_damaged` when lines of it cannot be taken in; the file stays as it is.
 */
export function writeProjection(
  ledger: Ledger,
  { clock, files }: ProjectionPorts,
): ImportSummary | undefined {
  const path = projectionPath(ledger.folder);
  const written = readWritten(ledger);
  const found = files.readText(path);
  let taken: ImportSummary | undefined;
  if (found !== undefined && found !== "" && sha256(found) !== written?.hash) {
    taken = importJsonl(ledger, { text: found, actor: "import:issues.jsonl" });
    if (taken.refused.length > 0) throw damaged(path, taken);
  }
  const arrival = newest(ledger.view);
  const text = projectionText(ledger.view);
  if (text !== found) files.writeText(path, text);
  const record: Written = { arrival, at: clock.now(), hash: sha256(text) };
  ledger.ephemeral.put("projection", "written", { ...record });
  return taken;
}

/** Writes the projection of a small ledger that has been behind for a while; says whether it did. */
export function refreshProjection(ledger: Ledger, ports: ProjectionPorts): boolean {
  // Asked first: it costs less than opening the other database, and every command of a large ledger comes by here.
  if (!isSmall(ledger.view)) return false;
  const count = ledger.view.rows<{ n: number }>(
    `SELECT COUNT(*) AS n FROM (SELECT 1 FROM beads LIMIT ${SMALL_LEDGER + 1})`,
  )[0]!.n;
  if (count === 0 || count > SMALL_LEDGER) return false;
  const { stale, written } = projectionState(ledger);
  if (!stale || ports.clock.now() - written < PROJECTION_DELAY_MS) return false;
  writeProjection(ledger, ports);
  return true;
}

/** Whether there are beads, and not too many of them. */
function isSmall(view: View): boolean {
  const [row] = view.rows<{ any_bead: number; too_many: number }>(
    `SELECT EXISTS (SELECT 1 FROM beads) AS any_bead, EXISTS (SELECT 1 FROM beads LIMIT 1 OFFSET ${SMALL_LEDGER}) AS too_many`,
  );
  return row!.any_bead === 1 && row!.too_many === 0;
}

function newest(view: View): number {
  return view.rows<{ n: number | null }>("SELECT MAX(arrival) AS n FROM ops")[0]?.n ?? 0;
}

function readWritten(ledger: Ledger): Written | undefined {
  return ledger.ephemeral.get("projection", "written") as Written | undefined;
}

function damaged(path: string, { refused }: ImportSummary): CommandError {
  const first = refused[0]!;
  return new CommandError("refused", `Cannot renew "${path}": line ${first.line}: ${first.reason}`, {
    code: "projection_damaged",
    hints: [
      ...refused.slice(1, 5).map((one) => `line ${one.line}: ${one.reason}`),
      "Everything else in it was taken in; correct these lines, or remove the file, and run",
      "bd sync",
    ],
  });
}
