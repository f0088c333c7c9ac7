import { basename, resolve } from "node:path";
import { shellCommands } from "./shell_commands.ts";

/** Where a guarded command is about to run. */
export interface GuardPlace {
  /** The branch that work is merged into; pushing to it is the refinery's. */
  target: string;
  /** The branch of this worktree. */
  branch: string;
  /** The folder the command runs in, and the worktree it belongs to. */
  cwd: string;
  worktree: string;
  exists(path: string): boolean;
}

/** One command of a shell line that git runs. */
interface GitCall {
  /** The subcommand: `push`. */
  verb: string;
  /** Everything after it. */
  args: readonly string[];
}

type Rule = (call: GitCall, place: GuardPlace) => string | undefined;

/** What is wrong with a shell line and what to do instead; undefined where nothing is. */
export function judgeCommand(line: string, place: GuardPlace): string | undefined {
  // Most commands have nothing to do with either, and reading them would be for nothing.
  if (!/git|\brm\b|worktree/.test(line)) return undefined;
  for (const words of shellCommands(line)) {
    const name = basename(words[0]!);
    const reason = name === "git"
      ? judgeGit(words, place)
      : name === "rm"
      ? judgeRemoval(words, place)
      : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const rules: Readonly<Record<string, Rule>> = {
  branch: judgeBranch,
  checkout: judgeCheckout,
  push: judgePush,
  "send-pack": () => "Submit with gt done instead of pushing by hand",
  switch: judgeSwitch,
  "symbolic-ref": ({ args }) => operands(args).length > 1 ? stayHere : undefined,
  "update-ref": ({ args }, place) => judgeUpdateRef(args, place),
  worktree: judgeWorktree,
};

const stayHere =
  "This worktree belongs to your branch; stay on it. To look at something else: git show BRANCH:FILE, git diff BRANCH";

function judgeGit(words: readonly string[], place: GuardPlace): string | undefined {
  const call = gitCall(words);
  return call && Object.hasOwn(rules, call.verb) ? rules[call.verb]!(call, place) : undefined;
}

/** Global options of git that take a value of their own. */
const valued = new Set([
  "-C",
  "-c",
  "--git-dir",
  "--work-tree",
  "--namespace",
  "--exec-path",
  "--super-prefix",
]);

function gitCall(words: readonly string[]): GitCall | undefined {
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (valued.has(word)) at++;
    else if (!word.startsWith("-")) return { verb: word, args: words.slice(at + 1) };
  }
  return undefined;
}

function judgePush({ args }: GitCall, place: GuardPlace): string | undefined {
  const refspecs = operands(args, ["-o", "--push-option", "--repo", "--receive-pack", "--exec"]).slice(1);
  const isForced =
    hasFlag(args, { letters: "f", names: ["--force", "--force-with-lease", "--force-if-includes"] }) ||
    refspecs.some((refspec) => refspec.startsWith("+"));
  if (isForced) {
    return "A force-push can destroy work of others. Add commits instead; gt done pushes them as they are";
  }
  if (
    hasFlag(args, {
      letters: "d",
      names: ["--delete", "--mirror", "--prune", "--all", "--branches", "--tags"],
    })
  ) {
    return "Pushing more than your own branch, or deleting on the remote, is not yours to do. Submit with gt done";
  }
  for (const refspec of refspecs) {
    const [from, to = from] = refspec.split(":");
    if (from === "" && to !== "") {
      return "Deleting branches on the remote is not yours to do. Submit with gt done";
    }
    const name = to === "HEAD" || to === "@" ? place.branch : to!.replace(/^refs\/heads\//, "");
    if (name === place.target) {
      return `Only the refinery pushes to ${place.target}, after the checks. Submit with gt done instead`;
    }
  }
  return undefined;
}

function judgeSwitch({ args }: GitCall, place: GuardPlace): string | undefined {
  const [to] = operands(args);
  return to === place.branch &&
      !args.some((word) => /^-[cC]$|^--(create|force-create|orphan|detach)/.test(word))
    ? undefined
    : stayHere;
}

function judgeCheckout({ args }: GitCall, place: GuardPlace): string | undefined {
  if (args.some((word) => /^-[bBt]|^--(orphan|detach|track)/.test(word))) return stayHere;
  if (
    args.includes("--") ||
    args.some((word) => /^-p$|^--(ours|theirs|patch|merge|conflict|pathspec)/.test(word))
  ) {
    return undefined;
  }
  // `git checkout -` goes where one came from; `git checkout REVISION FILE…` only brings files.
  if (args.includes("-")) return stayHere;
  const words = operands(args);
  if (words.length !== 1) return undefined;
  const [only] = words;
  // A single word is a branch unless it is a file; git itself looks for the branch first.
  return only === place.branch || only === "HEAD" || place.exists(resolve(place.cwd, only!))
    ? undefined
    : `${stayHere}. To bring back a file: git restore FILE`;
}

function judgeBranch({ args }: GitCall, place: GuardPlace): string | undefined {
  const removes = hasFlag(args, { letters: "dDmMC", names: ["--delete", "--move"] });
  if (removes) return "Branches are kept until their work is merged. Leave them as they are";
  const isForced = hasFlag(args, { letters: "f", names: ["--force"] });
  return isForced && [place.target, place.branch].includes(operands(args)[0] ?? "") ? stayHere : undefined;
}

function judgeUpdateRef(args: readonly string[], place: GuardPlace): string | undefined {
  if (args.includes("-d") || args.includes("--stdin")) {
    return "Refs are kept until their work is merged. Leave them as they are";
  }
  return operands(args)[0] === `refs/heads/${place.target}` ? stayHere : undefined;
}

function judgeWorktree({ args }: GitCall): string | undefined {
  const [verb] = operands(args);
  return verb !== undefined && ["add", "remove", "move", "prune", "repair"].includes(verb)
    ? "Worktrees of this repository are made and removed by gt, which rescues what is in them first. Work in this one"
    : undefined;
}

function judgeRemoval(words: readonly string[], place: GuardPlace): string | undefined {
  const doomed = operands(words.slice(1)).map((word) => resolve(place.cwd, word.replace(/(?<=.)\/\*?$/, "")));
  const harms = doomed.some((path) =>
    path === place.worktree || path === resolve(place.worktree, ".git") ||
    place.worktree.startsWith(`${path}/`)
  );
  return harms
    ? "This would remove your worktree, or its link to the repository. Remove single files instead"
    : undefined;
}

/** The arguments that are no flags; a flag of `valuedFlags` takes the next one with it. */
function operands(args: readonly string[], valuedFlags: readonly string[] = []): string[] {
  const end = args.indexOf("--");
  const flagged = end < 0 ? args : args.slice(0, end);
  const found = flagged.filter((word, at) =>
    !word.startsWith("-") && !valuedFlags.includes(flagged[at - 1] ?? "")
  );
  return end < 0 ? found : [...found, ...args.slice(end + 1)];
}

function hasFlag(args: readonly string[], flag: { letters: string; names: readonly string[] }): boolean {
  const letters = new RegExp(`^-[A-Za-z]*[${flag.letters}]`);
  return args.some((word) =>
    letters.test(word) || flag.names.some((name) => word === name || word.startsWith(`${name}=`))
  );
}
