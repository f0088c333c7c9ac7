import type { DuplicateGroup } from "../../beads/duplicates.ts";
import { rowShapes } from "../../beads/export_shape.ts";
import type { View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";

/** A group of duplicates as JSON gives it, with which to keep. */
export function groupShape(view: View, { title, beads }: DuplicateGroup): JsonObject {
  const [target, ...sources] = beads.map((bead) => bead.id);
  return {
    title,
    issues: rowShapes(view, beads),
    suggested_target: target!,
    suggested_sources: sources,
    suggested_action: sources.map((source) => `bd duplicate ${source} --of ${target}`).join(" && "),
  };
}
