import type { Command, CompletionSource, Flag, Program } from "./command.ts";
import { allFlags, findFlag } from "./global_flags.ts";
import { rowsOf } from "./help.ts";
import { loadCommand, nextWords } from "./program.ts";

/** A word that could stand where completion was asked for. */
export interface Candidate {
  value: string;
  summary?: string;
}

/** What could complete the last word; with `files`, the shell's own file names as well. */
export interface Completion {
  candidates: Candidate[];
  files: boolean;
}

/** Looks up names that begin with `prefix`; finds nothing where it cannot read them. */
export type LookUpNames = (
  asked: { source: CompletionSource; prefix: string },
) => Candidate[] | Promise<Candidate[]>;

/** Finds what could complete the last of `words`, which stand after the program's name. */
export async function completeWords(
  program: Program,
  options: { words: readonly string[]; lookUp: LookUpNames },
): Promise<Completion> {
  const words = joinEquals(options.words);
  const current = words.at(-1) ?? "";
  const place = await findPlace(program, words.slice(0, -1));
  const lookUp = (wanted: Wanted, prefix: string) => valuesFor(wanted, { prefix, lookUp: options.lookUp });
  if (place.pending) return await lookUp(place.pending, current);
  const equals = place.literal ? null : /^(--[\w-]+)=(.*)$/s.exec(current);
  if (equals) {
    const found = findFlag(place.flags, { long: equals[1]!.slice(2) });
    return found ? await lookUp(found.flag, equals[2]!) : nothing();
  }
  if (!place.literal && current.startsWith("-")) return flagNames(place.flags, current);
  if (!place.command) {
    if (place.positionals > 0) return nothing();
    const rows = await rowsOf(program, place.path, nextWords(program.table, place.path));
    return chosen(rows.map(([value, summary]) => ({ value, summary })), current);
  }
  const positionals = place.command.positionals ?? [];
  const last = positionals.at(-1);
  const positional = positionals[place.positionals] ?? (last?.variadic ? last : undefined);
  return positional ? await lookUp(positional, current) : nothing();
}

type Wanted = Pick<Flag, "values" | "completes">;

/** What the words before the last one lead to. */
interface Place {
  path: string[];
  command: Command | undefined;
  flags: Record<string, Flag>;
  /** How many positionals have been given. */
  positionals: number;
  /** A flag that waits for its value. */
  pending?: Flag | undefined;
  /** Whether `--` was given: nothing is a flag any more. */
  literal: boolean;
}

async function findPlace(program: Program, words: readonly string[]): Promise<Place> {
  const place: Place = {
    path: [],
    command: undefined,
    flags: allFlags({}),
    positionals: 0,
    literal: false,
  };
  for (const word of words) {
    if (place.pending) place.pending = undefined;
    else if (place.literal) place.positionals++;
    else if (word === "--") place.literal = true;
    else if (word.startsWith("-") && word !== "-") place.pending = flagAwaitingValue(place.flags, word);
    else await takeWord(program, place, word);
  }
  return place;
}

async function takeWord(program: Program, place: Place, word: string): Promise<void> {
  const known = place.positionals > 0 ? [] : nextWords(program.table, place.path);
  const next = [word, program.synonyms[word]].find((each) => each !== undefined && known.includes(each));
  if (next === undefined) {
    place.positionals++;
    return;
  }
  place.path.push(next);
  place.command = await loadCommand(program.table, place.path);
  place.flags = allFlags(place.command ?? {});
}

function flagAwaitingValue(flags: Record<string, Flag>, word: string): Flag | undefined {
  const found = word.startsWith("--")
    ? findFlag(flags, { long: word.slice(2) })
    : word.length === 2
    ? findFlag(flags, { short: word[1]! })
    : undefined;
  return found && found.flag.type !== "boolean" ? found.flag : undefined;
}

/** Bash parts `--flag=value` into three words; this puts them together again. */
function joinEquals(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const continues = before !== undefined && /^--[\w-]+(=.*)?$/s.test(before) &&
      (word === "=" && !before.includes("=") || before.endsWith("="));
    if (continues) joined[joined.length - 1] = before + word;
    else joined.push(word);
  }
  return joined;
}

async function valuesFor(
  wanted: Wanted,
  options: { prefix: string; lookUp: LookUpNames },
): Promise<Completion> {
  const { prefix, lookUp } = options;
  if (wanted.values) return chosen(wanted.values.map((value) => ({ value })), prefix);
  if (wanted.completes === undefined) return nothing();
  if (wanted.completes === "file") return { candidates: [], files: true };
  return { candidates: await lookUp({ source: wanted.completes, prefix }), files: false };
}

function flagNames(flags: Record<string, Flag>, prefix: string): Completion {
  const visible = Object.entries(flags).filter(([, flag]) => !flag.hidden);
  return chosen(visible.map(([name, flag]) => ({ value: `--${name}`, summary: flag.summary })), prefix);
}

function chosen(candidates: Candidate[], prefix: string): Completion {
  return { candidates: candidates.filter(({ value }) => value.startsWith(prefix)), files: false };
}

function nothing(): Completion {
  return { candidates: [], files: false };
}
