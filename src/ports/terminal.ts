import { readFileSync, writeSync } from "node:fs";
import process from "node:process";

/** The three standard streams. */
export interface Terminal {
  /** Whether a person reads standard output. */
  readonly isTerminal: boolean;
  /** Whether colours are wanted: a terminal, no `NO_COLOR`, or `FORCE_COLOR`. */
  readonly colour: boolean;
  /** Width in columns; 80 where it is unknown. */
  columns(): number;
  /** Height in rows; 24 where it is unknown. */
  rows(): number;
  /** Writes to standard output. */
  write(text: string): void;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Reads standard input to its end; empty when it is a terminal. */
  readInput(): string;
}

/** Makes the streams of this process. */
export function createTerminal(): Terminal {
  const isTerminal = process.stdout.isTTY === true;
  return {
    isTerminal,
    colour: !process.env.NO_COLOR && (isTerminal || Boolean(process.env.FORCE_COLOR)) &&
      process.env.TERM !== "dumb",
    columns: () => process.stdout.columns || 80,
    rows: () => process.stdout.rows || 24,
    write: (text) => writeAll(1, text),
    writeError: (text) => writeAll(2, text),
    readInput: () => process.stdin.isTTY ? "" : readFileSync(0, "utf8"),
  };
}

/** Writes the whole text before returning; a reader that has gone away ends the program quietly, as it does `cat`. */
function writeAll(stream: number, text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(stream, rest));
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === "EAGAIN") continue;
      if (code === "EPIPE") process.exit(0);
      throw error;
    }
  }
}

/** A terminal that remembers what was written. */
export interface TestTerminal extends Terminal {
  readonly output: string[];
  readonly errors: string[];
}

/** Makes a terminal that remembers, and reads `input`. */
export function createTestTerminal(input = ""): TestTerminal {
  const output: string[] = [];
  const errors: string[] = [];
  return {
    isTerminal: false,
    colour: false,
    columns: () => 80,
    rows: () => 24,
    write: (text) => void output.push(text),
    writeError: (text) => void errors.push(text),
    readInput: () => input,
    output,
    errors,
  };
}
