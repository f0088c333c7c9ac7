import type { EpicStatus } from "../../beads/epics.ts";
import { issueShape } from "../../beads/export_shape.ts";
import type { View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Style } from "../../lib/style.ts";
import { beadPhrase } from "./marks.ts";

/** An epic's state as JSON gives it. */
export function epicShape(view: View, { epic, children, closed, eligible }: EpicStatus): JsonObject {
  return {
    epic: issueShape(view, epic),
    total_children: children.length,
    closed_children: closed,
    eligible_for_close: eligible,
  };
}

const WIDTH = 12;

/** Epics with a bar each, and what to do next. */
export function epicLines(style: Style, epics: readonly EpicStatus[]): string[] {
  if (epics.length === 0) return [style.dim("No epics")];
  const counts = epics.map(({ closed, children }) => `${closed}/${children.length}`);
  const width = Math.max(...counts.map((count) => count.length));
  const lines = epics.map(({ epic, closed, children }, at) => {
    const full = children.length === 0 ? 0 : Math.floor(closed / children.length * WIDTH);
    const bar = style.green("█".repeat(full)) + style.dim("░".repeat(WIDTH - full));
    return `${bar} ${counts[at]!.padStart(width)}  ${beadPhrase(style, epic)}`;
  });
  const eligible = epics.filter((status) => status.eligible).length;
  if (eligible === 0) return lines;
  const which = eligible === 1 ? "1 has" : `${eligible} have`;
  return [...lines, style.dim(`${which} all children closed: bd epic close-eligible`)];
}
