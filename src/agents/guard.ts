import { basename } from "node:path";
import { judgeGh, judgeGit } from "./guard_git.ts";
import { expanded, judgeWrites } from "./guard_writes.ts";
import { type ShellCommand, shellCommands } from "./shell_commands.ts";

/** What the guard watches over; each can be left to the agent in town.yaml. */
export const guardRules = ["push", "force", "branches", "worktrees", "outside"] as const;

/** What an objection rests on: pushing to the target, forcing, leaving the branch, removing the worktree, writing outside it. */
export type GuardRule = typeof guardRules[number];

/** Why a command is blocked. */
export interface Objection {
  rule: GuardRule | "own";
  /** What is wrong, and what to do instead. */
  reason: string;
}

/** Commands that a town forbids by itself. */
export interface OwnRule {
  /** A regular expression for the command, its words parted by single spaces. */
  command: string;
  reason: string;
}

/** What a town says of the guard. */
export interface GuardSettings {
  /** The rules that are left to the agent. */
  off: readonly GuardRule[];
  /** Folders outside the worktree in which files may be changed; absolute. */
  writable: readonly string[];
  deny: readonly OwnRule[];
}

/** Where a guarded command is about to run. */
export interface GuardPlace extends GuardSettings {
  /** The branch that work is merged into; pushing to it is the refinery's. */
  target: string;
  /** The branch of this worktree. */
  branch: string;
  /** The folder the command runs in; empty once nobody can know it. */
  cwd: string;
  /** The worktree that it belongs to, absolute. */
  worktree: string;
  /** The town, absolute. */
  town?: string;
  home: string;
  /** Folders for what is thrown away. */
  scratch: readonly string[];
  exists(path: string): boolean;
}

/** What is wrong with a shell line and what to do instead; undefined where nothing is. */
export function judgeCommand(line: string, place: GuardPlace): Objection | undefined {
  // What `cd` says holds for what follows, and ends with its subshell.
  const folders: (string | undefined)[] = [place.cwd];
  for (const command of shellCommands(line)) {
    folders.length = Math.min(folders.length, command.depth + 1);
    while (folders.length <= command.depth) folders.push(folders.at(-1));
    const cwd = folders[command.depth];
    const objection = judgeOne(command, { ...place, cwd: cwd ?? "" });
    if (objection && (objection.rule === "own" || !place.off.includes(objection.rule))) return objection;
    if (/^(cd|pushd|popd)$/.test(command.words[0] ?? "")) {
      folders[command.depth] = folderAfter(command, { ...place, cwd: cwd ?? "" });
    }
  }
  return undefined;
}

function judgeOne(command: ShellCommand, place: GuardPlace): Objection | undefined {
  const { words } = command;
  const text = words.join(" ");
  const own = place.deny.find((rule) => new RegExp(rule.command).test(text));
  if (own) return { rule: "own", reason: own.reason };
  const name = basename(words[0] ?? "");
  const byName = name === "git" ? judgeGit(words, place) : name === "gh" ? judgeGh(words) : undefined;
  return byName ?? judgeWrites(command, place);
}

/** Where a shell is after a change of folder; undefined where that cannot be known. */
function folderAfter({ words }: ShellCommand, place: GuardPlace): string | undefined {
  const to = words.slice(1).find((word) => !/^-[LPe@]*$/.test(word) || word === "-");
  if (words[0] === "popd" || to === "-") return undefined;
  return to === undefined ? place.home : expanded(to, place);
}
