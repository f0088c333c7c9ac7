import type { Arrived, View } from "../ledger/ledger.ts";
import { createEventTeller, type TownEvent } from "../ui/event_line.ts";

/** How many operations are read at once. */
const PAGE = 500;

/** Which events are wanted. */
export interface EventFilter {
  /** Id of the one bead they are about. */
  bead?: string;
  /** Not before this time, in ms since the epoch. */
  since?: number;
}

/** Reads events in the order of their arrival, from where it stopped the last time. */
export interface EventReader {
  /** All events that have arrived since the last call. */
  next(): Generator<TownEvent>;
}

/** Makes a reader that begins after `arrival`; 0 for everything. */
export function createEventReader(view: View, options: EventFilter & { arrival?: number } = {}): EventReader {
  const tell = createEventTeller();
  let at = options.arrival ?? 0;
  function wanted(arrived: Arrived): boolean {
    if (options.bead !== undefined && arrived.id !== options.bead) return false;
    return options.since === undefined || arrived.operation.t[0] >= options.since;
  }
  return {
    *next() {
      for (;;) {
        const page = view.arrivedAfter(at, PAGE);
        for (const arrived of page) {
          at = arrived.arrival;
          const event = wanted(arrived) && tell(arrived, view.beadById(arrived.id));
          if (event) yield event;
        }
        if (page.length < PAGE) return;
      }
    },
  };
}

/** The place of the latest operation in the order of arrival. */
export function latestArrival(view: View): number {
  return Number(view.rows<{ n: number | null }>("SELECT MAX(arrival) AS n FROM ops")[0]?.n ?? 0);
}

/** The last `limit` events, oldest first. */
export function lastEvents(view: View, options: EventFilter & { limit: number }): TownEvent[] {
  const { limit } = options;
  const latest = latestArrival(view);
  // Not every operation is an event: look further back until there are enough.
  for (let window = limit * 4;; window *= 4) {
    const from = options.bead === undefined ? Math.max(0, latest - window) : 0;
    const found: TownEvent[] = [];
    for (const event of createEventReader(view, { ...options, arrival: from }).next()) {
      found.push(event);
      if (found.length > limit * 2) found.splice(0, limit);
    }
    if (found.length >= limit || from === 0) return found.slice(-limit);
  }
}
