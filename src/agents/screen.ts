/** What the screen of an agent says about typing into it. */
export type ScreenReading =
  /** An input line shows, and it is empty. */
  | "free"
  /** Somebody has typed something that is not sent yet. */
  | "half-typed"
  /** A question is asked that the next key would answer. */
  | "decision"
  /** No input line shows. */
  | "no-input";

/** What questions look like whose answer must come from a person. Taken from what the agents' dialogs say. */
const questions: readonly RegExp[] = [
  /^[\s│|]*[❯>›»→*●]?\s*1[.)]\s+(yes|no|allow|accept|trust|approve|dark mode|claude account|sign in|log ?in|use )/im,
  /do you (want|trust|wish)\b.*\?/i,
  /\b(trust|allow|approve|proceed|overwrite|continue)\b[^\n]*\?\s*$/im,
  /\btrust (this|the|these)\b[^\n?]*\?/i,
  /[([](y\/n|y\/N|Y\/n|yes\/no)[)\]]/,
  /\b(press )?(enter|return) (to )?(confirm|continue|select|accept|approve|save|submit|sign in)\b/i,
  // With a time behind it, it is the way out of a turn.
  /\besc (to )?(cancel|reject|exit|back|go back)\b(?!,? \d+m?s?)/i,
  /\(use arrow keys\)/i,
  /^\s*(password|passphrase|username|login|api key|paste code here)[^\n]*[:>]\s*$/im,
];

/** A line that takes input: marks of frames, the mark of a prompt, and what is typed. */
const inputLine = /^[\s│|┃▌]*(?:[\w@~/.:-]*\s?)?[❯›>$#%]\s?(.*?)[\s│|┃]*$/u;

/** What agents show in an empty input line, as an example of what may be typed. */
const placeholder =
  /^(try "|type your message|ask |send a message|message |describe |enter your|how can i|\/ for commands)/i;

/**
 * Reads the screen of an agent that its hooks call idle.
 *
 * Rather says no once too often: a line that is not typed is only late, one that is typed over something is a harm.
 */
export function readScreen(screen: { text: string; cursor: { column: number; row: number } }): ScreenReading {
  const lines = screen.text.split("\n");
  const bottom = lines.slice(-25).join("\n");
  if (questions.some((question) => question.test(bottom))) return "decision";
  const at = lineOfInput(lines, screen.cursor.row);
  if (at === undefined) return "no-input";
  const typed = inputLine.exec(lines[at]!)![1]!.replace(/[█▌▏▎]/g, "").trim();
  return typed === "" || placeholder.test(typed) ? "free" : "half-typed";
}

/**
 * Whether the input line of a screen holds exactly this text and nothing else; a program may have wrapped it. What a
 * person has added makes it another line.
 */
export function holdsLine(
  screen: { text: string; cursor: { column: number; row: number } },
  text: string,
): boolean {
  const lines = screen.text.split("\n");
  const at = lineOfInput(lines, screen.cursor.row);
  if (at === undefined) return false;
  const wanted = bare(text);
  let held = bare(inputLine.exec(lines[at]!)![1]!);
  for (let next = at + 1; held !== wanted && next < lines.length; next++) {
    if (held === "" || !wanted.startsWith(held)) return false;
    held += bare(lines[next]!.replace(/^[\s│|┃▌]+|[\s│|┃]+$/gu, ""));
  }
  return held === wanted;
}

function bare(text: string): string {
  return text.replace(/[\s█▌▏▎]/gu, "");
}

/** The line that the cursor stands in, if it takes input; else the last that does. */
function lineOfInput(lines: readonly string[], cursor: number): number | undefined {
  if (inputLine.test(lines[cursor] ?? "")) return cursor;
  const last = lines.findLastIndex((line) => inputLine.test(line));
  return last < 0 || last < lines.length - 12 ? undefined : last;
}
