/** One try that waits to be merged, or is being merged. Times are ms since the epoch. */
export interface QueueEntry {
  /** Id of the bead. */
  bead: string;
  /** Number of the attempt. */
  n: number;
  state: "queued" | "merging";
  /** 0 (critical) to 4. */
  priority: number;
  slungAt: number;
  /** When it came to its present state. */
  since: number;
  /** Not tried again before. */
  notBefore: number;
  /** Refused pushes in a row. */
  tries: number;
}

/** Everything the decision depends on. Times are ms since the epoch. */
export interface Queue {
  entries: readonly QueueEntry[];
  now: number;
  /** Whether a person holds the queue: nothing new is begun. */
  paused: boolean;
  /** Nothing that needs the remote is done before; 0 when it was there the last time. */
  heldUntil: number;
  /** When somebody last said "try everything now": pauses that are older do not count. */
  wokenAt: number;
}

/** What is to be done next. A batch is what is tested and pushed as one; its entries are in the order of landing. */
export type QueueAct =
  | { kind: "start"; batch: readonly [QueueEntry, ...QueueEntry[]] }
  /** Found half merged: find out whether it landed. */
  | { kind: "finish"; batch: readonly [QueueEntry, ...QueueEntry[]] }
  | { kind: "wait"; until: number }
  | { kind: "idle" };

/** How long an entry waits to be worth one step of priority more, in ms. */
export const AGING_MS = 30 * 60_000;

/** Decides what to do next. */
export function nextAct(queue: Queue): QueueAct {
  const { entries, now } = queue;
  if (entries.length === 0) return { kind: "idle" };
  const merging = inOrder(entries.filter((entry) => entry.state === "merging"), now);
  const isStuck = merging.length > 0;
  if (!isStuck && queue.paused) return { kind: "idle" };
  if (queue.heldUntil > now) return { kind: "wait", until: queue.heldUntil };
  // One that is half merged comes before everything else, paused or not: it may have landed.
  if (isStuck) return { kind: "finish", batch: [merging[0]!] };
  const ready = inOrder(entries.filter((entry) => readyAt(queue, entry) <= now), now);
  if (ready.length > 0) return { kind: "start", batch: [ready[0]!] };
  return { kind: "wait", until: Math.min(...entries.map((entry) => readyAt(queue, entry))) };
}

/** The entries in the order in which they will land: what is being merged, then by priority that grows with age. */
export function inOrder(entries: readonly QueueEntry[], now: number): QueueEntry[] {
  return [...entries].sort((a, b) =>
    rank(a, now) - rank(b, now) || a.since - b.since || a.slungAt - b.slungAt || (a.bead < b.bead ? -1 : 1)
  );
}

/** When an entry may be tried, in ms since the epoch. */
export function readyAt(queue: Pick<Queue, "wokenAt">, entry: QueueEntry): number {
  return entry.since < queue.wokenAt ? 0 : entry.notBefore;
}

/** The smaller, the sooner: without a lower bound, so that whatever waits long enough comes before anything new. */
function rank(entry: QueueEntry, now: number): number {
  if (entry.state === "merging") return -Infinity;
  return entry.priority - Math.floor(Math.max(0, now - entry.since) / AGING_MS);
}
