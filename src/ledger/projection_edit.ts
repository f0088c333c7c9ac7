import type { Json, JsonObject } from "../lib/json.ts";
import { type BeadState } from "./bead_state.ts";
import { openDatabase } from "./database.ts";
import { foldOperations, sameJson } from "./fold.ts";
import {
  changeToNewer,
  countOperations,
  type ImportSummary,
  type RecordChange,
  takeInRecords,
  withoutIssue,
} from "./import.ts";
import { type ImportRecord, type NumberedLine, readRecord, recordOfValue } from "./import_record.ts";
import { fileLines, withSurvey } from "./import_survey.ts";
import type { BeadChange, BeadKey, Ledger, Transaction, View } from "./ledger.ts";
import { parsedOperation } from "./operation.ts";
import { isEstablished, recordLine, recordOf } from "./record.ts";
import { beadOf } from "./shown_bead.ts";

/** The last operation of each replica that a projection showed. */
export type Heads = Record<string, number>;

/**
 * Takes in what another tool changed in `issues.jsonl` since it was written with the operations up to `heads`.
 *
 * Field by field: what the tool left as it was does not undo what the ledger has got since. A line that is gone deletes
 * nothing, and one from before that writing, as a checkout brings back, is no edit.
 */
export function takeInEdits(
  ledger: Ledger,
  { path, heads }: { path: string; heads: Heads | undefined },
): ImportSummary {
  const chosen = ledger.view.atOnce(() => differingLines(ledger.view, path));
  return withSurvey(() => chosenLines(path, chosen), (survey) => {
    const summary: ImportSummary = { created: [], changed: [], unchanged: 0, refused: survey.refused };
    if (survey.size === 0) return summary;
    ledger.write("import:issues.jsonl", (transaction) => {
      takeInRecords(transaction, {
        survey,
        summary,
        change: (_, given) => changeFromBase(transaction, { ...given, heads }),
      });
    });
    return summary;
  });
}

/** The numbers of the lines that are not what the ledger would write, and of all those whose id stands there twice. */
function differingLines(view: View, path: string): Set<number> {
  const chosen = new Set<number>();
  const firsts = openDatabase(":memory:");
  try {
    firsts.script("CREATE TABLE firsts (id TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID; BEGIN");
    for (const { line, text } of fileLines(path)) {
      const id = idIn({ line, text });
      if (id === undefined || text !== currentLine(view, id)) chosen.add(line);
      if (id === undefined) continue;
      const first = firsts.get<{ line: number }>("SELECT line FROM firsts WHERE id = ?", id)?.line;
      if (first === undefined) firsts.run("INSERT INTO firsts (id, line) VALUES (?, ?)", id, line);
      else chosen.add(first).add(line);
    }
  } finally {
    firsts.close();
  }
  return chosen;
}

/** The id of a line; most lines are as they were written here, and need no more than a look at their beginning. */
function idIn(line: NumberedLine): string | undefined {
  const plain = /^\{"id":"([^"\\]+)"/.exec(line.text)?.[1];
  return plain ?? readRecord(line)?.id;
}

function* chosenLines(path: string, chosen: ReadonlySet<number>): Generator<NumberedLine> {
  for (const each of fileLines(path)) if (chosen.has(each.line)) yield each;
}

function currentLine(view: View, id: string): string | undefined {
  const bead = view.beadById(id);
  return bead && recordLine(recordOf(bead, (target) => idOf(view, target)));
}

function idOf(view: View, target: string): string {
  return view.rows<{ id: string }>("SELECT id FROM beads WHERE key = ?", target)[0]?.id ?? target;
}

function changeFromBase(
  transaction: Transaction,
  { heads, ...given }: RecordChange & { heads: Heads | undefined },
): boolean {
  const { bead, record } = given;
  const base = heads && baseOf(transaction, { key: bead.key, heads });
  if (!base?.claim) return changeToNewer(transaction, given);
  const shown = recordOf(
    beadOf(base, { id: bead.id, blocked: false }),
    (target) => idOf(transaction, target),
  );
  const before = recordOfValue(shown, 0);
  if ("reason" in before) return changeToNewer(transaction, given);
  if (record.updated !== undefined && before.updated !== undefined && record.updated < before.updated) {
    return false;
  }
  const count = countOperations(transaction, bead.key);
  transaction.importEdit(bead.key, { base, change: changeOf(transaction, { ...given, before }) });
  return countOperations(transaction, bead.key) > count;
}

/** The state of a bead with the operations that a projection showed. */
function baseOf(view: View, { key, heads }: { key: BeadKey; heads: Heads }): BeadState {
  const operations = view.history(key).map(parsedOperation);
  return foldOperations(key, operations.filter((one) => one.sequence <= (heads[one.replica] ?? 0)));
}

function changeOf(
  view: View,
  { record, before, bead, targetOf }: RecordChange & { before: ImportRecord },
): BeadChange {
  const edges = { before: edgesOf(view, before, targetOf), now: edgesOf(view, record, targetOf) };
  const without = (one: readonly string[], other: readonly string[]) =>
    one.filter((label) => !other.includes(label));
  return {
    set: changedRegisters(before.registers, record.registers),
    addedLabels: without(record.labels, before.labels),
    removedLabels: without(before.labels, record.labels),
    addedEdges: [...edges.now].filter(([name]) => !edges.before.has(name)).map(([_, edge]) => edge),
    removedEdges: [...edges.before].filter(([name]) => !edges.now.has(name)).map(([_, edge]) => edge),
    comments: record.comments.map(withoutIssue).filter((comment) =>
      typeof comment.text === "string" &&
      !bead.comments.some((one) => one.text === comment.text && one.author === comment.author)
    ),
  };
}

function changedRegisters(before: JsonObject, now: JsonObject): JsonObject {
  const set: Record<string, Json> = {};
  const hasMetadata = Object.keys(now).some((name) => name.startsWith("metadata."));
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (name === "updated_at" || name === "created_at" || name === "created_by") continue;
    const value = now[name];
    // A tool drops fields it does not know; one it knows it leaves out because it is empty.
    const dropped = name.startsWith("metadata.") ? !hasMetadata : !isEstablished(name);
    if (value === undefined && dropped) continue;
    if (!sameValue(before[name] ?? null, value ?? null)) set[name] = value ?? null;
  }
  return set;
}

/** Tools write one moment in several ways. */
function sameValue(one: Json, other: Json): boolean {
  if (sameJson(one, other)) return true;
  if (typeof one !== "string" || typeof other !== "string") return false;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
  return time.test(one) && time.test(other) && Date.parse(one) === Date.parse(other);
}

function edgesOf(
  view: View,
  record: ImportRecord,
  targetOf: (id: string) => string,
): Map<string, { target: string; type: string; metadata?: Json }> {
  const edges = new Map<string, { target: string; type: string; metadata?: Json }>();
  for (const { depends_on_id, type = "blocks", metadata } of record.dependencies) {
    if (typeof depends_on_id !== "string" || typeof type !== "string" || depends_on_id === "") continue;
    const target = view.beadById(depends_on_id)?.key ?? targetOf(depends_on_id);
    edges.set(`${type} ${target}`, { target, type, ...(metadata === undefined ? {} : { metadata }) });
  }
  return edges;
}
