import type { Terminal } from "../ports/terminal.ts";

/**
 * Draws a picture over the one before, as much of it as fits.
 *
 * Line by line: what is cleared as a whole screen, some terminals keep in their history. Each is cleared before it is
 * written, because behind one that fills the row its last character would be cleared.
 */
export function createPicture(
  terminal: Pick<Terminal, "write" | "rows">,
): (lines: readonly string[]) => void {
  let drawn = 0;
  return (lines) => {
    const up = drawn > 0 ? `\x1b[${drawn}A\r` : "";
    const shown = lines.slice(0, Math.max(1, terminal.rows() - 1));
    terminal.write(`${up}${shown.map((line) => `\x1b[K${line}\n`).join("")}\x1b[J`);
    drawn = shown.length;
  };
}
