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
  const longest = Math.max(0, ...values.map(({ length }) => length));
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
      let from = Math.max(0, held.length - longest + 1);
      while (from < held.length && !values.some((value) => value.startsWith(held.slice(from)))) from++;
      return take(from);
    },
    end: () => take(held.length),
  };
}

function valuesOf(secret: string): string[] {
  const whole = secret.trim();
  const lines = whole.split("\n").map((line) => line.trim());
  return lines.length === 1 ? lines : [whole, ...lines.filter(({ length }) => length >= SHORTEST_LINE)];
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

/** Passes standard input on with the values of the secrets that GT_MASK names masked. */
export async function maskInput(
  { env, terminal, processes }: Pick<Ports, "env" | "processes" | "terminal">,
): Promise<void> {
  // Whoever is told to end may still say something.
  processes.onStop(() => {});
  const names = (env.get("GT_MASK") ?? "").split(",").filter(Boolean);
  const masker = createMasker(names.flatMap((name) => env.get(name) ?? []));
  await new Promise<void>((resolve) => {
    terminal.onInput((text) => terminal.write(masker.push(text)), resolve);
  });
  terminal.write(masker.end());
}
