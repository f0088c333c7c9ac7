import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import { waitForLock } from "../ports/lock.ts";
import type { Ports } from "../ports/ports.ts";

type TrustPorts = Pick<Ports, "clock" | "env" | "files">;
type Settings = { [key: string]: Json };

/** Path of the file in which Claude Code keeps what it was told about folders; links are resolved. */
export function claudeStatePath(ports: TrustPorts, env: Readonly<Record<string, string>> = {}): string {
  const folder = env.CLAUDE_CONFIG_DIR ?? ports.env.get("CLAUDE_CONFIG_DIR") ?? env.HOME ?? ports.env.home();
  const path = join(folder, ".claude.json");
  return ports.files.realPath(path) ?? path;
}

/**
 * Tells Claude Code beforehand that a folder is trusted, so that it starts there without a dialog.
 *
 * Adds to what the file says and changes nothing else, as a whole and one process at a time. A file that cannot be
 * understood is left alone. @throws {CommandError} `claude_state_unreadable`, `claude_state_locked`.
 */
export async function trustFolder(
  ports: TrustPorts,
  options: { folder: string; env?: Readonly<Record<string, string>> },
): Promise<void> {
  const path = claudeStatePath(ports, options.env);
  await changeState(ports, {
    path,
    change: (state) => withTrust(state, apiKey(ports, options.env), options.folder),
  });
}

/** Takes folders out again that {@linkcode trustFolder} added. */
export async function forgetFolders(
  ports: TrustPorts,
  options: { folders: readonly string[]; env?: Readonly<Record<string, string>> },
): Promise<void> {
  const path = claudeStatePath(ports, options.env);
  if (!ports.files.exists(path)) return;
  await changeState(ports, {
    path,
    change(state) {
      const projects = { ...objectAt(state, "projects") };
      for (const folder of options.folders) delete projects[folder];
      return { ...state, projects };
    },
  });
}

function withTrust(state: Settings, key: string | undefined, folder: string): Settings {
  const projects = objectAt(state, "projects");
  const next: Settings = {
    ...state,
    bypassPermissionsModeAccepted: true,
    projects: { ...projects, [folder]: { ...objectAt(projects, folder), hasTrustDialogAccepted: true } },
  };
  if (key === undefined) return next;
  // With a key in the environment nobody has to log in, so the client's first questions have no one to ask.
  const answers = objectAt(state, "customApiKeyResponses");
  const approved = Array.isArray(answers.approved) ? answers.approved as Json[] : [];
  const end = key.slice(-20);
  return {
    ...next,
    hasCompletedOnboarding: true,
    customApiKeyResponses: { rejected: [], ...answers, approved: [...new Set([...approved, end])] },
  };
}

async function changeState(
  ports: TrustPorts,
  options: { path: string; change: (state: Settings) => Settings },
): Promise<void> {
  const { path, change } = options;
  const lock = await waitForLock(ports.clock, { file: `${path}.gt-lock` });
  if (!lock) {
    throw new CommandError("refused", `Cannot change "${path}": another process is changing it`, {
      code: "claude_state_locked",
    });
  }
  try {
    for (let left = 20;; left--) {
      const mark = markOf(ports, path);
      const text = ports.files.readText(path);
      const before = parse(text, path);
      const after = JSON.stringify(change(before), null, 2);
      if (text !== undefined && after === JSON.stringify(before, null, 2)) return;
      // The client itself knows nothing of the lock, so its own change in between must be seen.
      if (markOf(ports, path) !== mark && left > 0) continue;
      ports.files.writeText(path, after, { mode: 0o600 });
      return;
    }
  } finally {
    lock.release();
  }
}

function parse(text: string | undefined, path: string): Settings {
  if (text === undefined || text.trim() === "") return {};
  try {
    const found = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found;
  } catch {
    // Said below.
  }
  throw new CommandError("refused", `Cannot read "${path}": it is not a JSON object`, {
    code: "claude_state_unreadable",
    hints: ["It is left as it is. Start claude once by hand, which repairs it or says what is wrong"],
  });
}

function objectAt(settings: Settings, key: string): Settings {
  const found = settings[key];
  return typeof found === "object" && found !== null && !Array.isArray(found) ? found as Settings : {};
}

function markOf(ports: TrustPorts, path: string): string {
  const stat = ports.files.stat(path);
  return `${stat?.size}:${stat?.modified}`;
}

function apiKey(ports: TrustPorts, env: Readonly<Record<string, string>> = {}): string | undefined {
  return env.ANTHROPIC_API_KEY ?? ports.env.get("ANTHROPIC_API_KEY");
}
