import { rowShape } from "../../beads/export_shape.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import { mapped } from "../../lib/mapped.ts";
import { printRows, type Row, shownBead, statusCounts } from "./rows.ts";

/** What a search, a list or the like found, and how to tell. */
export interface Found {
  view: View;
  /** Walked through once, up to the limit and one more. */
  beads: Iterable<Bead>;
  /** At most this many are shown; 0 for all. */
  limit: number;
  /** What to say when there is nothing. */
  none: string;
  /** A remark on one bead, at the end of its line. */
  noteOf?: (bead: Bead) => string | undefined;
  /** A row of the JSON; that of `list` by default. */
  shapeOf?: (bead: Bead) => JsonObject;
}

/** How many to ask for, so that it is known whether a limit cuts them short. */
export function oneMore(limit: number): number {
  return limit === 0 ? 0 : limit + 1;
}

/** Prints beads as rows with their counts below, or as a JSON array; returns the first of them, if there is one. */
export function printFound(context: Pick<Context, "out" | "ports">, found: Found): Bead | undefined {
  const { out } = context;
  const { view, shapeOf = (bead) => rowShape(view, bead) } = found;
  let first: Bead | undefined;
  let more = false;
  function* shown(): Generator<Bead> {
    let count = 0;
    for (const bead of found.beads) {
      more = found.limit > 0 && count++ >= found.limit;
      if (more) return;
      first ??= bead;
      yield bead;
    }
  }
  view.atOnce(() => {
    if (out.json) out.results(mapped(shown(), shapeOf));
    else printShown(context, { ...found, beads: shown(), more: () => more });
  });
  return first;
}

function printShown(
  context: Pick<Context, "out" | "ports">,
  { beads, none, noteOf, more }: Found & { more: () => boolean },
): void {
  const { out } = context;
  // What a row needs of a bead is little, and the widths of columns depend on all of them.
  const rows = [...mapped(beads, (bead): Row => {
    const note = noteOf?.(bead);
    return note === undefined ? { bead: shownBead(bead) } : { bead: shownBead(bead), note };
  })];
  if (rows.length === 0) return out.line(out.style.dim(none));
  printRows(context, rows);
  const rest = more() ? " · there are more: -n 0 shows all" : "";
  out.line(out.style.dim(`${statusCounts(rows.map((row) => row.bead))}${rest}`));
}
