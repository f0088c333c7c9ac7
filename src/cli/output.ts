import type { Terminal } from "../ports/terminal.ts";
import type { Output } from "./command.ts";
import { printableJson } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";

/** Makes the way a command answers on this terminal. */
export function createOutput(
  terminal: Terminal,
  options: { json: boolean; quiet: boolean },
): Output {
  const { json, quiet } = options;
  return {
    json,
    quiet,
    line: (text = "") => json || quiet ? undefined : terminal.write(text + "\n"),
    answer: (text) => json ? undefined : terminal.write(text + "\n"),
    result: (value) => json ? terminal.write(printableJson(value, 2) + "\n") : undefined,
    results: (values) => json ? writeList(terminal, values) : undefined,
    event: (value) => json ? terminal.write(printableJson(value) + "\n") : undefined,
    note: (text) => quiet ? undefined : terminal.writeError(text + "\n"),
    style: createStyle(terminal.colour && !json),
  };
}

/** How much text is written at a time, in characters. */
const BLOCK = 64 * 1024;

/** Writes what `JSON.stringify` makes of a list, without ever holding all of it. */
function writeList(terminal: Terminal, values: Iterable<unknown>): void {
  let waiting = "[";
  let before = "\n  ";
  for (const value of values) {
    waiting += before + (printableJson(value, 2) ?? "null").replaceAll("\n", "\n  ");
    before = ",\n  ";
    if (waiting.length < BLOCK) continue;
    terminal.write(waiting);
    waiting = "";
  }
  terminal.write(waiting + (before === "\n  " ? "]\n" : "\n]\n"));
}

/** Makes ways to mark text: with colours, or none. */
export function createStyle(colour: boolean): Style {
  const mark = (on: number, off: number) => (text: string) =>
    colour && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: mark(1, 22),
    dim: mark(2, 22),
    red: mark(31, 39),
    green: mark(32, 39),
    yellow: mark(33, 39),
    blue: mark(34, 39),
    magenta: mark(35, 39),
    cyan: mark(36, 39),
  };
}
