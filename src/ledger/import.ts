import type { Json, JsonObject } from "../lib/json.ts";
import { type ImportRecord, numberedLines, readRecords, type RefusedLine } from "./import_record.ts";
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

/**
 * Takes the records of an `issues.jsonl` into the ledger, in one change.
 *
 * A record the ledger has already changes it only where the record is the newer one. A bead that the file lacks stays.
 * Taking in the same file again, here or in another clone, changes nothing.
 */
export function importJsonl(
  ledger: Ledger,
  { text, actor, dryRun = false }: { text: string; actor: string; dryRun?: boolean },
): ImportSummary {
  const { records, refused } = readRecords(numberedLines(text));
  const summary: ImportSummary = { created: [], changed: [], unchanged: 0, refused };
  try {
    ledger.write(actor, (transaction) => {
      takeInRecords(transaction, { records, summary, change: changeToNewer });
      if (dryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  return summary;
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
  { records, summary, change }: {
    records: readonly ImportRecord[];
    summary: ImportSummary;
    change: (transaction: Transaction, given: RecordChange) => boolean;
  },
): void {
  const known = new Map<string, Bead>();
  const keys = new Map<string, string>();
  for (const record of records) {
    const bead = existing(transaction, record);
    if (bead) known.set(record.id, bead);
    keys.set(record.id, bead?.key ?? record.key);
  }
  const targetOf = (id: string) => keys.get(id) ?? transaction.beadById(id)?.key ?? id;
  const created: BeadKey[] = [];
  for (const record of records) {
    const bead = known.get(record.id);
    if (!bead) {
      create(transaction, { record, targetOf });
      created.push(record.key);
    } else if (change(transaction, { record, bead, targetOf })) {
      summary.changed.push(bead.id);
    } else summary.unchanged++;
  }
  transaction.settleImport();
  for (const key of created) summary.created.push(idOf(transaction, key));
}

function idOf(transaction: Transaction, key: BeadKey): string {
  return transaction.rows<{ id: string }>("SELECT id FROM beads WHERE key = ?", key)[0]!.id;
}

/** The bead a record speaks of: the one it was imported as, or one of that id made at the same moment. */
function existing(transaction: Transaction, record: ImportRecord): Bead | undefined {
  const same = transaction.beadByKey(record.key);
  if (same) return same;
  const named = transaction.beadById(record.id);
  const made = record.registers.created_at;
  if (!named || typeof made !== "string") return named;
  return Date.parse(named.created_at) === Date.parse(made) ? named : undefined;
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
