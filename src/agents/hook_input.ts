import type { Ports } from "../ports/ports.ts";

/** What an agent tells its hooks on standard input; whatever is missing or malformed is absent. */
export interface HookInput {
  sessionId?: string;
  transcript?: string;
  cwd?: string;
  event?: string;
  /** Why a session started: `startup`, `resume`, `clear` or `compact`. */
  source?: string;
  /** Whether the agent goes on only because its stop was refused. */
  stopHookActive: boolean;
  /** The shell command about to be run. */
  command?: string;
  /** What a notification says. */
  message?: string;
  /** Of what kind a notification is: `permission_prompt`, `idle_prompt` and the like; older clients do not say. */
  notification?: string;
  /** Why a session ends. */
  reason?: string;
}

/** More than this, in characters, is not a hook's input. */
const longest = 4 * 1024 * 1024;

/** Reads a hook's input. Never throws: an agent that says nothing, or nonsense, is as good as silent. */
export function readHookInput(ports: Pick<Ports, "terminal">): HookInput {
  try {
    const text = ports.terminal.readInput();
    return text.length > longest ? { stopHookActive: false } : parseHookInput(text);
  } catch {
    return { stopHookActive: false };
  }
}

/** Takes what is known out of a hook's input. */
export function parseHookInput(text: string): HookInput {
  const input: HookInput = { stopHookActive: false };
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return input;
  }
  if (typeof given !== "object" || given === null) return input;
  const fields = given as Record<string, unknown>;
  const names: [keyof HookInput & string, string][] = [
    ["sessionId", "session_id"],
    ["transcript", "transcript_path"],
    ["cwd", "cwd"],
    ["event", "hook_event_name"],
    ["source", "source"],
    ["message", "message"],
    ["notification", "notification_type"],
    ["reason", "reason"],
  ];
  for (const [name, key] of names) {
    const value = fields[key];
    if (typeof value === "string" && value !== "") Object.assign(input, { [name]: value });
  }
  const tool = fields.tool_input as { command?: unknown } | undefined;
  if (typeof tool?.command === "string") input.command = tool.command;
  input.stopHookActive = fields.stop_hook_active === true;
  return input;
}
