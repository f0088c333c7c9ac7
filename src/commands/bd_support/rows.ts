import type { Context } from "../../cli/command.ts";
import type { Style } from "../../lib/style.ts";
import type { Bead } from "../../ledger/ledger.ts";
import { displayWidth, shortenTo } from "../../lib/display_width.ts";
import { printable } from "../../lib/printable.ts";
import { priorityWord, statusGlyph } from "./marks.ts";

/** A line of a list: a bead, and what else there is to say about it. */
export interface Row {
  bead: Bead;
  /** Comes last, dimmed: `waits for cs-2`. */
  note?: string;
}

/** Longest title that others are aligned to where the terminal sets no limit. */
const TITLE = 64;

/** Prints beads one a line, in columns: id, sign, priority, type, title, assignee, labels, note. */
export function printRows(context: Pick<Context, "out" | "ports">, rows: readonly Row[]): void {
  const { out, ports } = context;
  const lines = rows.map(({ bead, note }) => ({
    bead,
    id: printable(bead.id),
    type: printable(bead.issue_type),
    title: printable(bead.title),
    after: afterTitle(out.style, { bead, note }),
  }));
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(displayWidth));
  const id = widest(lines.map((line) => line.id));
  const type = widest(lines.map((line) => line.type));
  const after = Math.max(0, ...lines.map((line) => line.after.width));
  const limit = ports.terminal.isTerminal
    ? titleRoom(ports.terminal.columns(), { before: id + type, after })
    : Infinity;
  const title = Math.min(limit, TITLE, widest(lines.map((line) => line.title)));
  const printed = lines.map((line) => {
    const shown = shortenTo(line.title, limit);
    const words = [
      out.style.cyan(line.id) + gap(line.id, id),
      statusGlyph(out.style, line.bead),
      priorityWord(out.style, line.bead.priority),
      out.style.dim(line.type) + gap(line.type, type),
      line.bead.status === "closed" ? out.style.dim(shown) : shown,
    ];
    const rest = line.after.width === 0 ? "" : `${gap(shown, title)}  ${line.after.text}`;
    return words.join(" ") + rest;
  });
  // One write for all: a reader at the other end of a pipe is woken once.
  if (printed.length > 0) out.line(printed.join("\n"));
}

/** What is left for titles beside the other columns, of which the last may take a third of the line. */
function titleRoom(columns: number, { before, after }: { before: number; after: number }): number {
  const signs = " ○ P2  ".length;
  const rest = after === 0 ? 0 : Math.min(after + 2, Math.floor(columns / 3));
  return Math.max(24, columns - before - signs - rest);
}

function afterTitle(
  style: Style,
  { bead, note }: { bead: Bead; note: string | undefined },
): { text: string; width: number } {
  const parts: [text: string, colour: keyof Style][] = [];
  if (bead.assignee !== undefined) parts.push([`@${printable(bead.assignee)}`, "magenta"]);
  if (bead.labels.length > 0) parts.push([bead.labels.map(printable).join(","), "blue"]);
  if (note !== undefined) parts.push([printable(note), "dim"]);
  return {
    text: parts.map(([text, colour]) => style[colour](text)).join("  "),
    width: displayWidth(parts.map(([text]) => text).join("  ")),
  };
}

function gap(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** How many beads of each status a list shows, for the line below it: `3 open (1 blocked) · 1 in progress`. */
export function statusCounts(beads: readonly Bead[]): string {
  const counts = new Map<string, number>();
  for (const bead of beads) counts.set(bead.status, (counts.get(bead.status) ?? 0) + 1);
  const blocked = beads.filter((bead) => bead.status === "open" && bead.blocked).length;
  return [...counts].map(([status, count]) => {
    const held = status === "open" && blocked > 0 ? ` (${blocked} blocked)` : "";
    return `${count} ${printable(status.replaceAll("_", " "))}${held}`;
  }).join(" · ");
}
