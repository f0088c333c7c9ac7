import type { PresetName } from "../town/names.ts";
import type { RecordsName } from "./records/records.ts";

/** How the first prompt reaches an agent. */
export type PromptMode = "argument" | "typed" | "none";

/** How an agent calls gt at its turn boundaries. */
export type AgentHooks = "claude-settings" | "none";

/** What there is to know about an agent, as data. */
export interface Preset {
  /** What it is, for lists. */
  readonly label: string;
  /** The program, by name or path; `shell` is the user's own shell and `self` this program. */
  readonly command: string | { readonly builtin: "shell" | "self" };
  /** Arguments before the prompt. */
  readonly args: readonly string[];
  /** Arguments that say that the folder it works in is trusted; `{folder}` stands for its path in double quotes. */
  readonly folderArgs?: readonly string[];
  readonly prompt: PromptMode;
  /** The word before a prompt that is an argument. */
  readonly promptFlag?: string;
  readonly hooks: AgentHooks;
  /** The word that continues an earlier session, followed by the session's id. */
  readonly resume?: string;
  /** What makes a copy of the session that is continued, so that the original stays as it was. */
  readonly fork?: string;
  /** The word before a question that is to be answered at once, without a dialogue. */
  readonly ask?: string;
  /** Without hooks: a regular expression that its screen matches once it takes input. */
  readonly ready?: string;
  /** Without hooks: the line in which it takes input, where that is an unusual one; the first group is what is typed. */
  readonly input?: string;
  /** Without hooks: whose records tell which conversations it had, and what they used. */
  readonly records?: RecordsName;
  /** How the first prompt reaches it when it goes on with an earlier session, where that differs. */
  readonly resumedPrompt?: PromptMode;
  readonly env: Readonly<Record<string, string>>;
}

/** A line that waits for input, with one of the marks that agents put in front of it. */
const promptLine = "(^|\\n)[\\s│|]*([>›❯▌]|\\*\\s+Type your message)";

/** The agents this program knows. Everything particular to one of them is in its row. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  claude: {
    label: "Claude Code",
    command: "claude",
    args: ["--dangerously-skip-permissions"],
    prompt: "argument",
    hooks: "claude-settings",
    resume: "--resume",
    fork: "--fork-session",
    ask: "--print",
    // What it would otherwise ask a person in between.
    env: { CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY: "1", DISABLE_COST_WARNINGS: "1" },
  },
  codex: {
    label: "Codex",
    command: "codex",
    // A login shell would forget the PATH in which gt is.
    args: ["--dangerously-bypass-approvals-and-sandbox", "--config", "allow_login_shell=false"],
    folderArgs: ["--config", 'projects={{folder}={trust_level="trusted"}}'],
    prompt: "argument",
    hooks: "none",
    resume: "resume",
    records: "codex",
    ready: promptLine,
    env: {},
  },
  gemini: {
    label: "Gemini CLI",
    command: "gemini",
    // Its question whether the folder is trusted would come in every new worktree.
    args: ["--yolo", "--skip-trust"],
    prompt: "argument",
    promptFlag: "--prompt-interactive",
    hooks: "none",
    resume: "--resume",
    records: "gemini",
    ready: promptLine,
    // Its mark tells how much it may do without asking.
    input: "^\\s*[>*!$]\\s+(.*?)\\s*$",
    env: {},
  },
  opencode: {
    label: "opencode",
    command: "opencode",
    args: ["--auto"],
    prompt: "argument",
    promptFlag: "--prompt",
    hooks: "none",
    resume: "--session",
    records: "opencode",
    // Its input has a bar at its left, and no mark.
    ready: "(^|\\n)\\s*┃",
    // A wide terminal shows a column of its own at the right.
    input: "^\\s*┃\\s{0,2}(.*?)(?:\\s{6,}.*)?\\s*$",
    // It opens the session and leaves the prompt alone.
    resumedPrompt: "typed",
    env: {},
  },
  "cursor-agent": {
    label: "Cursor CLI",
    command: "cursor-agent",
    args: ["--force"],
    prompt: "argument",
    hooks: "none",
    ready: promptLine,
    env: {},
  },
  copilot: {
    label: "GitHub Copilot CLI",
    command: "copilot",
    args: ["--allow-all", "--no-ask-user"],
    prompt: "argument",
    promptFlag: "--interactive",
    hooks: "none",
    resume: "--resume",
    records: "copilot",
    ready: promptLine,
    // With exactly this word it does not ask whether the folder is trusted, as it would in every new worktree.
    env: { COPILOT_ALLOW_ALL: "true" },
  },
  amp: {
    label: "Amp",
    command: "amp",
    args: ["--dangerously-allow-all"],
    prompt: "typed",
    hooks: "none",
    ready: promptLine,
    env: {},
  },
  aider: {
    label: "aider",
    command: "aider",
    // Its own files would otherwise be left in the project's worktree.
    args: [
      "--yes-always",
      "--no-gitignore",
      "--input-history-file=/dev/null",
      "--chat-history-file=/dev/null",
      "--map-tokens=0",
    ],
    prompt: "typed",
    hooks: "none",
    ready: "(^|\\n)(\\w+)?> ?$",
    env: {},
  },
  shell: {
    label: "a plain shell, for a person",
    command: { builtin: "shell" },
    args: [],
    prompt: "none",
    hooks: "none",
    ready: "\\S",
    env: {},
  },
  script: {
    label: "a built-in agent that follows a script, without a model",
    command: { builtin: "self" },
    args: ["agent", "run-script"],
    prompt: "none",
    hooks: "claude-settings",
    env: {},
  },
};
