import { parseArgs } from "@std/cli/parse-args";
import { CommandError } from "../lib/errors.ts";
import type { Call, Command, Flag } from "./command.ts";
import { allFlags } from "./global_flags.ts";
import { positionalWord, usageLine } from "./usage.ts";
import { keyOf, spellOut } from "./spelling.ts";

/**
 * Reads the arguments of a command: strictly, by what the command declares.
 *
 * With `--help` or `-h` among the flags nothing is required. @throws {CommandError} for anything not declared.
 */
export function parseCall(
  command: Command,
  options: { args: readonly string[]; ignored?: readonly string[] },
): Call {
  const flags = allFlags(command);
  const entries = Object.entries(flags).map(([name, flag]) => ({ name, flag, key: keyOf(name) }));
  const spelled = spellOut(options.args, {
    flags,
    ignored: [...(options.ignored ?? []), ...(command.ignored ?? [])],
    stopEarly: command.passthrough === true,
  });
  // The parser goes over everything declared several times, which for forty flags takes a millisecond.
  const given = namesIn(spelled);
  const mentioned = entries.filter(({ key }) => given.has(key));
  const keysOf = (...types: Flag["type"][]) =>
    mentioned.filter(({ flag }) => types.includes(flag.type)).map(({ key }) => key);
  const unknown: string[] = [];
  const parsed: Record<string, unknown> & { _: string[] } = parseArgs(spelled, {
    boolean: keysOf("boolean"),
    negatable: keysOf("boolean"),
    // Without "_" here a positional such as 007 would become the number 7.
    string: ["_", ...keysOf("string", "number", "list")],
    collect: keysOf("list"),
    unknown: (arg: string, key?: string) => key === undefined || (unknown.push(arg), false),
  });
  if (unknown.length > 0) throw new UnknownFlag(unknown[0]!, command, Object.keys(flags));
  const values: Record<string, Call["flags"][string]> = {};
  for (const { name, flag, key } of entries) {
    const value = given.has(key) ? readFlag({ name, flag }, parsed[key]) : flag.default;
    if (value !== undefined) values[name] = value;
  }
  return { flags: values, args: values.help === true ? {} : readPositionals(command, parsed._) };
}

/** The flags that were given, on or off. */
function namesIn(spelled: readonly string[]): Set<string> {
  const end = spelled.indexOf("--");
  const names = (end < 0 ? spelled : spelled.slice(0, end)).flatMap((word) => {
    const [, name] = /^--(:?[\w-]+)/.exec(word) ?? [];
    return name === undefined ? [] : [name, name.replace(/^no-/, "")];
  });
  return new Set(names);
}

/** A flag the command does not have; the near one is looked for only when the error is shown. */
export class UnknownFlag extends CommandError {
  constructor(readonly typed: string, readonly command: Command, readonly known: readonly string[]) {
    super("usage", `Unknown flag ${typed.split("=")[0]} for \`${command.name}\``, {
      code: "unknown_flag",
      hints: [`see \`${command.name} --help\` for its flags`],
    });
  }
}

function readFlag(named: { name: string; flag: Flag }, value: unknown): Call["flags"][string] {
  const { name, flag } = named;
  if (flag.type === "boolean") return value === true;
  if (flag.type === "list") {
    const items = (value as string[]).flatMap((item) => flag.whole ? [item] : item.split(","))
      .map((item) => item.trim()).filter(Boolean);
    for (const item of items) checkValue(`--${name}`, item, flag.values);
    return items;
  }
  const text = value as string;
  if (flag.type === "number") {
    if (text.trim() === "" || !Number.isFinite(Number(text))) {
      throw new CommandError("usage", `Flag --${name} needs a number: got "${text}"`, {
        code: "not_a_number",
      });
    }
    return Number(text);
  }
  checkValue(`--${name}`, text, flag.values);
  return text;
}

function checkValue(what: string, value: string, allowed: readonly string[] | undefined): void {
  if (!allowed || allowed.includes(value)) return;
  throw new CommandError("usage", `Unknown value "${value}" for ${what}`, {
    code: "unknown_value",
    hints: [`one of: ${allowed.join(", ")}`],
  });
}

function readPositionals(command: Command, words: readonly string[]): Call["args"] {
  const args: Record<string, string | readonly string[]> = {};
  const declared = command.positionals ?? [];
  const usage = `usage: ${usageLine(command)}`;
  let at = 0;
  for (const positional of declared) {
    const taken = positional.variadic ? words.slice(at) : words.slice(at, at + 1);
    if (positional.required && taken.length === 0) {
      throw new CommandError("usage", `Missing ${positionalWord(positional)} for \`${command.name}\``, {
        code: "missing_argument",
        hints: [usage, `see \`${command.name} --help\``],
      });
    }
    for (const word of taken) checkValue(positionalWord(positional), word, positional.values);
    if (positional.variadic) args[positional.name] = taken;
    else if (taken.length > 0) args[positional.name] = taken[0]!;
    at += taken.length;
  }
  if (at < words.length) {
    throw new CommandError("usage", `Unexpected argument "${words[at]}" for \`${command.name}\``, {
      code: "unexpected_argument",
      hints: [usage, `see \`${command.name} --help\``],
    });
  }
  return args;
}
