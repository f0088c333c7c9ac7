import { type BeadState } from "./bead_state.ts";
import { foldOperations } from "./fold.ts";
import type { Bead, BeadKey, View } from "./ledger.ts";
import { type ParsedOperation, parsedOperation, parseLine } from "./operation.ts";
import { beadOf } from "./shown_bead.ts";

/** Which operations of the past count. */
export type Counts = (operation: ParsedOperation) => boolean;

/** Everything up to a moment, in ms since the epoch. */
export function upTo(at: number): Counts {
  return (operation) => operation.t[0] <= at;
}

/**
 * A bead as the operations that count make it, or undefined where they do not make one.
 *
 * Its `blocked` is false: what held it back is a question about other beads too.
 */
export function pastBead(view: View, { key, counts }: { key: BeadKey; counts: Counts }): Bead | undefined {
  const state = foldOperations(key, operationsOf(view, key).filter(counts));
  return state.born ? beadOf(state, { id: idOf(view, state), blocked: false }) : undefined;
}

/** The id a state claimed; where two beads claimed it, the one this bead bears now. */
function idOf(view: View, state: BeadState): string {
  const claim = state.claim?.id ?? state.key;
  const now = view.beadByKey(state.key as BeadKey);
  return now?.id.startsWith(`${claim}-`) && view.beadById(claim)?.key !== state.key ? now.id : claim;
}

function operationsOf(view: View, key: BeadKey): ParsedOperation[] {
  return view.history(key).map(parsedOperation);
}

/** A view on which beads are as the operations that count make them; ids and edges are looked up as they are now. */
export function pastView(view: View, counts: Counts): View {
  const past = (key: BeadKey) => pastBead(view, { key, counts });
  return {
    ...view,
    beadByKey: past,
    beadById(id) {
      const now = view.beadById(id);
      return now && past(now.key);
    },
    beads: (condition, ...values) => view.beads(condition, ...values).flatMap((bead) => past(bead.key) ?? []),
    *eachBead(condition, ...values) {
      for (const { key } of view.eachBead(condition, ...values)) {
        const bead = past(key);
        if (bead) yield bead;
      }
    },
  };
}

/** Keys of the beads that operations after a moment (ms since the epoch) are about. */
export function keysChangedSince(view: View, at: number): BeadKey[] {
  return view.rows<{ bead: BeadKey }>(
    "SELECT DISTINCT bead FROM ops WHERE json_extract(line, '$.t[0]') > ? AND bead NOT LIKE '@%'",
    at,
  ).map((row) => row.bead);
}

/** Keys of the beads that operations of a replica after a sequence number are about. */
export function keysChangedBy(
  view: View,
  { replica, after }: { replica: string; after: number },
): BeadKey[] {
  return view.rows<{ bead: BeadKey }>(
    "SELECT DISTINCT bead FROM ops WHERE replica = ? AND sequence > ? AND bead NOT LIKE '@%'",
    replica,
    after,
  ).map((row) => row.bead);
}

/** When an operation was made, by its name `<replica>.<sequence>`, in ms since the epoch. */
export function timeOfOperation(view: View, name: string): number | undefined {
  const [, replica, sequence] = /^([0-9a-z_-]+)\.(\d{1,15})$/i.exec(name) ?? [];
  if (replica === undefined) return undefined;
  const row = view.rows<{ line: string }>(
    "SELECT line FROM ops WHERE replica = ? AND sequence = ?",
    replica,
    Number(sequence),
  )[0];
  const parsed = row && parseLine(row.line);
  return parsed && typeof parsed !== "string" ? parsed.operation.t[0] : undefined;
}
