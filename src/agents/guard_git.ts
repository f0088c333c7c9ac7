import { resolve } from "node:path";
import { hasFlag, operands } from "./guard_words.ts";
import { expanded, isFree, isWithin, outside } from "./guard_writes.ts";
import { present } from "../lib/present.ts";
import type { GuardPlace, Objection } from "./guard_rules.ts";

/** One command of a shell line that git runs. */
interface GitCall {
  /** The subcommand: `push`. */
  verb: string;
  /** Everything after it. */
  args: readonly string[];
  /** The folder it is told to run in. */
  folder?: string;
}

type Rule = (call: GitCall, place: GuardPlace) => Objection | undefined;

const rules: Readonly<Record<string, Rule>> = {
  branch: judgeBranch,
  checkout: judgeCheckout,
  push: judgePush,
  "send-pack": () => ({ rule: "push", reason: "Submit with gt done instead of pushing by hand" }),
  switch: judgeSwitch,
  "symbolic-ref": ({ args }) => operands(args).length > 1 ? stayHere : undefined,
  "update-ref": ({ args }, place) => judgeUpdateRef(args, place),
  worktree: judgeWorktree,
};

const stayHere: Objection = {
  rule: "branches",
  reason:
    "This worktree belongs to your branch; stay on it. To look at something else: git show BRANCH:FILE, git diff BRANCH",
};

/** Subcommands that change what is in the folder they run in. */
const changing = new Set([
  ...["add", "am", "apply", "checkout", "cherry-pick", "clean", "commit", "merge", "mv", "pull", "rebase"],
  ...["reset", "restore", "revert", "rm", "stash", "switch"],
]);

/** What is wrong with a call of git; the words begin with its own name. */
export function judgeGit(words: readonly string[], place: GuardPlace): Objection | undefined {
  const call = gitCall(words);
  if (!call) return undefined;
  const { verb, folder = "." } = call;
  const at = expanded(folder, place);
  const isElsewhere = at !== undefined && !isWithin(at, place.worktree);
  if (isElsewhere && changing.has(verb) && !isFree(at, place)) return outside(at, place);
  // A repository that the agent made for itself has no branch of ours; where it pushes to may be anywhere.
  if (isElsewhere && isFree(at, place) && !pushing.has(verb)) return undefined;
  return Object.hasOwn(rules, verb) ? rules[verb]!(call, place) : undefined;
}

const pushing = new Set(["push", "send-pack"]);

/** What is wrong with a call of GitHub's own client: it can merge and delete without git. */
export function judgeGh(words: readonly string[]): Objection | undefined {
  const [topic, verb] = operands(words.slice(1));
  return topic === "pr" && verb === "merge"
    ? { rule: "push", reason: "Only the refinery merges, after the checks. Submit with gt done instead" }
    : undefined;
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
  let folder: string | undefined;
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (word === "-C") folder = words[at + 1];
    if (valued.has(word)) at++;
    else if (!word.startsWith("-")) return { verb: word, args: words.slice(at + 1), ...present({ folder }) };
  }
  return undefined;
}

function judgePush({ args }: GitCall, place: GuardPlace): Objection | undefined {
  const refspecs = operands(args, ["-o", "--push-option", "--repo", "--receive-pack", "--exec"]).slice(1);
  const isForced =
    hasFlag(args, { letters: "f", names: ["--force", "--force-with-lease", "--force-if-includes"] }) ||
    refspecs.some((refspec) => refspec.startsWith("+"));
  if (isForced) {
    return {
      rule: "force",
      reason: "A force-push can destroy work of others. Add commits instead; gt done pushes them as they are",
    };
  }
  const names = ["--delete", "--mirror", "--prune", "--all", "--branches", "--tags"];
  if (hasFlag(args, { letters: "d", names })) {
    return {
      rule: "push",
      reason:
        "Pushing more than your own branch, or deleting on the remote, is not yours to do. Submit with gt done",
    };
  }
  for (const refspec of refspecs) {
    const [from, to = from] = refspec.split(":");
    if (from === "" && to !== "") {
      return {
        rule: "push",
        reason: "Deleting branches on the remote is not yours to do. Submit with gt done",
      };
    }
    const name = to === "HEAD" || to === "@" ? place.branch : to!.replace(/^refs\/heads\//, "");
    if (name === place.target) {
      return {
        rule: "push",
        reason: `Only the refinery pushes to ${place.target}, after the checks. Submit with gt done instead`,
      };
    }
  }
  return undefined;
}

function judgeSwitch({ args }: GitCall, place: GuardPlace): Objection | undefined {
  const [to] = operands(args);
  return to === place.branch &&
      !args.some((word) => /^-[cC]$|^--(create|force-create|orphan|detach)/.test(word))
    ? undefined
    : stayHere;
}

function judgeCheckout({ args }: GitCall, place: GuardPlace): Objection | undefined {
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
  return only === place.branch || only === "HEAD" ||
      (place.cwd !== "" && place.exists(resolve(place.cwd, only!)))
    ? undefined
    : { ...stayHere, reason: `${stayHere.reason}. To bring back a file: git restore FILE` };
}

function judgeBranch({ args }: GitCall, place: GuardPlace): Objection | undefined {
  const removes = hasFlag(args, { letters: "dDmMC", names: ["--delete", "--move"] });
  if (removes) {
    return {
      rule: "branches",
      reason: "Branches are kept until their work is merged. Leave them as they are",
    };
  }
  const isForced = hasFlag(args, { letters: "f", names: ["--force"] });
  return isForced && [place.target, place.branch].includes(operands(args)[0] ?? "") ? stayHere : undefined;
}

function judgeUpdateRef(args: readonly string[], place: GuardPlace): Objection | undefined {
  if (args.includes("-d") || args.includes("--stdin")) {
    return { rule: "branches", reason: "Refs are kept until their work is merged. Leave them as they are" };
  }
  return operands(args)[0] === `refs/heads/${place.target}` ? stayHere : undefined;
}

function judgeWorktree({ args }: GitCall): Objection | undefined {
  const [verb] = operands(args);
  return verb !== undefined && ["add", "remove", "move", "prune", "repair"].includes(verb)
    ? {
      rule: "worktrees",
      reason:
        "Worktrees of this repository are made and removed by gt, which rescues what is in them first. Work in this one",
    }
    : undefined;
}
