import type { Bead, View } from "../ledger/ledger.ts";

/** What a bead of type `gate` waits for, as its fields say it. */
export interface Awaited {
  /** `human`, `timer`, `bead`, `gh:run`, `gh:pr`, or what another tool knows. */
  type: string;
  /** The run, pull request or bead. */
  id?: string;
  /** Moment at which a timer opens, and after which another gate waits too long; in ms since the epoch. */
  until?: number;
}

/** Whether a gate may open: `late` is one that has waited too long, `ask` one that the ledger cannot answer. */
export type GateState =
  | { kind: "waiting"; reason: string }
  | { kind: "passed"; reason: string }
  | { kind: "late"; reason: string }
  | { kind: "ask"; of: "gh:run" | "gh:pr"; id: string };

/** Beads of type `gate`, the oldest first: those that are not closed, or all; walk through them within `atOnce`. */
export function eachGate(view: View, { all }: { all: boolean }): Iterable<Bead> {
  const those = all ? "status <> 'tombstone'" : "status NOT IN ('closed', 'tombstone')";
  return view.eachBead(`issue_type = 'gate' AND ${those} ORDER BY created, id`);
}

/** What a gate waits for; for a person where it does not say. */
export function awaitedBy({ fields, created_at }: Bead): Awaited {
  const { await_type: type, await_id: id, timeout } = fields;
  // Other tools write the timeout in nanoseconds.
  const until = typeof timeout === "number" && timeout > 0
    ? Date.parse(created_at) + timeout / 1e6
    : undefined;
  return {
    type: typeof type === "string" && type !== "" ? type : "human",
    ...(typeof id === "string" && id !== "" ? { id } : {}),
    ...(until === undefined ? {} : { until }),
  };
}

/** Whether a gate may open, as far as the ledger and the clock tell; `now` in ms since the epoch. */
export function gateState(view: View, { gate, now }: { gate: Bead; now: number }): GateState {
  const { type, id, until } = awaitedBy(gate);
  const isOver = until !== undefined && now >= until;
  if (type === "timer") {
    if (until === undefined) return { kind: "waiting", reason: "it does not say for how long" };
    return isOver
      ? { kind: "passed", reason: "its time has come" }
      : { kind: "waiting", reason: timeOf(until) };
  }
  if (type === "bead") {
    const bead = id === undefined ? undefined : view.beadById(id.slice(id.lastIndexOf(":") + 1));
    if (bead && (bead.status === "closed" || bead.deleted)) {
      return { kind: "passed", reason: `${bead.id} is ${bead.status}` };
    }
  }
  if (isOver) return { kind: "late", reason: `it has waited since ${gate.created_at}` };
  if ((type === "gh:run" || type === "gh:pr") && id !== undefined) return { kind: "ask", of: type, id };
  return { kind: "waiting", reason: id === undefined ? `for ${type}` : `for ${type} ${id}` };
}

function timeOf(ms: number): string {
  return `until ${new Date(ms).toISOString()}`;
}
