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
      const text = isLast ? clip(cell.text, Math.max(8, left)) : cell.text;
      const pad = isLast ? "" : " ".repeat(widths[at]! - displayWidth(text));
      left -= widths[at]! + 2;
      return (cell.mark ? cell.mark(text) : text) + pad;
    });
    return (indent + parts.join("  ")).trimEnd();
  });
}

/** Cuts a text to a width, with an ellipsis where something is missing. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += displayWidth(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Width of a text in terminal columns: East Asian wide characters and pictures take two, marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\u200d|\ufe0f/u.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** The two parts of a bar of `width` characters of which `done` of `total` are full. */
export function progressBar(
  progress: { done: number; total: number },
  width: number,
): { full: string; rest: string } {
  const full = progress.total === 0 ? 0 : Math.floor((progress.done / progress.total) * width);
  return { full: "█".repeat(full), rest: "░".repeat(width - full) };
}
