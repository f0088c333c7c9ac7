import type { TreeRow } from "../../beads/dependencies.ts";
import type { Style } from "../../lib/style.ts";
import { printable } from "../../lib/printable.ts";
import { beadPhrase } from "./marks.ts";

/** A dependency tree as lines with branches drawn before them. */
export function treeLines(style: Style, rows: readonly TreeRow[]): string[] {
  return rows.map((row, at) => {
    const type = row.type === undefined || row.type === "blocks"
      ? ""
      : style.dim(` (${printable(row.type)})`);
    const above = row.truncated ? style.dim(" (see above)") : "";
    return `${style.dim(branches(rows, at))}${beadPhrase(style, row.bead)}${type}${above}`;
  });
}

function branches(rows: readonly TreeRow[], at: number): string {
  const { depth } = rows[at]!;
  let drawn = "";
  for (let level = 1; level < depth; level++) drawn += goesOn(rows, { at, level }) ? "│  " : "   ";
  return depth === 0 ? "" : `${drawn}${goesOn(rows, { at, level: depth }) ? "├─ " : "└─ "}`;
}

/** Whether a branch of this level has more below a row. */
function goesOn(rows: readonly TreeRow[], { at, level }: { at: number; level: number }): boolean {
  for (const row of rows.slice(at + 1)) {
    if (row.depth < level) return false;
    if (row.depth === level) return true;
  }
  return false;
}

/** A dependency tree in the language of mermaid, an arrow leading to what is waited for. */
export function mermaidLines(rows: readonly TreeRow[], direction: "down" | "up"): string[] {
  const names = new Map<string, string>();
  const lines = ["flowchart TD"];
  for (const { bead } of rows) {
    if (names.has(bead.key)) continue;
    names.set(bead.key, `n${names.size}`);
    // Signs that mean something in a label are written as mermaid's entities.
    const title = printable(`${bead.id}: ${bead.title}`)
      .replace(/["#<>&`\\]/g, (sign) => `#${sign.charCodeAt(0)};`);
    lines.push(`  ${names.get(bead.key)}["${title}"]`);
  }
  const arrows = new Set<string>();
  for (const { bead, parent, type = "blocks" } of rows) {
    if (parent === undefined) continue;
    const ends = [names.get(parent), names.get(bead.key)];
    if (direction === "up") ends.reverse();
    const arrow = type === "blocks" ? "-->" : `-.->|${type.replace(/[^\w-]/g, "_")}|`;
    arrows.add(`  ${ends[0]} ${arrow} ${ends[1]}`);
  }
  return [...lines, ...arrows];
}
