/** Words of a line as a shell reads them: quotes and backslashes; a `#` at the start of a word ends it. Undefined for a quote left open. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const sign = line[at]!;
    if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (sign === "#" && word === undefined) {
      return words;
    } else if (sign === "'" || sign === '"') {
      const quoted = readQuoted(line, at);
      if (quoted === undefined) return undefined;
      word = (word ?? "") + quoted.text;
      at = quoted.end;
    } else if (sign === "\\" && at + 1 < line.length) {
      word = (word ?? "") + line[++at]!;
    } else {
      word = (word ?? "") + sign;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** What stands between a quote and its end; in double quotes `\n` is a line end, and a backslash before `"` or `\` goes. */
function readQuoted(line: string, start: number): { text: string; end: number } | undefined {
  const quote = line[start]!;
  let text = "";
  for (let at = start + 1; at < line.length; at++) {
    const sign = line[at]!;
    if (sign === quote) return { text, end: at };
    const next = line[at + 1];
    if (quote === '"' && sign === "\\" && next !== undefined && '"\\n$`'.includes(next)) {
      text += next === "n" ? "\n" : next;
      at++;
    } else {
      text += sign;
    }
  }
  return undefined;
}
