import type { Json, JsonObject } from "../lib/json.ts";
import type { ImportRecord, RefusedLine } from "./import_record.ts";
import { fileLines, type Survey, type SurveyedRecord, textLines, withSurvey } from "./import_survey.ts";
import type { Bead, BeadKey, Ledger, Transaction } from "./ledger.ts";

/** What an import did. */
export interface ImportSummary {
  /** Ids of beads that are new. */
  created: string[];
  /** Ids of beads that changed. */
  changed: string[];
  /** How many records said nothing new. */
  unchanged: number;
  /** Lines that were left out; everything else is in. */
  refused: RefusedLine[];
}

/** Where the lines of an import come from. */
export type ImportSource = { text: string } | { path: string };

/**
 * Takes the records of an `issues.jsonl` into the ledger, in one change.
 *
 * A record the ledger has already changes it only where the record is the newer one. A bead that the file lacks stays.
 * Taking in the same file again, here or in another clone, changes nothing. A file is read twice, and never as a whole.
 */
export function importJsonl(
  ledger: Ledger,
  { actor, dryRun = false, ...source }: ImportSource & { actor: string; dryRun?: boolean },
): ImportSummary {
  const lines = "path" in source ? () => fileLines(source.path) : () => textLines(source.text);
  return withSurvey(lines, (survey) => {
    const summary: ImportSummary = { created: [], changed: [], unchanged: 0, refused: survey.refused };
    try {
      ledger.write(actor, (transaction) => {
        takeInRecords(transaction, { survey, summary, change: changeToNewer });
        if (dryRun) throw new DryRun();
      });
    } catch (error) {
      if (!(error instanceof DryRun)) throw error;
    }
    return summary;
  });
}

/** Leaves a change without effect after it was worked out. */
class DryRun extends Error {}

/** What a record means for a bead that is there. */
export interface RecordChange {
  record: ImportRecord;
  bead: Bead;
  /** The key of the bead an id in a file means. */
  targetOf: (id: string) => string;
}

/** Takes records in; `change` applies one to a bead that is there and says whether that changed anything. */
export function takeInRecords(
  transaction: Transaction,
  { survey, summary, change }: {
    survey: Survey;
    summary: ImportSummary;
    change: (transaction: Transaction, given: RecordChange) => boolean;
  },
): void {
  noteExisting(transaction, survey);
  const targetOf = (id: string) => {
    const record = survey.record(id);
    return record?.known ?? record?.key ?? transaction.beadById(id)?.key ?? id;
  };
  for (const record of survey.read()) {
    const { known } = survey.record(record.id)!;
    if (known === null) {
      create(transaction, { record, targetOf });
      continue;
    }
    const bead = transaction.beadByKey(known)!;
    if (change(transaction, { record, bead, targetOf })) summary.changed.push(bead.id);
    else summary.unchanged++;
  }
  transaction.settleImport();
  for (const { key, known } of survey.each()) {
    if (known === null) summary.created.push(idOf(transaction, key));
  }
}

/** Finds the beads that are there already, before any of the records is. */
function noteExisting(transaction: Transaction, survey: Survey): void {
  if (transaction.rows("SELECT 1 FROM beads LIMIT 1").length === 0) return;
  for (const record of survey.each()) {
    const key = existing(transaction, record);
    if (key !== undefined) survey.know(record.id, key);
  }
}

function idOf(transaction: Transaction, key: BeadKey): string {
  return transaction.rows<{ id: string }>("SELECT id FROM beads WHERE key = ?", key)[0]!.id;
}

/** The bead a record speaks of: the one it was imported as, or one of that id made at the same moment. */
function existing(
  transaction: Transaction,
  { id, key, created }: SurveyedRecord,
): BeadKey | undefined {
  if (transaction.rows("SELECT 1 FROM beads WHERE key = ?", key).length > 0) return key;
  const named = transaction.beadById(id);
  if (!named || created === null) return named?.key;
  return Date.parse(named.created_at) === Date.parse(created) ? named.key : undefined;
}

function create(
  transaction: Transaction,
  { record, targetOf }: { record: ImportRecord; targetOf: (id: string) => string },
): void {
  const fields: Record<string, Json> = { id: record.id, set: record.registers };
  if (record.labels.length > 0) fields.labels = record.labels;
  const edges = record.dependencies.flatMap((edge) => edgeOf(edge, targetOf));
  if (edges.length > 0) fields.deps = edges;
  if (record.comments.length > 0) fields.comments = record.comments.map(withoutIssue);
  const at = Math.min(record.updated ?? transaction.now, transaction.now);
  transaction.importRecord({ key: record.key, fields, at: Math.max(0, at) });
}

function edgeOf(edge: JsonObject, targetOf: (id: string) => string): JsonObject[] {
  const { issue_id: _issue, depends_on_id, created_by, ...rest } = edge;
  if (typeof depends_on_id !== "string" || depends_on_id === "") return [];
  return [{ ...rest, target: targetOf(depends_on_id), created_by: created_by ?? "" }];
}

/** What a file says of a comment beside the issue it is on. */
export function withoutIssue(comment: JsonObject): JsonObject {
  const { issue_id: _issue, ...rest } = comment;
  return rest;
}

/** Applies what a newer record says differently; says whether there was anything. */
export function changeToNewer(transaction: Transaction, { record, bead, targetOf }: RecordChange): boolean {
  if (bead.deleted && bead.fields.deleted_at !== undefined && record.registers.status !== "tombstone") {
    return false;
  }
  if (record.updated === undefined || record.updated <= Date.parse(bead.updated_at)) return false;
  const before = countOperations(transaction, bead.key);
  const { updated_at: _updated, created_at: _created, ...registers } = record.registers;
  transaction.set(bead.key, registers);
  for (const label of record.labels) transaction.addLabel(bead.key, label);
  for (const edge of record.dependencies) addEdge(transaction, { key: bead.key, edge, targetOf });
  addComments(transaction, { bead, comments: record.comments });
  return countOperations(transaction, bead.key) > before;
}

/** How many operations made a bead what it is. */
export function countOperations(transaction: Transaction, key: BeadKey): number {
  return transaction.rows<{ n: number }>("SELECT COUNT(*) AS n FROM ops WHERE bead = ?", key)[0]!.n;
}

/** A clone's cycle is not refused here: the file says that it exists. */
function addEdge(
  transaction: Transaction,
  { key, edge, targetOf }: { key: BeadKey; edge: JsonObject; targetOf: (id: string) => string },
): void {
  const { depends_on_id, type, metadata } = edge;
  if (typeof depends_on_id !== "string" || depends_on_id === "") return;
  transaction.importDependency(key, {
    target: targetOf(depends_on_id),
    type: typeof type === "string" ? type : "blocks",
    ...(metadata === undefined ? {} : { metadata }),
  });
}

function addComments(
  transaction: Transaction,
  { bead, comments }: { bead: Bead; comments: readonly JsonObject[] },
): void {
  for (const comment of comments) {
    const known = bead.comments.some((one) => one.text === comment.text && one.author === comment.author);
    if (!known && typeof comment.text === "string") {
      transaction.comment(bead.key, comment.text, withoutIssue(comment));
    }
  }
}
