import { CommandError } from "../lib/errors.ts";
import type { Git } from "./git.ts";

/** The oldest git that can merge without a checkout. */
export const oldestGit = "2.38";

/** The version of the git on PATH: `2.39.5`. @throws CommandError `git_missing`. */
export async function gitVersion(git: Git): Promise<string> {
  const finished = await git.run(git.ports.env.cwd(), ["version"]);
  return /\d+(\.\d+)+/.exec(finished.stdout)?.[0] ?? "0";
}

/** Returns git's version. @throws CommandError `git_missing` or `git_too_old`. */
export async function requireGit(git: Git): Promise<string> {
  const version = await gitVersion(git);
  if (isAtLeast(version, oldestGit)) return version;
  throw new CommandError("refused", `Cannot use git "${version}": gt needs ${oldestGit} or newer`, {
    code: "git_too_old",
    hints: ["Upgrade git, for example: sudo apt-get install git"],
  });
}

/** Compares `2.39.5` with `2.38` number by number. */
export function isAtLeast(version: string, wanted: string): boolean {
  const have = version.split(".").map(Number);
  for (const [at, need] of wanted.split(".").map(Number).entries()) {
    const part = have[at] ?? 0;
    if (part !== need) return part > need;
  }
  return true;
}
