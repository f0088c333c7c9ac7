import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import { sha256 } from "./hash.ts";
import { importJsonl, type ImportSummary } from "./import.ts";
import type { BeadKey, Ledger, View } from "./ledger.ts";
import { newestArrival, readWritten, type Written } from "./projection_due.ts";
import { recordLine, recordOf } from "./record.ts";

/** What the projection needs from outside. */
export type ProjectionPorts = Pick<Ports, "clock" | "files">;

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
  const arrival = newestArrival(ledger.view);
  const text = projectionText(ledger.view);
  if (text !== found) files.writeText(path, text);
  const record: Written = { arrival, at: clock.now(), hash: sha256(text) };
  ledger.ephemeral.put("projection", "written", { ...record });
  return taken;
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
