import { CommandError } from "../lib/errors.ts";
import type { Command, Program } from "./command.ts";
import { findFlag, globalFlags } from "./global_flags.ts";
import { commandsUnder, loadCommand, nextWords } from "./program.ts";

/** Where the words of a call lead: to a command, or to a group of them. */
export interface Found {
  /** The words in the table's own vocabulary. */
  words: readonly string[];
  /** Absent for a group, and for the program itself. */
  command: Command | undefined;
  /** What is left: flags and positionals. */
  rest: readonly string[];
}

/**
 * Follows the words of a call into the table, as far as they lead.
 *
 * Global flags may stand before and between the words. @throws {CommandError} for a word that leads nowhere.
 */
export async function findCommand(program: Program, args: readonly string[]): Promise<Found> {
  const words: string[] = [];
  const flags: string[] = [];
  let at = 0;
  while (at < args.length) {
    const width = globalFlagWidth(args, at);
    if (width > 0) {
      flags.push(...args.slice(at, at + width));
      at += width;
      continue;
    }
    const next = args[at]!.startsWith("-")
      ? undefined
      : await followWord(program, { words, word: args[at]! });
    if (next === undefined) break;
    words.splice(0, words.length, ...next);
    at++;
  }
  const rest = [...flags, ...args.slice(at)];
  const command = await loadCommand(program.table, words);
  const stray = args[at];
  if (!command && stray !== undefined && !stray.startsWith("-")) {
    throw await unknownWord(program, words, stray);
  }
  return { words, command, rest };
}

/** How many arguments a global flag at this place takes up; 0 when none stands there. */
function globalFlagWidth(args: readonly string[], at: number): number {
  const [, dashes, name, value] = /^(--?)([A-Za-z][\w-]*)(=.*)?$/s.exec(args[at]!) ?? [];
  if (!dashes || !name) return 0;
  const found = findFlag(globalFlags, dashes === "--" ? { long: name } : { short: name });
  if (!found) return 0;
  return found.flag.type === "boolean" || value !== undefined ? 1 : Math.min(2, args.length - at);
}

/** The words after following one more, or undefined when it leads nowhere. */
async function followWord(
  program: Program,
  step: { words: readonly string[]; word: string },
): Promise<string[] | undefined> {
  const known = nextWords(program.table, step.words);
  if (known.length === 0) return undefined;
  for (const word of [step.word, program.synonyms[step.word]]) {
    if (word !== undefined && known.includes(word)) return [...step.words, word];
  }
  if (Object.hasOwn(program.table, step.words.join(" "))) return undefined;
  for (const word of known) {
    const command = await loadCommand(program.table, [...step.words, word]);
    if (command?.aliases?.includes(step.word)) return [...step.words, word];
  }
  return undefined;
}

async function unknownWord(program: Program, words: readonly string[], word: string): Promise<CommandError> {
  const { closestWord } = await import("../lib/closest_word.ts");
  const before = [program.name, ...words].join(" ");
  const known = nextWords(program.table, words);
  const synonyms = Object.keys(program.synonyms).filter((name) => known.includes(program.synonyms[name]!));
  const near = closestWord(word, [...known, ...synonyms]);
  const elsewhere = commandsUnder(program.table, []).filter((name) => name.split(" ").at(-1) === word);
  const meant = elsewhere.length > 0
    ? elsewhere.slice(0, 3).map((name) => `${program.name} ${name}`)
    : near
    ? [`${before} ${near}`]
    : [];
  const hints = meant.map((name) => `did you mean \`${name}\`?`);
  return new CommandError("usage", `Unknown command "${before} ${word}"`, {
    code: "unknown_command",
    hints: [...hints, `see \`${before} --help\` for what there is`],
  });
}
