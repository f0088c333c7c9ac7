/**
 * The shell of the program: from the words of a call to the command that runs, its output and its exit code.
 *
 * It knows nothing of what the commands are about, and touches the outside only through the ports.
 *
 * @module
 */
import type { Command, CommandTable } from "./command.ts";

/** The words that follow `words` in the table, each once, in the table's order. */
export function nextWords(table: CommandTable, words: readonly string[]): string[] {
  const prefix = words.length === 0 ? "" : words.join(" ") + " ";
  const next = new Set<string>();
  for (const name in table) {
    if (!name.startsWith(prefix)) continue;
    const end = name.indexOf(" ", prefix.length);
    next.add(end < 0 ? name.slice(prefix.length) : name.slice(prefix.length, end));
  }
  return [...next];
}

/** The words of every command at or below `words`. */
export function commandsUnder(table: CommandTable, words: readonly string[]): string[] {
  const prefix = words.join(" ");
  return Object.keys(table).filter((name) =>
    prefix === "" || name === prefix || name.startsWith(prefix + " ")
  );
}

/** Loads the command with exactly these words. */
export async function loadCommand(
  table: CommandTable,
  words: readonly string[],
): Promise<Command | undefined> {
  const name = words.join(" ");
  return Object.hasOwn(table, name) ? (await table[name]!()).command : undefined;
}
