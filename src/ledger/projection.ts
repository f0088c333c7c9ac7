import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { ImportSummary } from "./import.ts";
import type { RefusedLine } from "./import_record.ts";
import { fileLines, withSurvey } from "./import_survey.ts";
import type { Ledger, View } from "./ledger.ts";
import {
  mayWait,
  newestArrival,
  projectionPath,
  projectionState,
  readWritten,
  type Written,
} from "./projection_due.ts";
import { takeInEdits } from "./projection_edit.ts";
import { hashOfFile, isSameMark, markOf, writeLines, writeLinesTo } from "./projection_file.ts";
import { recordLine, recordOf } from "./record.ts";

/** What the projection needs from outside. */
export type ProjectionPorts = Pick<Ports, "clock" | "files">;

/** The text of `issues.jsonl`: one object a line, sorted by id. */
export function projectionText(view: View): string {
  return view.atOnce(() => [...projectionLines(view)].join(""));
}

/** The text of `issues.jsonl` in pieces of some hundred lines; walk through them within `atOnce`. */
export function* projectionBlocks(view: View): Generator<string> {
  let waiting = "";
  for (const line of projectionLines(view)) {
    waiting += line;
    if (waiting.length < BLOCK) continue;
    yield waiting;
    waiting = "";
  }
  if (waiting !== "") yield waiting;
}

/** Size of such a piece, in characters. */
const BLOCK = 256 * 1024;

/** The lines of `issues.jsonl`, each with its end, sorted by id. */
export function* projectionLines(view: View): Generator<string> {
  for (let last = "", page = nextPage(view, last); page.length > 0; page = nextPage(view, last)) {
    const names = new Map<string, string>(page.map((bead) => [bead.key, bead.id]));
    const idOf = (target: string): string => {
      let id = names.get(target);
      if (id === undefined) names.set(target, id = idByKey(view, target) ?? target);
      return id;
    };
    for (const bead of page) yield recordLine(recordOf(bead, idOf)) + "\n";
    last = page.at(-1)!.id;
  }
}

function idByKey(view: View, key: string): string | undefined {
  return view.rows<{ id: string }>("SELECT id FROM beads WHERE key = ?", key)[0]?.id;
}

/** Writes the lines of the projection into another file, as a whole; returns how many there are. */
export function exportProjection(view: View, path: string): number {
  let count = 0;
  function* counted(): Generator<string> {
    for (const line of projectionLines(view)) {
      count++;
      yield line;
    }
  }
  view.atOnce(() => writeLinesTo(path, counted()));
  return count;
}

const PAGE = 200;

/** A page ends with a whole id, in case two beads bear one. */
function nextPage(view: View, after: string) {
  return view.beads(
    "id IN (SELECT DISTINCT id FROM beads WHERE id > ? ORDER BY id LIMIT ?) ORDER BY id, key",
    after,
    PAGE,
  );
}

/**
 * Writes `issues.jsonl` as a whole. Another tool's edits of it since the last time are taken in first.
 *
 * Returns what was taken in, or undefined when nobody had edited it.
 *
 * @throws {CommandError} `projection_damaged` when lines of it cannot be taken in; the file stays as it is.
 */
export function writeProjection(ledger: Ledger, { clock }: ProjectionPorts): ImportSummary | undefined {
  const { folder, view } = ledger;
  const path = projectionPath(folder);
  let taken: ImportSummary | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const written = readWritten(ledger);
    const before = markOf(path);
    const present = presentHash(path, written);
    const edited = present !== undefined && present !== written?.hash && markOf(path)!.size > 0;
    const edit = edited ? takeInEdits(ledger, { path, heads: written?.heads }) : undefined;
    if (edit && edit.refused.length > 0) throw damaged(path, edit);
    if (edit) taken = joined(taken, edit);
    const record = view.atOnce(() => {
      const arrival = newestArrival(view);
      const heads = headsOf(view);
      const unless = () => !isSameMark(before, markOf(path));
      const hash = writeLines(folder, { path, lines: projectionLines(view), present, unless });
      return hash === undefined ? undefined : { arrival, heads, hash };
    });
    // Another tool has written it since it was looked at.
    if (!record) continue;
    const mark = markOf(path);
    const at = clock.now();
    ledger.ephemeral.put("projection", "written", { ...record, at, ...(mark ? { mark: { ...mark } } : {}) });
    break;
  }
  return taken;
}

/** How often a file is looked at again that another tool writes meanwhile; it stays for the next time after that. */
const ROUNDS = 5;

function joined(one: ImportSummary | undefined, other: ImportSummary): ImportSummary {
  if (!one) return other;
  return {
    created: [...one.created, ...other.created],
    changed: [...new Set([...one.changed, ...other.changed])],
    unchanged: other.unchanged,
    refused: other.refused,
  };
}

/** The hash of what is there; a file nobody has touched since it was written need not be read for that. */
function presentHash(path: string, written: Written | undefined): string | undefined {
  const mark = markOf(path);
  if (!mark) return undefined;
  return written?.mark && isSameMark(written.mark, mark) ? written.hash : hashOfFile(path);
}

/** How far each log goes that the index holds. */
function headsOf(view: View): Record<string, number> {
  const rows = view.rows<{ replica: string; n: number | null }>(
    `SELECT replica, (SELECT MAX(sequence) FROM ops WHERE ops.replica = known.replica) AS n
     FROM (SELECT DISTINCT replica FROM logs) AS known`,
  );
  return Object.fromEntries(rows.map(({ replica, n }) => [replica, n ?? 0]));
}

/**
 * Brings the projection up to date at the end of a sync; that of a large ledger once in a while, as it takes seconds.
 *
 * Says whether it is up to date now. @throws {CommandError} `projection_damaged`.
 */
export function keepProjection(ledger: Ledger, ports: ProjectionPorts): boolean {
  if (!projectionState(ledger).stale) return true;
  if (mayWait(ledger, ports.clock.now())) return false;
  writeProjection(ledger, ports);
  return true;
}

/** How many lines that cannot be taken in are told of. */
const SHOWN = 5;

/** Lines of `issues.jsonl` that cannot be taken in. Reads all of it, changes nothing. */
export function refusedLines({ folder }: Ledger): readonly RefusedLine[] {
  const path = projectionPath(folder);
  return markOf(path) === undefined ? [] : withSurvey(() => fileLines(path), (survey) => survey.refused);
}

function damaged(path: string, { refused }: ImportSummary): CommandError {
  const first = refused[0]!;
  return new CommandError("refused", `Cannot renew "${path}": line ${first.line}: ${first.reason}`, {
    code: "projection_damaged",
    hints: [
      ...refused.slice(1, SHOWN).map((one) => `line ${one.line}: ${one.reason}`),
      ...(refused.length > SHOWN
        ? [`and ${refused.length - SHOWN} more: bd import "${path}" --dry-run`]
        : []),
      "Everything else in it was taken in; correct these lines, or remove the file, and run",
      "bd sync",
    ],
  });
}
