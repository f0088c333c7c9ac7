import type { JsonObject } from "../lib/json.ts";
import type { Database } from "./database.ts";
import type { JournalEntry, Stamp } from "./ledger.ts";
import { compareOperations, type ParsedOperation, parseLine } from "./operation.ts";

/** What stands where a bead's key would in the operations of a journal, before the journal's name. */
const JOURNAL = "@journal/";

/** The kind of operation that is an entry of a journal. */
export const ENTRY_KIND = "entry";

/** The key under which the entries of a journal stand. */
export function journalKey(name: string): string {
  return `${JOURNAL}${name}`;
}

/** Whether a key is that of a journal: what stands under it makes no bead. */
export function isJournalKey(key: string): boolean {
  return key.startsWith(JOURNAL);
}

const ENTRIES = "SELECT arrival, line FROM ops WHERE bead = ? AND arrival > ? ORDER BY arrival";

/** The entries of a journal that arrived after `after`, in the order of time, with what `kept` leaves of each. */
export function readJournal(
  database: Database,
  { name, after, kept = (value) => value }: {
    name: string;
    after: number;
    kept?: ((value: JsonObject) => JsonObject) | undefined;
  },
): JournalEntry[] {
  // All of a journal may be much; what comes after something is asked for often.
  const read = after === 0 ? database.each : database.all;
  const rows = read<{ arrival: number; line: string }>(ENTRIES, journalKey(name), after);
  const found: { arrival: number; operation: ParsedOperation }[] = [];
  let isSorted = true;
  for (const { arrival, line } of rows) {
    const parsed = parseLine(line);
    if (typeof parsed === "string" || parsed.operation.k !== ENTRY_KIND) continue;
    const operation = { ...parsed.operation, f: kept(parsed.operation.f) };
    const last = found.at(-1);
    if (last && compareOperations(last.operation, operation) > 0) isSorted = false;
    found.push({ arrival, operation });
  }
  if (!isSorted) found.sort((one, other) => compareOperations(one.operation, other.operation));
  return found.map(({ arrival, operation }) => ({
    arrival,
    stamp: operation.t as Stamp,
    replica: operation.replica,
    sequence: operation.sequence,
    actor: operation.a,
    value: operation.f,
  }));
}

/** The journals in which entries arrived after `after`, each with when its last one did. */
export function journalsAfter(database: Database, after: number): { name: string; arrival: number }[] {
  // By arrival, not by bead: what is new is little.
  const rows = database.all<{ bead: string; arrival: number }>(
    "SELECT bead, max(arrival) AS arrival FROM ops WHERE arrival > ? GROUP BY +bead",
    after,
  );
  return rows.flatMap(({ bead, arrival }) =>
    isJournalKey(bead) ? [{ name: bead.slice(JOURNAL.length), arrival }] : []
  );
}
