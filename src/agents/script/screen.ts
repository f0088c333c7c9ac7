import { printable } from "../../lib/printable.ts";
import type { Terminal } from "../../ports/terminal.ts";

/** What the script agent shows: what it does, line by line, and an input line at the end of a turn. */
export interface ScriptScreen {
  /** Something it does. */
  act(text: string): void;
  /** What came of it: a few lines, set in. */
  detail(text: string, options?: { lines?: number }): void;
  /** Shows the input line with what is typed in it, until the next act. */
  prompt(): void;
  /** Puts text into the input line, as if it were typed. */
  type(text: string): void;
  /** The next line that is typed, now or already; undefined when there will be none. */
  nextLine(): Promise<string | undefined>;
  close(): void;
}

/** Makes the screen; typed characters are taken from now on, also during a turn. */
export function createScriptScreen(terminal: Terminal): ScriptScreen {
  const mark = (code: number, text: string) => terminal.colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  const input = createInputLine();
  let isPrompting = false;
  const redraw = () => terminal.write(`\r\x1b[K❯ ${input.text()}`);
  const stop = terminal.onInput((typed) => {
    input.take(typed);
    if (isPrompting) redraw();
  }, () => input.end());
  const line = (text: string) => {
    if (isPrompting) terminal.write("\r\n");
    isPrompting = false;
    terminal.write(text + "\r\n");
  };
  return {
    act: (text) => line(`${mark(36, "●")} ${printable(text)}`),
    detail(text, { lines = 8 } = {}) {
      const all = text.trimEnd().split("\n").filter((one, at) => at > 0 || one !== "");
      const shown = all.length > lines ? all.slice(0, lines) : all;
      for (const one of shown) line(mark(2, `  │ ${printable(one)}`));
      if (all.length > lines) line(mark(2, `  │ … ${all.length - lines} more lines`));
    },
    prompt() {
      isPrompting = true;
      redraw();
    },
    type(text) {
      input.take(text);
    },
    async nextLine() {
      const typed = await input.next();
      if (isPrompting) terminal.write("\r\n");
      isPrompting = false;
      return typed;
    },
    close: stop,
  };
}

/** One line being typed, and those that are finished. */
interface InputLine {
  text(): string;
  take(typed: string): void;
  end(): void;
  next(): Promise<string | undefined>;
}

function createInputLine(): InputLine {
  const finished: string[] = [];
  let buffer = "";
  let isEnded = false;
  let waiting: ((line: string | undefined) => void) | undefined;
  const settle = () => {
    if (!waiting || (finished.length === 0 && !isEnded)) return;
    const resolve = waiting;
    waiting = undefined;
    resolve(finished.shift());
  };
  const end = () => {
    isEnded = true;
    settle();
  };
  return {
    text: () => buffer,
    take(typed) {
      // deno-lint-ignore no-control-regex
      for (const sign of typed.replaceAll(/\x1b\[[0-9;?]*[A-Za-z~]/g, "")) {
        if (sign === "\r" || sign === "\n") {
          if (buffer.trim() !== "") finished.push(buffer);
          buffer = "";
        } else if (sign === "\x7f" || sign === "\b") buffer = [...buffer].slice(0, -1).join("");
        else if (sign === "\x15") buffer = "";
        else if (sign === "\x03" || sign === "\x04") end();
        else if (sign >= " ") buffer += sign;
      }
      settle();
    },
    end,
    next: () =>
      new Promise((resolve) => {
        waiting = resolve;
        settle();
      }),
  };
}
