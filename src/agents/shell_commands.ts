/** Deepest nesting of shells in shells that is followed. */
const DEEPEST = 4;

/**
 * The simple commands in a shell line, each as words without quotes: what stands between `;`, `&&`, `|` and line ends, in
 * `$(…)` and backticks, behind `env`, `sudo` and the like, and in the text of `sh -c`.
 *
 * Reads, never runs: variables stay as they are written, and here-documents are taken for commands.
 */
export function shellCommands(line: string, depth = 0): string[][] {
  const found: string[][] = [];
  for (const words of splitCommands(line)) {
    const command = unwrapped(words);
    if (command.length === 0) continue;
    found.push(command);
    const inner = depth < DEEPEST ? innerScript(command) : undefined;
    if (inner !== undefined) found.push(...shellCommands(inner, depth + 1));
  }
  return found;
}

/** A reader of one line of shell. */
interface Reader {
  commands: string[][];
  words: string[];
  word: string | undefined;
}

function splitCommands(line: string): string[][] {
  const reader: Reader = { commands: [], words: [], word: undefined };
  const text = line.replaceAll("\\\n", "");
  for (let at = 0; at < text.length;) at = readPiece(reader, { text, at });
  endCommand(reader);
  return reader.commands;
}

/** Reads one piece of the text at a place; returns the place after it. */
function readPiece(reader: Reader, { text, at }: { text: string; at: number }): number {
  const sign = text[at]!;
  if (sign === "'") {
    const end = text.indexOf("'", at + 1);
    const stop = end < 0 ? text.length : end;
    reader.word = (reader.word ?? "") + text.slice(at + 1, stop);
    return stop + 1;
  }
  if (sign === '"') return readQuoted(reader, { text, at });
  if (sign === "\\") {
    reader.word = (reader.word ?? "") + (text[at + 1] ?? "");
    return at + 2;
  }
  if (sign === "#" && reader.word === undefined) {
    const end = text.indexOf("\n", at);
    return end < 0 ? text.length : end;
  }
  if (/[;&|\n(){}`]/.test(sign)) {
    // A brace within a word is no group: `{a,b}`, `HEAD@{1}`.
    if ((sign === "{" || sign === "}") && reader.word !== undefined) reader.word += sign;
    else endCommand(reader);
    return at + 1;
  }
  if (/\s/.test(sign)) endWord(reader);
  else if (sign === "$" && text[at + 1] === "(") endWord(reader);
  else reader.word = (reader.word ?? "") + sign;
  return at + 1;
}

/** Double quotes: what is substituted inside them is a command of its own. */
function readQuoted(reader: Reader, { text, at }: { text: string; at: number }): number {
  let word = reader.word ?? "";
  let next = at + 1;
  while (next < text.length && text[next] !== '"') {
    if (text[next] === "\\" && /["\\$`]/.test(text[next + 1] ?? "")) next++;
    else if (text.startsWith("$(", next) || text[next] === "`") {
      const close = text[next] === "`" ? text.indexOf("`", next + 1) : text.indexOf(")", next);
      const end = close < 0 ? text.length : close;
      reader.commands.push(...splitCommands(text.slice(next + (text[next] === "`" ? 1 : 2), end)));
      word += text.slice(next, end + 1);
      next = end + 1;
      continue;
    }
    word += text[next] ?? "";
    next++;
  }
  reader.word = word;
  return next + 1;
}

function endWord(reader: Reader): void {
  if (reader.word !== undefined) reader.words.push(reader.word);
  reader.word = undefined;
}

function endCommand(reader: Reader): void {
  endWord(reader);
  if (reader.words.length > 0) reader.commands.push(reader.words);
  reader.words = [];
}

/** Words before a command that leave it what it is. */
const wrappers = new Set([
  ...[
    "env",
    "sudo",
    "command",
    "exec",
    "nohup",
    "time",
    "nice",
    "builtin",
    "xargs",
    "timeout",
    "stdbuf",
    "setsid",
  ],
  ...["then", "else", "do", "if", "while", "until", "!", "elif"],
]);

/** The command without assignments, redirections and wrappers before it. */
function unwrapped(words: readonly string[]): string[] {
  const rest = words.filter((word, at) => !isRedirection(word) && !isRedirection(words[at - 1] ?? "", true));
  let at = 0;
  let isWrapped = false;
  for (; at < rest.length; at++) {
    const word = rest[at]!;
    if (wrappers.has(word)) isWrapped = true;
    else if (/^[A-Za-z_]\w*=/.test(word)) continue;
    else if (isWrapped && (word.startsWith("-") || /^\d+[smhd]?$/.test(word))) continue;
    else break;
  }
  return rest.slice(at);
}

/** Whether a word sends output somewhere; `open` when the place is the next word. */
function isRedirection(word: string, open = false): boolean {
  return open ? /^\d*(>>?|<)$/.test(word) : /^\d*(>>?|<)/.test(word);
}

/** The script that a shell, or `eval`, is given as an argument. */
function innerScript(command: readonly string[]): string | undefined {
  const name = command[0]!.split("/").at(-1)!;
  if (name === "eval") return command.slice(1).join(" ");
  if (!/^(ba|da|z|k|a)?sh$/.test(name)) return undefined;
  const flag = command.findIndex((word) => /^-[a-z]*c$/.test(word));
  return flag < 0 ? undefined : command[flag + 1];
}
