import type { Ports } from "../../../ports/ports.ts";

/** What stands where a secret was. */
const MASK = "***";

/** Replaces the values of secrets in a text that comes in pieces. */
export interface Masker {
  /** The text so far that cannot be the beginning of a secret any more. */
  push(text: string): string;
  /** What is left at the end. */
  end(): string;
}

/** Makes a masker of values; each line of one with several lines counts by itself. */
export function createMasker(secrets: readonly string[]): Masker {
  const values = [...new Set(secrets.flatMap((secret) => [secret, ...secret.split("\n")]))]
    .map((value) => value.replace(/\r$/, ""))
    .filter((value) => value.trim().length > 0)
    .sort((one, other) => other.length - one.length);
  const longest = values[0]?.length ?? 0;
  let held = "";
  const masked = (text: string) => values.reduce((rest, value) => rest.replaceAll(value, MASK), text);
  return {
    push(text) {
      held = masked(held + text);
      // Only an end that a secret begins with must wait for what follows.
      let keep = 0;
      for (let length = Math.min(longest - 1, held.length); length > 0; length--) {
        const tail = held.slice(-length);
        if (values.some((value) => value.startsWith(tail))) {
          keep = length;
          break;
        }
      }
      const ready = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return ready;
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
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
