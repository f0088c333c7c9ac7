/**
 * The shell of the program: from the words of a call to the command that runs, its output and its exit code.
 *
 * It knows nothing of what the commands are about, and touches the outside only through the ports.
 *
 * @module
 */
import type { Command } from "./command.ts";

/** Loads the file of one command. */
export type LoadCommand = () => Promise<{ command: Command }>;

/** Words of a command, without the program's name, to the file that holds it. */
export type CommandTable = Readonly<Record<string, LoadCommand>>;

/** A heading of the overview and the first words that stand under it, in order. */
export interface Topic {
  title: string;
  words: readonly string[];
}

/** Everything that makes one of the program's names what it is. */
export interface Program {
  /** `gt` or `bd`. */
  name: string;
  /** One sentence without a period. */
  summary: string;
  table: CommandTable;
  /** What the words that only group others are for: `convoy`. */
  groups: Readonly<Record<string, string>>;
  topics: readonly Topic[];
  /** Other vocabularies' words, accepted wherever a command word stands: `mayor` for `coordinator`. */
  synonyms: Readonly<Record<string, string>>;
  /** Flags of older tools that every command takes and ignores, as in {@linkcode Command.ignored}. */
  ignored: readonly string[];
  /** A variable that means `--json` when it is set. */
  jsonVariable?: string;
}

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
