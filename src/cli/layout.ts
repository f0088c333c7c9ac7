/** Breaks a paragraph into lines of at most `width` characters; a longer word stands alone. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** Lays out a name and what it means in two columns, the second wrapped. A long name has a line of its own. */
export function twoColumns(
  rows: readonly (readonly [name: string, meaning: string])[],
  options: { width: number; mark?: (name: string) => string },
): string[] {
  const mark = options.mark ?? ((name: string) => name);
  const widest = Math.min(26, Math.max(0, ...rows.map(([name]) => name.length)));
  const indent = " ".repeat(widest + 4);
  return rows.flatMap(([name, meaning]) => {
    const [first = "", ...more] = wrapText(meaning, options.width - indent.length);
    const head = name.length > widest
      ? [`  ${mark(name)}`, indent + first]
      : [`  ${mark(name)}${" ".repeat(widest - name.length)}  ${first}`.trimEnd()];
    return [...head, ...more.map((line) => indent + line)];
  });
}

/** The width to write help in: the terminal's, but never wider than is good to read. */
export function helpWidth(terminal: { columns(): number }): number {
  return Math.max(40, Math.min(80, terminal.columns()));
}
