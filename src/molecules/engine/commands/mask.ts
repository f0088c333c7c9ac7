import type { Ports } from "../../../ports/ports.ts";
import type { TextFilter } from "../../../ports/process.ts";

/** What stands where a secret was. */
const MASK = "***";

/** Shorter lines of a secret with several lines tell nothing of it, and stand everywhere: a bracket, a word. */
const SHORTEST_LINE = 4;

/**
 * Makes a filter that replaces the values of secrets; where two of them overlap one mask stands for both.
 *
 * Each line of a value with several lines counts by itself, unless it has less than four characters.
 */
export function createMasker(secrets: readonly string[]): TextFilter {
  const values = [...new Set(secrets.flatMap(valuesOf))].filter((value) => value !== "");
  let held = "";
  /** How much of what is held a mask stands for that was said before. */
  let covered = 0;
  const take = (until: number): string => {
    let text = "";
    let at = covered;
    for (const { from, to } of spansOf(held, values)) {
      if (from >= until) break;
      if (from >= at) text += held.slice(at, from) + MASK;
      at = Math.max(at, to);
    }
    if (at < until) text += held.slice(at, until);
    held = held.slice(until);
    covered = Math.max(0, at - until);
    return text;
  };
  return {
    push(text) {
      held += text;
      // Only an end that a secret begins with must wait for what follows.
      return take(beginningAt(held, values));
    },
    end: () => take(held.length),
  };
}

function valuesOf(secret: string): string[] {
  const whole = secret.trim();
  const lines = whole.split("\n").map((line) => line.trim());
  return lines.length === 1 ? lines : [whole, ...lines.filter(({ length }) => length >= SHORTEST_LINE)];
}

/** Where the end of a text begins that is the beginning of a longer value; its length where none is. */
function beginningAt(text: string, values: readonly string[]): number {
  const longest = Math.max(0, ...values.map(({ length }) => length));
  let from = Math.max(0, text.length - longest + 1);
  while (from < text.length && !values.some((value) => value.startsWith(text.slice(from)))) from++;
  return from;
}

/** Where values stand in a text, in order. */
function spansOf(text: string, values: readonly string[]): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (const value of values) {
    for (let from = text.indexOf(value); from >= 0; from = text.indexOf(value, from + 1)) {
      spans.push({ from, to: from + value.length });
    }
  }
  return spans.sort((one, other) => one.from - other.from);
}

/**
 * Passes standard input on with the values of the secrets that GT_MASK names masked.
 *
 * Once all that came before GT_MASKEND is passed on it says so to whoever waits for that.
 */
export async function maskInput(
  { env, terminal, processes }: Pick<Ports, "env" | "processes" | "terminal">,
): Promise<void> {
  // Whoever is told to end may still say something.
  processes.onStop(() => {});
  const names = (env.get("GT_MASK") ?? "").split(",").filter(Boolean);
  const masker = createMasker(names.flatMap((name) => env.get(name) ?? []));
  const reader = createMarkReader(env.get("GT_MASKEND"));
  const write = (text: string) => text === "" ? undefined : terminal.write(text);
  await new Promise<void>((resolve) => {
    terminal.onInput((text) => {
      const { before, after } = reader.push(text);
      write(masker.push(before));
      if (after === undefined) return;
      write(masker.end());
      terminal.writeAside("\n");
      write(masker.push(after));
    }, resolve);
  });
  write(masker.push(reader.end()));
  write(masker.end());
}

/** Finds a line in a text that comes in pieces, once, and takes it out. */
function createMarkReader(mark: string | undefined) {
  const line = `${mark}\n`;
  let isSought = mark !== undefined;
  let held = "";
  return {
    push(text: string): { before: string; after?: string } {
      if (!isSought) return { before: text };
      held += text;
      const at = held.indexOf(line);
      if (at >= 0) {
        isSought = false;
        return { before: held.slice(0, at), after: held.slice(at + line.length) };
      }
      const from = beginningAt(held, [line]);
      const before = held.slice(0, from);
      held = held.slice(from);
      return { before };
    },
    end: () => isSought ? held : "",
  };
}
