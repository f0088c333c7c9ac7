import { CommandError } from "../lib/errors.ts";
import type { Flag } from "./command.ts";
import { findFlag, type FoundFlag } from "./global_flags.ts";

/** How a flag is called between spelling and parsing: the parser takes `--no-` for "not". */
export function keyOf(name: string): string {
  return name.startsWith("no-") ? `:${name}` : name;
}

/**
 * Spells every known flag `--name=value`, so that the parser has no value to guess.
 *
 * The parser does not know which flag takes a value and which letter stands for what; the table does. Ignored flags
 * are dropped, unknown ones stay for the parser to report. @throws {CommandError} for a flag without its value.
 */
export function spellOut(
  args: readonly string[],
  known: { flags: Readonly<Record<string, Flag>>; ignored: readonly string[]; stopEarly: boolean },
): string[] {
  const spelled: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") return [...spelled, ...args.slice(at)];
    if (known.stopEarly && !looksLikeFlag(arg)) return [...spelled, "--", ...args.slice(at)];
    const ignored = ignoredWidth(arg, known);
    if (ignored > 0) {
      at += ignored - 1;
      continue;
    }
    const step = arg.startsWith("--")
      ? spellLong(arg, known.flags, args[at + 1])
      : looksLikeFlag(arg)
      ? spellShort(arg, known.flags, args[at + 1])
      : undefined;
    spelled.push(...(step?.words ?? [arg]));
    if (step?.tookNext) at++;
  }
  return spelled;
}

interface Step {
  words: string[];
  tookNext?: boolean;
}

/** Whether an argument is meant as a flag: `-5` and `- item` are values. */
export function looksLikeFlag(arg: string): boolean {
  return /^--?[A-Za-z][\w-]*(=|$)/s.test(arg) || /^-[A-Za-z]\d+$/.test(arg);
}

function ignoredWidth(
  arg: string,
  known: { flags: Readonly<Record<string, Flag>>; ignored: readonly string[] },
): number {
  const [name] = arg.split("=");
  if (!name!.startsWith("--") || findFlag(known.flags, { long: name!.slice(2) })) return 0;
  if (known.ignored.includes(name!)) return 1;
  return known.ignored.includes(`${name}=`) ? (arg.includes("=") ? 1 : 2) : 0;
}

function spellLong(
  arg: string,
  flags: Readonly<Record<string, Flag>>,
  next: string | undefined,
): Step | undefined {
  const equals = arg.indexOf("=");
  const typed = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  const found = findFlag(flags, { long: typed });
  if (!found) {
    const negated = typed.startsWith("no-") ? findFlag(flags, { long: typed.slice(3) }) : undefined;
    return negated?.flag.type === "boolean" && equals < 0
      ? { words: [`--no-${keyOf(negated.name)}`] }
      : undefined;
  }
  const value = equals < 0 ? undefined : arg.slice(equals + 1);
  return spellValue({ ...found, typed: `--${typed}` }, value, next);
}

/** `-q`, `-p1`, `-p 1`, `-p=1`, `-mtext`, and letters that take no value in a bundle: `-qh`. */
function spellShort(
  arg: string,
  flags: Readonly<Record<string, Flag>>,
  next: string | undefined,
): Step | undefined {
  const words: string[] = [];
  for (let at = 1; at < arg.length; at++) {
    const found = findFlag(flags, { short: arg[at]! });
    if (!found) return undefined;
    const rest = arg.slice(at + 1);
    if (found.flag.type === "boolean" && !rest.startsWith("=")) {
      words.push(`--${keyOf(found.name)}`);
      continue;
    }
    const value = rest === "" ? undefined : rest.replace(/^=/, "");
    const step = spellValue({ ...found, typed: `-${arg[at]}` }, value, next);
    return { ...step, words: [...words, ...step.words] };
  }
  return { words };
}

function spellValue(
  found: FoundFlag & { typed: string },
  value: string | undefined,
  next: string | undefined,
): Step {
  const { flag, typed } = found;
  const name = keyOf(found.name);
  if (flag.type === "boolean") {
    if (value === undefined) return { words: [`--${name}`] };
    if (value === "true" || value === "false") return { words: [`--${name}=${value}`] };
    throw new CommandError("usage", `Flag ${typed} is on or off: it takes no value "${value}"`, {
      code: "flag_takes_no_value",
    });
  }
  if (value !== undefined) return { words: [`--${name}=${value}`] };
  if (next === undefined || next === "--" || looksLikeFlag(next)) {
    throw new CommandError("usage", `Flag ${typed} needs a value`, {
      code: "flag_needs_value",
      hints: next === undefined ? [] : [`a value that begins with a dash is written ${typed}=VALUE`],
    });
  }
  return { words: [`--${name}=${next}`], tookNext: true };
}
