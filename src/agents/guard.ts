import { basename } from "node:path";
import { judgeGh, judgeGit } from "./guard_git.ts";
import { expanded, judgeWrites } from "./guard_writes.ts";
import { type ShellCommand, shellCommands } from "./shell_commands.ts";
import type { GuardPlace, Objection } from "./guard_rules.ts";

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
