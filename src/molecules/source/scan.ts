/** Thrown by the simple reader where it does not go on. */
export class NotSimple extends Error {}

/** A text, and how far it is read. */
export interface Scan {
  readonly text: string;
  at: number;
  /** Where the current line begins. */
  line: number;
}

/** Begins to read a text. */
export function createScan(text: string): Scan {
  return { text, at: 0, line: 0 };
}

/** Leaves the text to the library. */
export function bail(): never {
  throw new NotSimple();
}

/** How far from the start of its line the next character stands. */
export function columnOf(scan: Scan): number {
  return scan.at - scan.line;
}

const BLANK = /[ \n]*/y;

/** Goes to the next character that is neither blank nor of a comment; its column, -1 at the end of the text. */
export function skipBlank(scan: Scan): number {
  const { text } = scan;
  for (;;) {
    BLANK.lastIndex = scan.at;
    const blank = BLANK.exec(text)![0];
    scan.at += blank.length;
    if (blank.includes("\n")) scan.line = text.lastIndexOf("\n", scan.at - 1) + 1;
    const character = text[scan.at];
    if (character === undefined) return -1;
    if (character === "#") {
      // Only at the start of a line or after a blank does it begin a comment.
      if (scan.at > scan.line && text[scan.at - 1] !== " ") bail();
      const end = text.indexOf("\n", scan.at);
      scan.at = end < 0 ? text.length : end;
    } else if (character === "\t") bail();
    else return scan.at - scan.line;
  }
}

/** Whether nothing but a comment is left on this line. */
export function endOfLine({ text, at, line }: Scan): boolean {
  const character = text[at];
  return character === undefined || character === "\n" ||
    (character === "#" && (at === line || text[at - 1] === " "));
}
