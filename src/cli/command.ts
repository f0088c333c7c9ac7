/**
 * What a command is: a row of the table, with the function that runs it.
 *
 * @module
 */
import type { JsonObject } from "../lib/json.ts";
import type { Style } from "../lib/style.ts";
import type { Ports } from "../ports/ports.ts";

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

/** Where completion takes its candidates from. */
export type CompletionSource =
  | "agent"
  | "bead"
  /** A bead that can be slung, or where to. */
  | "bead-or-target"
  | "convoy"
  | "file"
  | "gate"
  | "message"
  | "molecule"
  | "rig"
  /** A run of a molecule. */
  | "run"
  | "session"
  | "target"
  | "worker";

/** An argument without a dash. */
export interface Positional {
  /** As shown in help: `bead`. */
  name: string;
  summary: string;
  required?: boolean;
  /** Takes all that is left; only the last may. */
  variadic?: boolean;
  completes?: CompletionSource;
  /** The only words it takes. */
  values?: readonly string[];
}

/** An argument with two dashes. A `list` may be given several times and holds comma-separated values. */
export interface Flag {
  type: "boolean" | "string" | "number" | "list";
  summary: string;
  /** One letter, used with one dash. */
  short?: string;
  /** As shown in help: `WHY`. The flag's name in capitals by default. */
  placeholder?: string;
  default?: string | number | boolean;
  values?: readonly string[];
  completes?: CompletionSource;
  /** A `list` whose values may hold commas: commands. Each is given with a flag of its own. */
  whole?: boolean;
  /** Works, but stands in no help. */
  hidden?: boolean;
  /** Other long names that mean the same. */
  aliases?: readonly string[];
}

/** A line for help that works when pasted. */
export interface Example {
  line: string;
  summary: string;
}

/** The values of a call, after parsing. Absent flags are absent keys; a `list` is an array. */
export interface Call {
  /** Positionals by name; a variadic one is an array. */
  args: Readonly<Record<string, string | readonly string[] | undefined>>;
  flags: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
}

/** How a command answers. With `--json` only the objects are printed, otherwise only the text. */
export interface Output {
  /** Whether `--json` was given. */
  readonly json: boolean;
  /** Whether `--quiet` was given: only answers and errors are printed. */
  readonly quiet: boolean;
  /** Prints a line for a person; nothing with `--json` or `--quiet`. */
  line(text?: string): void;
  /** Prints what was asked for and nothing around it, such as a new id: also with `--quiet`, not with `--json`. */
  answer(text: string): void;
  /** Prints the one result of the command; nothing without `--json`. */
  result(value: unknown): void;
  /** As {@linkcode result} with a list, whose members are made and printed one after the other. */
  results(values: Iterable<unknown>): void;
  /** Prints one of a stream of results, one object a line, as `--json` streams do. */
  event(value: JsonObject): void;
  /** Prints a remark to standard error: progress, a warning. Nothing when quiet. */
  note(text: string): void;
  /** Colours, or the text itself where no colours are wanted. */
  readonly style: Style;
}

/** What a command runs with. */
export interface Context extends Call {
  /** The program that the command belongs to. */
  program: Program;
  ports: Ports;
  out: Output;
  /** Who acts: `--actor`, BD_ACTOR, GT_ACTOR, the worker of this session, or `overseer`. */
  actor: string;
}

/** A command of the table. */
export interface Command {
  /** The words that call it, with the program's own: `gt convoy create`. */
  name: string;
  /** One sentence without a period, for lists. */
  summary: string;
  /** What else there is to know, in paragraphs. */
  description?: string;
  positionals?: readonly Positional[];
  flags?: Readonly<Record<string, Flag>>;
  examples: readonly [Example, ...Example[]];
  /** Exit codes beyond 0 ok, 1 refused, 2 usage. */
  exits?: Readonly<Record<number, string>>;
  /** Other names for the last word. */
  aliases?: readonly string[];
  /** Runs, but stands in no list: calls from hooks and from the program itself. */
  hidden?: boolean;
  /** Flags of older tools that are taken and ignored: `--no-daemon`, or `--db=` for one with a value. */
  ignored?: readonly string[];
  /** Everything from the first positional on is handed on untouched, flags and all. */
  passthrough?: boolean;
  /** Returns the exit code, 0 when it returns nothing. Imports what it needs when it is called. */
  run(context: Context): Promise<number | void> | number | void;
}

/** Makes a row of the table; gives the literal its type. */
export function defineCommand(command: Command): Command {
  return command;
}
