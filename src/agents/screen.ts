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

/** What dialogs look like whose answer must come from a person. Taken from what the agents' dialogs say. */
const dialogs: readonly RegExp[] = [
  /^[\s│|]*[❯>›»→*●]?\s*1[.)]\s+(yes|no|allow|accept|trust|approve|dark mode|claude account|sign in|log ?in|use )/im,
  /[([](y\/n|y\/N|Y\/n|yes\/no)[)\]]/,
  /\(y\)es\s*[,/]\s*\(n\)o\b/i,
  /\b(press )?(enter|return) (to )?(confirm|continue|select|accept|approve|save|submit|sign in)\b/i,
  // With a time behind it, it is the way out of a turn.
  /\besc (to )?(cancel|reject|exit|back|go back)\b(?!,? \d+m?s?)/i,
  /\(use arrow keys\)/i,
  /^\s*(password|passphrase|username|login|api key|paste code here)[^\n]*[:>]\s*$/im,
];

/** What dialogs ask, and models as well in what they say. */
const questions: readonly RegExp[] = [
  /do you (want|trust|wish)\b.*\?/i,
  /\b(trust|allow|approve|proceed|overwrite|continue)\b[^\n]*\?\s*$/im,
  /\btrust (this|the|these)\b[^\n?]*\?/i,
];

/** What an agent says in the place of an answer to whoever is not logged in; its input line is as free as ever. */
const signIn = /\bplease (use|run) \/login\b/i;

/** A line that takes input: marks of frames, the mark of a prompt, and what is typed. */
const inputLine = /^[\s│|┃▌]*(?:[\w@~/.:-]*\s?)?[❯›>$#%]\s?(.*?)[\s│|┃]*$/u;

/** What agents show in an empty input line, as an example of what may be typed. */
const placeholder =
  /^(try "|type your message|ask |send a message|message |describe |enter your|how can i|\/ for commands)/i;

/** What a terminal shows, with the line that the cursor is in. */
export interface Shown {
  text: string;
  cursor: { column: number; row: number; hidden?: boolean };
}

/** How the screen of an agent without hooks is read: there, nothing else says whether it takes input. */
export interface InputLook {
  /** The line in which it takes input; its first group is what has been typed. */
  line: RegExp;
}

/** The look at an agent without hooks whose input line is as usual. */
export const usualInput: InputLook = { line: inputLine };

/**
 * Reads the screen of an agent that its hooks call idle; with `look`, of one that has no hooks.
 *
 * Rather says no once too often: a line that is not typed is only late, one that is typed over something is a harm.
 */
export function readScreen(screen: Shown, look?: InputLook): ScreenReading {
  const lines = screen.text.split("\n");
  const bottom = lines.slice(-25).join("\n");
  if (dialogs.some((dialog) => dialog.test(bottom))) return "decision";
  if (look && signIn.test(lastSaid(lines))) return "decision";
  const reading = readInput(lines, { cursor: screen.cursor, look });
  // An agent without hooks that takes input has said what reads like a question: it is told to go on.
  const isSaid = look !== undefined && reading === "free";
  return !isSaid && questions.some((question) => question.test(bottom)) ? "decision" : reading;
}

/** The last words above the input line and its frame: what is above them belongs to what was. */
function lastSaid(lines: readonly string[]): string {
  return lines.filter((line) => line.trim() !== "").slice(-6).join("\n");
}

function readInput(
  lines: readonly string[],
  { cursor, look }: { cursor: Shown["cursor"]; look: InputLook | undefined },
): Exclude<ScreenReading, "decision"> {
  const at = lineOfInput(lines, { cursor, look });
  if (at === undefined) return "no-input";
  const typed = typedIn(lines[at]!, look).replace(/[█▌▏▎]/g, "").trim();
  if (typed !== "" && !placeholder.test(typed)) return "half-typed";
  // An empty line above the cursor belongs to what was, not to what is.
  return look && at !== cursor.row && !cursor.hidden ? "no-input" : "free";
}

/** How agents say, while they are in a turn, how to leave it. */
const wayOut =
  /\b(esc(ape)?|ctrl[ +-]c)\b\W{0,3}(again )?(to )?(interrupt|cancel|stop)\b|\bworking\b.{0,30}\besc esc\b/i;

/** Whether a screen says that a turn is under way. */
export function showsTurn({ text }: Shown): boolean {
  return wayOut.test(text.split("\n").slice(-15).join("\n"));
}

/**
 * Whether the input line of a screen holds exactly this text and nothing else; a program may have wrapped it. What a
 * person has added makes it another line.
 */
export function holdsLine(screen: Shown, text: string, look?: InputLook): boolean {
  const lines = screen.text.split("\n");
  const { cursor } = screen;
  const first = lineOfInput(lines, { cursor, look });
  if (first === undefined) return false;
  const wanted = bare(text);
  let held = bare(typedIn(lines[first]!, look));
  let last = first;
  while (held !== wanted) {
    if (held === "" || !wanted.startsWith(held) || ++last >= lines.length) return false;
    held += bare(lines[last]!.replace(/^[\s│|┃▌]+|[\s│|┃]+$/gu, ""));
  }
  // A line that a program has taken may stay on the screen; the cursor has left it then.
  return !look || cursor.hidden === true || cursor.row === last;
}

/** Whether this text stands in the input line of an agent without hooks together with what a person has added. */
export function holdsLineAndMore(screen: Shown, text: string, look: InputLook): boolean {
  const lines = screen.text.split("\n");
  const first = lineOfInput(lines, { cursor: screen.cursor, look });
  if (first === undefined) return false;
  const wanted = bare(text);
  const typed = bare(typedIn(lines[first]!, look));
  // What follows a line that a program has taken is its answer.
  if (typed === wanted) return false;
  const below = lines.slice(first + 1, Math.max(first, screen.cursor.row) + 1).map(bare).join("");
  return (typed + below).includes(wanted);
}

/** What a screen shows besides what is typed in its input line: as long as that is the same, nothing was taken. */
export function besidesInput(screen: Shown, look?: InputLook): string {
  const lines = screen.text.split("\n");
  const at = lineOfInput(lines, { cursor: screen.cursor, look });
  return lines.filter((_line, index) => index !== at).join("\n");
}

/** Whether the cursor stands before what the input line shows: an example of what may be typed, where nobody types. */
export function isBeforeText(screen: Shown, look?: InputLook): boolean {
  const line = screen.text.split("\n")[screen.cursor.row] ?? "";
  const typed = typedIn(line, look);
  return typed !== "" && screen.cursor.column <= line.indexOf(typed);
}

function typedIn(line: string, look: InputLook | undefined): string {
  return (look?.line ?? inputLine).exec(line)?.[1] ?? "";
}

function bare(text: string): string {
  return text.replace(/[\s█▌▏▎]/gu, "");
}

/** How many lines somebody may have typed above the cursor. */
const mostAbove = 6;

/** The line that the cursor stands in, if it takes input; else the last that does. */
function lineOfInput(
  lines: readonly string[],
  { cursor, look }: { cursor: Shown["cursor"]; look: InputLook | undefined },
): number | undefined {
  const isInput = (at: number) => (look?.line ?? inputLine).test(lines[at] ?? "");
  if (isInput(cursor.row)) return cursor.row;
  if (look && !cursor.hidden) {
    // What is typed may go on below its first line.
    for (let at = cursor.row; at > cursor.row - mostAbove && lines[at]?.trim(); at--) {
      if (isInput(at)) return at;
    }
    return undefined;
  }
  const last = lines.findLastIndex((_line, at) => isInput(at));
  return last < 0 || last < lines.length - 12 ? undefined : last;
}
