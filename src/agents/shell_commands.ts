/** Deepest nesting of shells in shells that is followed. */
const DEEPEST = 4;

/** One simple command of a shell line. */
export interface ShellCommand {
  /** Without quotes, redirections, assignments and wrappers before it; empty for a redirection alone. */
  words: string[];
  /** The files that its output is sent to, as written. */
  writes: string[];
  /** How many subshells it is in: what `cd` does there ends with them. */
  depth: number;
}

/**
 * The simple commands in a shell line, in their order: what stands between `;`, `&&`, `|` and line ends, in `$(…)` and
 * backticks, behind `env`, `sudo` and the like, in the text of `sh -c`, and in here-documents that a shell reads.
 *
 * Reads, never runs: variables stay as they are written.
 */
export function shellCommands(line: string, nesting = 0): ShellCommand[] {
  const found: ShellCommand[] = [];
  for (const raw of splitCommands(line)) {
    const command = withoutRedirections(raw);
    if (command.words.length === 0 && command.writes.length === 0) continue;
    found.push(command);
    const inner = nesting < DEEPEST ? innerScript(command.words, raw.input) : undefined;
    if (inner === undefined) continue;
    const { depth } = command;
    found.push(...shellCommands(inner, nesting + 1).map((one) => ({ ...one, depth: one.depth + depth + 1 })));
  }
  return found;
}

/** Stands before a sign that is not quoted and redirects, so that it differs from the same sign in a text. */
const MARK = "\u0001";

interface RawCommand {
  words: string[];
  depth: number;
  /** The text of its here-document. */
  input?: string;
}

/** A reader of shell. */
interface Reader {
  readonly text: string;
  commands: RawCommand[];
  words: string[];
  word: string | undefined;
  depth: number;
  /** Here-documents whose text begins at the next line, and the commands that read them. */
  pending: { end: string; isIndented: boolean; command?: RawCommand }[];
}

function splitCommands(line: string): RawCommand[] {
  const text = line.replaceAll("\\\n", "");
  const reader: Reader = { text, commands: [], words: [], word: undefined, depth: 0, pending: [] };
  for (let at = 0; at < text.length;) at = readPiece(reader, at);
  endCommand(reader);
  return reader.commands;
}

/** Reads one piece of the text at a place; returns the place after it. */
function readPiece(reader: Reader, at: number): number {
  const { text } = reader;
  const sign = text[at]!;
  if (sign === "'") {
    const end = text.indexOf("'", at + 1);
    const stop = end < 0 ? text.length : end;
    reader.word = (reader.word ?? "") + text.slice(at + 1, stop);
    return stop + 1;
  }
  if (sign === '"') return readQuoted(reader, at);
  if (sign === "\\") {
    reader.word = (reader.word ?? "") + (text[at + 1] ?? "");
    return at + 2;
  }
  if (sign === "#" && reader.word === undefined) {
    const end = text.indexOf("\n", at);
    return end < 0 ? text.length : end;
  }
  if (sign === "<" || sign === ">") return readRedirection(reader, at);
  if (/[;&|\n(){}`]/.test(sign)) return readSeparator(reader, at);
  if (/\s/.test(sign)) endWord(reader);
  else if (sign === "$" && text[at + 1] === "(") endWord(reader);
  else reader.word = (reader.word ?? "") + sign;
  return at + 1;
}

function readSeparator(reader: Reader, at: number): number {
  const sign = reader.text[at]!;
  // A brace within a word is no group: `{a,b}`, `HEAD@{1}`, `${x}`.
  if ((sign === "{" || sign === "}") && reader.word !== undefined) {
    reader.word += sign;
    return at + 1;
  }
  endCommand(reader);
  if (sign === "(") reader.depth++;
  if (sign === ")") reader.depth = Math.max(0, reader.depth - 1);
  return sign === "\n" && reader.pending.length > 0 ? readDocuments(reader, at + 1) : at + 1;
}

/** A sign that redirects ends the word before it, unless that is the number of what it redirects. */
function readRedirection(reader: Reader, at: number): number {
  const { text } = reader;
  if (text.startsWith("<<<", at)) {
    endWord(reader);
    return at + 3;
  }
  if (text.startsWith("<<", at)) return readDocumentMark(reader, at + 2);
  if (reader.word !== undefined && !/^\d+$/.test(reader.word)) endWord(reader);
  const isDouble = text[at] === ">" && text[at + 1] === ">";
  const after = at + (isDouble ? 2 : 1);
  reader.word = `${reader.word ?? ""}${MARK}${text[at]}`;
  endWord(reader);
  // `>&2` goes nowhere new, `>|` is `>`.
  const copied = /^&(?:\d+|-)/.exec(text.slice(after, after + 4));
  if (copied) {
    reader.words.pop();
    return after + copied[0].length;
  }
  return text[after] === "|" || text[after] === "&" ? after + 1 : after;
}

function readDocumentMark(reader: Reader, at: number): number {
  const mark = /^(-?)[ \t]*(?:'([^']*)'|"([^"]*)"|\\?([^\s;&|<>()]+))/.exec(reader.text.slice(at, at + 200));
  if (!mark) return at;
  endWord(reader);
  reader.pending.push({ end: mark[2] ?? mark[3] ?? mark[4]!, isIndented: mark[1] === "-" });
  return at + mark[0].length;
}

/** Passes over the texts of here-documents, and gives each to the command it is for. */
function readDocuments(reader: Reader, from: number): number {
  let at = from;
  for (const { end, isIndented, command } of reader.pending.splice(0)) {
    const lines: string[] = [];
    while (at < reader.text.length) {
      const stop = reader.text.indexOf("\n", at);
      const line = reader.text.slice(at, stop < 0 ? reader.text.length : stop);
      at = stop < 0 ? reader.text.length : stop + 1;
      if ((isIndented ? line.replace(/^\t+/, "") : line) === end) break;
      lines.push(line);
    }
    if (command) command.input = lines.join("\n");
  }
  return at;
}

/** Double quotes: what is substituted inside them is a command of its own. */
function readQuoted(reader: Reader, at: number): number {
  const { text } = reader;
  let word = reader.word ?? "";
  let next = at + 1;
  while (next < text.length && text[next] !== '"') {
    if (text[next] === "\\" && /["\\$`]/.test(text[next + 1] ?? "")) next++;
    else if (text.startsWith("$(", next) || text[next] === "`") {
      const close = text[next] === "`" ? text.indexOf("`", next + 1) : text.indexOf(")", next);
      const end = close < 0 ? text.length : close;
      const inner = splitCommands(text.slice(next + (text[next] === "`" ? 1 : 2), end));
      reader.commands.push(...inner.map((one) => ({ ...one, depth: one.depth + reader.depth + 1 })));
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
  if (reader.words.length === 0) return;
  const command: RawCommand = { words: reader.words, depth: reader.depth };
  reader.commands.push(command);
  for (const document of reader.pending) document.command ??= command;
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

/** Takes redirections apart from a command, and assignments and wrappers away. */
function withoutRedirections({ words, depth }: RawCommand): ShellCommand {
  const writes: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const sign = new RegExp(`^\\d*${MARK}([<>])$`).exec(words[at]!);
    if (!sign) {
      rest.push(words[at]!);
      continue;
    }
    const target = words[++at];
    if (sign[1] === ">" && target !== undefined) writes.push(target);
  }
  return { words: unwrapped(rest), writes, depth };
}

function unwrapped(words: readonly string[]): string[] {
  let at = 0;
  let isWrapped = false;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (wrappers.has(word)) isWrapped = true;
    else if (/^[A-Za-z_]\w*=/.test(word)) continue;
    else if (isWrapped && (word.startsWith("-") || /^\d+[smhd]?$/.test(word))) continue;
    else break;
  }
  return words.slice(at);
}

/** The script that a shell, or `eval`, is given as an argument or as a here-document. */
function innerScript(words: readonly string[], input: string | undefined): string | undefined {
  const name = words[0]?.split("/").at(-1);
  if (name === undefined) return undefined;
  if (name === "eval") return words.slice(1).join(" ");
  if (!/^(ba|da|z|k|a)?sh$/.test(name)) return undefined;
  const flag = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  return flag < 0 ? input : words[flag + 1];
}
