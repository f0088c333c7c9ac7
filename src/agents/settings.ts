import type { Json } from "../lib/json.ts";

/** The roles that an agent may have. */
export type AgentRole = "worker" | "coordinator" | "crew";

/** Every role. */
export const agentRoles: readonly AgentRole[] = ["worker", "coordinator", "crew"];

interface HookEntry {
  readonly [key: string]: Json;
  readonly matcher: string;
  readonly hooks: readonly { type: "command"; command: string; timeout: number }[];
}

/** Settings of Claude Code's kind that make an agent call gt at its turn boundaries. */
export interface HookSettings {
  readonly [key: string]: Json;
  readonly hooks: { readonly [event: string]: readonly HookEntry[] };
}

/**
 * Tools that open a dialog, or leave the worktree. Nobody sits in front of a worker: it asks with `gt ask`, and has a
 * worktree already.
 */
const forPersons: readonly string[] = [
  "AskUserQuestion",
  "EnterPlanMode",
  "ExitPlanMode",
  "EnterWorktree",
  "ExitWorktree",
];

/** How long an agent waits for a hook, in seconds; hooks take milliseconds, so this only bounds an accident. */
const patience = 20;

/** The settings of a role; `gt` is the absolute path of this program. */
export function settingsFor(role: AgentRole, options: { gt: string }): HookSettings {
  const call = (words: string, matcher = ""): readonly HookEntry[] => [{
    matcher,
    hooks: [{ type: "command", command: `${quoted(options.gt)} ${words}`, timeout: patience }],
  }];
  return {
    // The warning of this mode is waived for these sessions alone, and not in the user's own settings.
    skipDangerousModePermissionPrompt: true,
    // Without hooks nobody would know where this agent stands, and nothing would guard what it runs.
    disableAllHooks: false,
    // A suggestion on the input line looks like half a line that somebody typed.
    promptSuggestionEnabled: false,
    ...(role === "worker" ? { permissions: { deny: forPersons } } : {}),
    // An event that the client does not know makes it start with a dialog: only ever name well-known ones.
    hooks: {
      SessionStart: call("prime --hook"),
      UserPromptSubmit: call("mail check --hook"),
      Stop: call("signal stop"),
      ...(role === "coordinator" ? {} : { PreToolUse: call("guard", "Bash") }),
      SessionEnd: call("signal end"),
      Notification: call("signal notification"),
    },
  };
}

/** The text of the settings file. */
export function settingsText(role: AgentRole, options: { gt: string }): string {
  return JSON.stringify(settingsFor(role, options), null, 2) + "\n";
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
