import type { BeadKey, Transaction, View } from "../../ledger/ledger.ts";
import { latestArrival } from "../events.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { SessionUsage } from "./usage.ts";

/** The journal of the ledger that keeps what sessions have used. */
const JOURNAL = "usage";

/** What one session has used, as the journal has it. */
export interface RecordedUsage extends SessionUsage {
  /** The agent's own id of the session. */
  session: string;
  /** The bead it worked at. */
  bead?: BeadKey;
}

/** Records all that a session has used so far; it takes the place of what was recorded of the session before. */
export function recordUsage(transaction: Transaction, usage: RecordedUsage): void {
  transaction.append(JOURNAL, usage as unknown as JsonObject);
}

/** What is recorded, kept up to date with little reading. */
export interface UsageBook {
  /** What every session has used, by the agents' own ids of them. */
  sessions(view: View): ReadonlyMap<string, RecordedUsage>;
}

/** Makes a book that has read nothing yet. */
export function createUsageBook(): UsageBook {
  const known = new Map<string, RecordedUsage>();
  let arrival = 0;
  return {
    sessions(view) {
      // The order of arrival begins again where the index was made anew.
      if (arrival > 0 && latestArrival(view) < arrival) {
        known.clear();
        arrival = 0;
      }
      for (const entry of view.journal(JOURNAL, arrival)) {
        arrival = Math.max(arrival, entry.arrival);
        const usage = entry.value as unknown as RecordedUsage;
        if (typeof usage.session === "string" && Array.isArray(usage.rows)) known.set(usage.session, usage);
      }
      return known;
    },
  };
}
