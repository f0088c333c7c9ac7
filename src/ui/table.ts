import { displayWidth, shortenTo } from "../lib/display_width.ts";

/** A cell: its text, and how to mark it once its width is known. */
export interface Cell {
  text: string;
  mark?: (text: string) => string;
}

/** Lays cells out in columns of their own width, two spaces apart; the last column is cut at the terminal's edge. */
export function tableLines(
  rows: readonly (readonly (string | Cell)[])[],
  options: { columns: number; indent?: string },
): string[] {
  const indent = options.indent ?? "  ";
  const cells = rows.map((row) => row.map((cell) => typeof cell === "string" ? { text: cell } : cell));
  const count = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, at) => Math.max(0, ...cells.map((row) => displayWidth(row[at]?.text ?? ""))),
  );
  return cells.map((row) => {
    let left = options.columns - indent.length;
    const parts = row.map((cell, at) => {
      const isLast = at === row.length - 1;
      const text = isLast ? shortenTo(cell.text, Math.max(8, left)) : cell.text;
      const pad = isLast ? "" : " ".repeat(widths[at]! - displayWidth(text));
      left -= widths[at]! + 2;
      return (cell.mark ? cell.mark(text) : text) + pad;
    });
    return (indent + parts.join("  ")).trimEnd();
  });
}

/** The two parts of a bar of `width` characters of which `done` of `total` are full. */
export function progressBar(
  progress: { done: number; total: number },
  width: number,
): { full: string; rest: string } {
  const full = progress.total === 0 ? 0 : Math.floor((progress.done / progress.total) * width);
  return { full: "█".repeat(full), rest: "░".repeat(width - full) };
}
