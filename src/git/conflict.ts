/** Cuts the places with conflict markers out of a text, with some lines around each and line numbers before it. */
export function excerptConflicts(text: string, options: { context: number; maxLines: number }): string {
  const lines = text.split("\n");
  const wanted = new Set<number>();
  let open = false;
  for (const [at, line] of lines.entries()) {
    if (line.startsWith("<<<<<<< ")) {
      open = true;
      for (let before = 1; before <= options.context; before++) wanted.add(at - before);
    }
    if (open) wanted.add(at);
    if (open && line.startsWith(">>>>>>> ")) {
      open = false;
      for (let after = 1; after <= options.context; after++) wanted.add(at + after);
    }
  }
  const chosen = [...wanted].filter((at) => at >= 0 && at < lines.length).sort((a, b) => a - b);
  const shown: string[] = [];
  for (const [order, at] of chosen.slice(0, options.maxLines).entries()) {
    if (order === 0 || chosen[order - 1] !== at - 1) shown.push(`@@ line ${at + 1}`);
    shown.push(lines[at]!);
  }
  if (chosen.length > options.maxLines) shown.push(`… ${chosen.length - options.maxLines} more lines`);
  return shown.join("\n");
}
