import { type Database, inTransaction, openDatabase } from "./database.ts";
import { type ImportRecord, type NumberedLine, readRecord, type RefusedLine } from "./import_record.ts";
import type { BeadKey } from "./ledger.ts";
import { linesOf } from "./projection_file.ts";

/** What is known of a record before it is taken in. */
export interface SurveyedRecord {
  id: string;
  line: number;
  /** Identity that every clone computes alike from the record. */
  key: BeadKey;
  /** When it was made, as the record says it; null where it does not. */
  created: string | null;
  /** Key of the bead that is there already, once that was looked up. */
  known: BeadKey | null;
}

/** What stands in lines of an `issues.jsonl`, kept apart from memory. */
export interface Survey {
  /** How many records can be taken in. */
  size: number;
  /** What cannot, by line. */
  refused: RefusedLine[];
  /** The record of an id that can be taken in. */
  record(id: string): SurveyedRecord | undefined;
  /** All of those, in the order of their lines. */
  each(): Iterable<SurveyedRecord>;
  /** Says of a record which bead it is about. */
  know(id: string, key: BeadKey): void;
  /** Reads the lines again, and gives the records one after the other. */
  read(): Iterable<ImportRecord>;
}

/** The lines of a text with their numbers. */
export function* textLines(text: string): Generator<NumberedLine> {
  for (let line = 1, start = 0; start <= text.length; line++) {
    const end = text.indexOf("\n", start);
    yield { line, text: text.slice(start, end < 0 ? undefined : end) };
    if (end < 0) return;
    start = end + 1;
  }
}

/** The lines of a file with their numbers. */
export function* fileLines(path: string): Generator<NumberedLine> {
  let line = 0;
  for (const text of linesOf(path)) yield { line: ++line, text };
}

/** Looks through lines that can be read again and again, and hands over what was found. */
export function withSurvey<T>(lines: () => Iterable<NumberedLine>, use: (survey: Survey) => T): T {
  // Some hundred thousand small objects would make the collector let memory grow to several times their size.
  const database = openDatabase(":memory:");
  try {
    database.script(
      "CREATE TABLE records (id TEXT PRIMARY KEY, line INTEGER, key TEXT, created TEXT, known TEXT) WITHOUT ROWID",
    );
    const refused = inTransaction(database, () => noteRecords(database, lines));
    return use(createSurvey(database, { lines, refused }));
  } finally {
    database.close();
  }
}

function createSurvey(
  database: Database,
  { lines, refused }: { lines: () => Iterable<NumberedLine>; refused: RefusedLine[] },
): Survey {
  const record = (id: string) =>
    database.get<SurveyedRecord>("SELECT id, line, key, created, known FROM records WHERE id = ?", id);
  return {
    size: database.get<{ n: number }>("SELECT COUNT(*) AS n FROM records")!.n,
    refused,
    record,
    each: () => database.each("SELECT id, line, key, created, known FROM records ORDER BY line"),
    know: (id, key) => database.run("UPDATE records SET known = ? WHERE id = ?", key, id),
    *read() {
      for (const each of lines()) {
        const found = readRecord(each);
        if (found === undefined || "reason" in found) continue;
        // Somebody may have written the file anew in between.
        const entry = record(found.id);
        if (entry?.line === found.line && entry.key === found.key) yield found;
      }
    },
  };
}

function noteRecords(database: Database, lines: () => Iterable<NumberedLine>): RefusedLine[] {
  const refused: RefusedLine[] = [];
  const twins = new Map<string, number[]>();
  for (const each of lines()) {
    const record = readRecord(each);
    if (record === undefined) continue;
    if ("reason" in record) {
      refused.push(record);
      continue;
    }
    const { line, id, key, registers: { created_at: created } } = record;
    const first = database.get<{ line: number }>("SELECT line FROM records WHERE id = ?", id)?.line;
    if (first === undefined) {
      database.run(
        "INSERT INTO records (id, line, key, created) VALUES (?, ?, ?, ?)",
        id,
        line,
        key,
        typeof created === "string" ? created : null,
      );
    } else twins.set(id, [...(twins.get(id) ?? [first]), line]);
  }
  for (const id of twins.size === 0 ? [] : differingTwins(lines, twins)) {
    const numbers = twins.get(id)!;
    const reason = `id "${id}" stands in lines ${numbers.join(", ")}`;
    for (const line of numbers) refused.push({ line, id, reason });
    database.run("DELETE FROM records WHERE id = ?", id);
  }
  return refused.sort((one, other) => one.line - other.line);
}

/** Of several lines with one id none can be trusted, unless they say the same. */
function differingTwins(
  lines: () => Iterable<NumberedLine>,
  twins: ReadonlyMap<string, readonly number[]>,
): Set<string> {
  const contents = new Map<string, string>();
  const differing = new Set<string>();
  for (const each of lines()) {
    const record = readRecord(each);
    if (record === undefined || "reason" in record || !twins.has(record.id)) continue;
    const content = JSON.stringify({ ...record, line: 0 });
    if ((contents.get(record.id) ?? content) !== content) differing.add(record.id);
    contents.set(record.id, content);
  }
  return differing;
}
