import type { Context } from "../../cli/command.ts";
import type { Style } from "../../lib/style.ts";
import type { Bead } from "../../ledger/ledger.ts";
import { displayWidth, shortenTo } from "../../lib/display_width.ts";
import { printable } from "../../lib/printable.ts";
import { priorityWord, statusGlyph } from "./marks.ts";

/** What a line of a list shows of a bead. */
export type ShownBead = Pick<
  Bead,
  "id" | "title" | "status" | "priority" | "issue_type" | "labels" | "blocked" | "assignee"
>;

/** A line of a list: a bead, and what else there is to say about it. */
export interface Row {
  bead: ShownBead;
  /** Comes last, dimmed: `waits for cs-2`. */
  note?: string;
}

/** A bead without what no line shows. */
export function shownBead(
  { id, title, status, priority, issue_type, labels, blocked, assignee }: Bead,
): ShownBead {
  const shown: ShownBead = { id, title, status, priority, issue_type, labels, blocked };
  if (assignee !== undefined) shown.assignee = assignee;
  return shown;
}

/** Longest title that others are aligned to where the terminal sets no limit. */
const TITLE = 64;

/** How many lines are written at once: a reader at the other end of a pipe is woken once for all of a usual list. */
const BLOCK = 500;

/** Prints beads one a line, in columns: id, sign, priority, type, title, assignee, labels, note. */
export function printRows(context: Pick<Context, "out" | "ports">, rows: readonly Row[]): void {
  const { out, ports } = context;
  const widest = { id: 0, type: 0, title: 0, after: 0 };
  for (const row of rows) {
    const texts = textsOf(out.style, row);
    widest.after = Math.max(widest.after, texts.after.width);
    for (const name of ["id", "type", "title"] as const) {
      widest[name] = Math.max(widest[name], displayWidth(texts[name]));
    }
  }
  const limit = titleRoom(ports.terminal.lineWidth(), {
    before: widest.id + widest.type,
    after: widest.after,
  });
  const title = Math.min(limit, TITLE, widest.title);
  for (let start = 0; start < rows.length; start += BLOCK) {
    const block = rows.slice(start, start + BLOCK);
    out.line(block.map((row) => rowLine(out.style, { row, widest: { ...widest, title }, limit })).join("\n"));
  }
}

function textsOf(style: Style, { bead, note }: Row) {
  return {
    id: printable(bead.id),
    type: printable(bead.issue_type),
    title: printable(bead.title),
    after: afterTitle(style, { bead, note }),
  };
}

function rowLine(
  style: Style,
  { row, widest, limit }: {
    row: Row;
    widest: { id: number; type: number; title: number };
    limit: number;
  },
): string {
  const { bead } = row;
  const { id, type, title, after } = textsOf(style, row);
  const shown = shortenTo(title, limit);
  const words = [
    style.cyan(id) + gap(id, widest.id),
    statusGlyph(style, bead),
    priorityWord(style, bead.priority),
    style.dim(type) + gap(type, widest.type),
    bead.status === "closed" ? style.dim(shown) : shown,
  ];
  const rest = after.width === 0 ? "" : `${gap(shown, widest.title)}  ${after.text}`;
  return words.join(" ") + rest;
}

/** What is left for titles beside the other columns, of which the last may take a third of the line. */
function titleRoom(columns: number, { before, after }: { before: number; after: number }): number {
  const signs = " ○ P2  ".length;
  const rest = after === 0 ? 0 : Math.min(after + 2, Math.floor(columns / 3));
  return Math.max(24, columns - before - signs - rest);
}

function afterTitle(
  style: Style,
  { bead, note }: { bead: ShownBead; note: string | undefined },
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
export function statusCounts(beads: readonly Pick<Bead, "status" | "blocked">[]): string {
  const counts = new Map<string, number>();
  for (const bead of beads) counts.set(bead.status, (counts.get(bead.status) ?? 0) + 1);
  const blocked = beads.filter((bead) => bead.status === "open" && bead.blocked).length;
  return [...counts].map(([status, count]) => {
    const held = status === "open" && blocked > 0 ? ` (${blocked} blocked)` : "";
    return `${count} ${printable(status.replaceAll("_", " "))}${held}`;
  }).join(" · ");
}
