import type { BeadKey, View } from "../../../ledger/ledger.ts";

/** Beads of which somebody waits until they are closed or gone. */
export interface AwaitedBeads {
  /** Calls back once, as soon as the bead is closed or gone, which may be now; returns how to stop. */
  add(key: BeadKey, over: () => void): () => void;
  /** Looks at those that something has happened to since the last look. */
  look(): void;
  isEmpty(): boolean;
}

/** What has reached the ledger: an operation, whose bead it is of, and the status of that now. */
interface Arrived {
  arrival: number;
  replica: string;
  sequence: number;
  bead: BeadKey;
  status: string | null;
}

const ARRIVED =
  "SELECT o.arrival, o.replica, o.sequence, o.bead, b.status FROM ops o LEFT JOIN beads b ON b.key = o.bead";

/** Makes an empty collection: all of its beads together cost one question for each look, however many they are. */
export function createAwaitedBeads(view: Pick<View, "rows">): AwaitedBeads {
  const awaited = new Map<BeadKey, Set<() => void>>();
  let last: Arrived | undefined;
  const newest = () => view.rows<Arrived>(`${ARRIVED} ORDER BY o.arrival DESC LIMIT 1`)[0];
  const tell = (key: BeadKey) => {
    for (const over of [...awaited.get(key) ?? []]) {
      if (forget(key, over)) over();
    }
  };
  const forget = (key: BeadKey, over: () => void): boolean => {
    const all = awaited.get(key);
    const isKnown = all?.delete(over) ?? false;
    if (all?.size === 0) awaited.delete(key);
    return isKnown;
  };
  const lookAtAll = () => {
    last = newest();
    for (const key of [...awaited.keys()]) if (isOver(view, key)) tell(key);
  };
  return {
    add(key, over) {
      if (awaited.size === 0) last = newest();
      if (isOver(view, key)) {
        over();
        return () => {};
      }
      const all = awaited.get(key) ?? new Set();
      awaited.set(key, all.add(over));
      return () => void forget(key, over);
    },
    look() {
      if (awaited.size === 0) return;
      if (!last) return lookAtAll();
      const [known, ...news] = view.rows<Arrived>(
        `${ARRIVED} WHERE o.arrival >= ? ORDER BY o.arrival`,
        last.arrival,
      );
      // An index that was made anew has another order.
      if (known?.replica !== last.replica || known.sequence !== last.sequence) return lookAtAll();
      last = news.at(-1) ?? last;
      for (const { bead, status } of news) if (isOverAs(status)) tell(bead);
    },
    isEmpty: () => awaited.size === 0,
  };
}

/** Whether a bead is closed or gone. */
export function isOver(view: Pick<View, "rows">, key: BeadKey): boolean {
  const row = view.rows<{ status: string }>("SELECT status FROM beads WHERE key = ?", key)[0];
  return isOverAs(row?.status ?? null);
}

function isOverAs(status: string | null): boolean {
  return status === null || status === "closed" || status === "tombstone";
}
