import type { Terminal } from "../ports/terminal.ts";
import type { Output } from "./command.ts";
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
    result: (value) => json ? terminal.write(JSON.stringify(value, null, 2) + "\n") : undefined,
    event: (value) => json ? terminal.write(JSON.stringify(value) + "\n") : undefined,
    note: (text) => quiet ? undefined : terminal.writeError(text + "\n"),
    style: createStyle(terminal.colour && !json),
  };
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
