import type { Call, Command, Program } from "../../cli/command.ts";
import { parseCall } from "../../cli/parse.ts";
import { loadCommand } from "../../cli/program.ts";
import { CommandError } from "../../lib/errors.ts";
import { splitWords } from "../../lib/split_words.ts";

/** The commands a batch may hold, by their words; a second name leads to the first. */
const VERBS: Readonly<Record<string, string>> = {
  "create": "create",
  "new": "create",
  "q": "q",
  "update": "update",
  "close": "close",
  "done": "close",
  "reopen": "reopen",
  "defer": "defer",
  "undefer": "undefer",
  "delete": "delete",
  "comment": "comment",
  "comments add": "comments add",
  "label add": "label add",
  "label remove": "label remove",
  "label rm": "label remove",
  "dep add": "dep add",
  "dep remove": "dep remove",
  "dep rm": "dep remove",
  "duplicate": "duplicate",
  "supersede": "supersede",
  "rename": "rename",
};

/** Flags that belong to the call of `bd batch` and not to one of its lines. */
const OUTER: readonly string[] = [
  "actor",
  "directory",
  "town",
  "help",
  "dry-run",
  "continue",
  "file",
  "stdin",
];

/** A line of a batch, read and found well-formed. */
export interface BatchLine {
  /** From 1. */
  line: number;
  /** Words of the command: `label add`. */
  verb: string;
  command: Command;
  call: Call;
}

/** What is wrong with a line of a batch. */
export interface BadLine {
  line: number;
  error: CommandError;
}

/** Reads the lines of a batch. @throws {CommandError} `batch_refused` naming every line that cannot be read. */
export async function readBatch(program: Program, text: string): Promise<BatchLine[]> {
  const lines: BatchLine[] = [];
  const bad: BadLine[] = [];
  const commands = new Map<string, Command>();
  for (const [at, source] of text.split("\n").entries()) {
    const line = at + 1;
    try {
      const words = wordsOf(source);
      if (words.length === 0) continue;
      const { verb, rest } = verbOf(words);
      let command = commands.get(verb);
      if (!command) commands.set(verb, command = (await loadCommand(program.table, verb.split(" ")))!);
      const call = parseCall(command, { args: rest, ignored: program.ignored });
      refuseOuter(call);
      lines.push({ line, verb, command, call });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      bad.push({ line, error });
    }
  }
  if (bad.length > 0) throw batchRefused(bad);
  return lines;
}

function wordsOf(source: string): string[] {
  const text = source.trim();
  if (text === "" || text.startsWith("#")) return [];
  const words = text.startsWith("[") ? jsonWords(text) : splitWords(text);
  if (words === undefined) {
    throw new CommandError("usage", "A quote is not closed", { code: "bad_line" });
  }
  return words[0] === "bd" ? words.slice(1) : words;
}

function jsonWords(text: string): string[] {
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  } catch {
    // Said below.
  }
  throw new CommandError("usage", "A line that begins with [ must be a JSON array of strings", {
    code: "bad_line",
  });
}

function verbOf(words: readonly string[]): { verb: string; rest: readonly string[] } {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(" ");
    if (words.length >= count && Object.hasOwn(VERBS, name)) {
      return { verb: VERBS[name]!, rest: words.slice(count) };
    }
  }
  throw new CommandError("usage", `Cannot use "${words[0]}" in a batch`, { code: "not_in_batch" });
}

function refuseOuter({ flags }: Call): void {
  const given = OUTER.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (given === undefined) return;
  throw new CommandError("usage", `Cannot use --${given} in a line of a batch`, { code: "not_in_batch" });
}

/** How many bad lines an error names. */
const SHOWN = 20;

/** The error for a batch of which nothing was done. */
export function batchRefused(bad: readonly BadLine[]): CommandError {
  const usage = bad.every(({ error }) => error.kind === "usage");
  const count = bad.length === 1 ? "1 line" : `${bad.length} lines`;
  return new CommandError(
    usage ? "usage" : "refused",
    `Cannot run batch: ${count} cannot be done, so nothing was`,
    {
      code: "batch_refused",
      hints: [
        ...bad.slice(0, SHOWN).map(({ line, error }) => `line ${line}: ${error.message}`),
        ...(bad.length > SHOWN ? [`and ${bad.length - SHOWN} more`] : []),
      ],
    },
  );
}
