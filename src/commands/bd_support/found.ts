import { rowShapes } from "../../beads/export_shape.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import { printRows, statusCounts } from "./rows.ts";

/** What a search, a list or the like found, and how to tell. */
export interface Found {
  view: View;
  beads: readonly Bead[];
  /** Whether a limit cut it short. */
  more: boolean;
  /** What to say when there is nothing. */
  none: string;
  /** A remark on one bead, at the end of its line. */
  noteOf?: (bead: Bead) => string | undefined;
  /** Rows of the JSON; those of `list` by default. */
  shapes?: () => JsonObject[];
}

/** Prints beads as rows with their counts below, or as a JSON array. */
export function printFound(context: Pick<Context, "out" | "ports">, found: Found): void {
  const { out } = context;
  const { view, beads } = found;
  if (out.json) {
    out.result(found.shapes ? found.shapes() : rowShapes(view, beads));
    return;
  }
  if (beads.length === 0) {
    out.line(out.style.dim(found.none));
    return;
  }
  printRows(
    context,
    beads.map((bead) => {
      const note = found.noteOf?.(bead);
      return note === undefined ? { bead } : { bead, note };
    }),
  );
  const more = found.more ? " · there are more: -n 0 shows all" : "";
  out.line(out.style.dim(`${statusCounts(beads)}${more}`));
}
