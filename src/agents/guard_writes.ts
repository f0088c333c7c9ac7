import { basename, resolve, sep } from "node:path";
import { hasFlag, operands } from "./guard_words.ts";
import type { ShellCommand } from "./shell_commands.ts";
import type { GuardPlace, Objection } from "./guard_rules.ts";

/** What is wrong with where a command writes: outside of its worktree, or over the worktree itself. */
export function judgeWrites(command: ShellCommand, place: GuardPlace): Objection | undefined {
  const { words, writes } = command;
  const name = basename(words[0] ?? "");
  const named = operands(words.slice(1));
  const removed = removers.has(name) ? named : name === "mv" ? named.slice(0, -1) : [];
  for (const path of removed) {
    if (harmsWorktree(path, place)) {
      return {
        rule: "worktrees",
        reason: "This would remove your worktree, or its link to the repository. Remove single files instead",
      };
    }
  }
  const written = Object.hasOwn(writers, name) ? writers[name]!(words.slice(1)) : removed;
  for (const path of [...writes, ...written]) {
    const at = expanded(path, place);
    if (at === undefined || isFree(at, place)) continue;
    return outside(at, place);
  }
  return undefined;
}

/** The objection to changing what is at an absolute path. */
export function outside(path: string, { worktree, scratch }: GuardPlace): Objection {
  return {
    rule: "outside",
    reason: `This would change ${path}, which is outside of your worktree. Keep changes in ${worktree}; ` +
      `scratch files may go to ${scratch[0]}`,
  };
}

const removers = new Set(["rm", "rmdir", "unlink", "shred"]);

/** Which of a command's arguments it writes to. */
const writers: Readonly<Record<string, (args: readonly string[]) => string[]>> = {
  chgrp: (args) => operands(args).slice(1),
  chmod: (args) => operands(args).slice(1),
  chown: (args) => operands(args).slice(1),
  cp: intoLast,
  curl: (args) => valuesOf(args, ["-o", "--output"]),
  dd: (args) => args.flatMap((word) => word.startsWith("of=") ? [word.slice(3)] : []),
  install: intoLast,
  ln: intoLast,
  mkdir: (args) => operands(args, ["-m", "--mode"]),
  mv: (args) => operands(args, ["-t", "--target-directory", "-S"]).concat(valuesOf(args, ["-t"])),
  perl: (args) => hasFlag(args, { letters: "i", names: [] }) ? edited(args) : [],
  rsync: (args) => intoLast(args).filter((path) => !/^[^/]*:/.test(path)),
  sed: (args) => hasFlag(args, { letters: "i", names: ["--in-place"] }) ? edited(args) : [],
  tar: (args) => valuesOf(args, ["-C", "--directory"]),
  tee: (args) => operands(args),
  touch: (args) => operands(args, ["-d", "-t", "-r"]),
  truncate: (args) => operands(args, ["-s", "-r"]),
  unzip: (args) => valuesOf(args, ["-d"]),
  wget: (args) => valuesOf(args, ["-O", "-P", "--output-document"]),
};

function intoLast(args: readonly string[]): string[] {
  const named = valuesOf(args, ["-t", "--target-directory"]);
  if (named.length > 0) return named;
  const all = operands(args, ["-m", "-o", "-g", "-S", "--mode", "--owner", "--group", "-e"]);
  return all.length > 1 ? all.slice(-1) : [];
}

/** The files of an editor that changes them in place; its first operand is the script, unless a flag gives it. */
function edited(args: readonly string[]): string[] {
  const isGiven = args.some((word) => /^(-[a-z]*[ef]|--expression(=|$)|--file(=|$))/.test(word));
  const files = operands(args, ["-e", "-f", "--expression", "--file"]);
  return isGiven ? files : files.slice(1);
}

function valuesOf(args: readonly string[], flags: readonly string[]): string[] {
  return args.flatMap((word, at) => {
    if (flags.includes(word)) return args[at + 1] === undefined ? [] : [args[at + 1]!];
    const long = flags.find((flag) => flag.startsWith("--") && word.startsWith(`${flag}=`));
    return long === undefined ? [] : [word.slice(long.length + 1)];
  });
}

/** The absolute path that a word means; undefined where that cannot be known without running it. */
export function expanded(word: string, place: GuardPlace): string | undefined {
  const whole = word.replace(/^~(?=\/|$)/, place.home)
    .replace(
      /^\$\{?(HOME|TMPDIR|PWD)\}?(?=\/|$)/,
      (_all, name: string) =>
        name === "HOME" ? place.home : name === "PWD" ? place.cwd || "$" : place.scratch[0] ?? "$",
    );
  if (/[$`]/.test(whole)) return undefined;
  if (whole.startsWith("/")) return resolve(whole);
  return place.cwd === "" ? undefined : resolve(place.cwd, whole);
}

/** Whether files may be changed at an absolute path. */
export function isFree(path: string, place: GuardPlace): boolean {
  if (isWithin(path, place.worktree) || isWithin(path, "/dev")) return true;
  if (place.writable.some((folder) => isWithin(path, folder))) return true;
  // The town may itself be in a folder for scratch files; its other worktrees are none.
  if (place.town !== undefined && isWithin(path, place.town)) return false;
  return place.scratch.some((folder) => isWithin(path, folder));
}

function harmsWorktree(word: string, place: GuardPlace): boolean {
  const path = expanded(word.replace(/(?<=.)\/\*?$/, ""), place);
  return path !== undefined &&
    (isWithin(place.worktree, path) || path === resolve(place.worktree, ".git"));
}

/** Whether a path is a folder, or in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
