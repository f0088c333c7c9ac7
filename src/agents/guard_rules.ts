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
