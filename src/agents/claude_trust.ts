import { join, sep } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import type { Ports } from "../ports/ports.ts";

type TrustPorts = Pick<Ports, "clock" | "env" | "files">;
type Settings = { [key: string]: Json };

/** How old the lock of a client may be that still holds it, in ms; the client's own rule. */
const lockAge = 10_000;

/** What says that a folder is trusted. */
const trust: Settings = { hasTrustDialogAccepted: true, hasClaudeMdExternalIncludesWarningShown: true };

/** Path of the file in which Claude Code keeps what it was told about folders; links are resolved. */
export function claudeStatePath(ports: TrustPorts, env: Readonly<Record<string, string>> = {}): string {
  const path = statePath(ports, env);
  return ports.files.realPath(path) ?? path;
}

/** The path as the client writes it, beside which it puts its lock. */
function statePath(ports: TrustPorts, env: Readonly<Record<string, string>> = {}): string {
  const folder = env.CLAUDE_CONFIG_DIR ?? ports.env.get("CLAUDE_CONFIG_DIR");
  const home = env.HOME ?? ports.env.home();
  // Where it was kept once, it stays.
  const former = join(folder ?? join(home, ".claude"), ".config.json");
  return ports.files.exists(former) ? former : join(folder ?? home, ".claude.json");
}

/**
 * Tells Claude Code beforehand that folders are trusted, so that it starts there without a dialog.
 *
 * For a worktree both it and its repository are to be named: the client asks for the one in the first place, and for
 * the other when it reads the project's own settings. Files outside, which a project's instructions name, stay unread
 * unless the file says otherwise.
 *
 * Adds to what the file says and changes nothing else, as a whole and under the client's own lock. A file that cannot
 * be understood is left alone. @throws {CommandError} `claude_state_unreadable`, `claude_state_locked`.
 */
export async function trustFolders(
  ports: TrustPorts,
  options: { folders: readonly string[]; env?: Readonly<Record<string, string>> },
): Promise<void> {
  const { folders, env } = options;
  const key = apiKey(ports, env);
  await changeState(ports, {
    path: statePath(ports, env),
    change: (state) => withTrust(state, key, folders),
  });
}

/** The folders in `below`, or it itself, that Claude Code has been told to trust; none where its file cannot be read. */
export function trustedFolders(
  ports: TrustPorts,
  options: { below: string; env?: Readonly<Record<string, string>> },
): string[] {
  const { below, env } = options;
  let state: Settings;
  try {
    state = parse(ports.files.readText(claudeStatePath(ports, env)), "");
  } catch {
    return [];
  }
  return Object.entries(objectAt(state, "projects"))
    .filter(([folder]) => folder === below || folder.startsWith(below + sep))
    .filter(([, said]) => (said as Settings | null)?.hasTrustDialogAccepted === true)
    .map(([folder]) => folder);
}

/** What a person decides for a folder, and the client keeps with its trust. */
const decisions: readonly string[] = [
  "allowedTools",
  "mcpServers",
  "enabledMcpjsonServers",
  "disabledMcpjsonServers",
];

/** Takes folders out again that {@linkcode trustFolders} added; what a person has decided for one stays, without the trust. */
export async function forgetFolders(
  ports: TrustPorts,
  options: { folders: readonly string[]; env?: Readonly<Record<string, string>> },
): Promise<void> {
  const path = statePath(ports, options.env);
  if (!ports.files.exists(path)) return;
  await changeState(ports, {
    path,
    change(state) {
      const projects = { ...objectAt(state, "projects") };
      for (const folder of options.folders) {
        const rest = { ...objectAt(projects, folder) };
        for (const key of Object.keys(trust)) delete rest[key];
        if (decisions.some((key) => Object.keys(rest[key] ?? {}).length > 0)) projects[folder] = rest;
        else delete projects[folder];
      }
      return { ...state, projects };
    },
  });
}

function withTrust(state: Settings, key: string | undefined, folders: readonly string[]): Settings {
  const projects = { ...objectAt(state, "projects") };
  for (const folder of folders) {
    projects[folder] = { ...objectAt(projects, folder), ...trust };
  }
  const next: Settings = { ...state, projects };
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
  const target = ports.files.realPath(path) ?? path;
  const rewritten = (text: string | undefined): string | undefined => {
    const before = parse(text, path);
    const after = JSON.stringify(change(before), null, 2);
    return text !== undefined && after === JSON.stringify(before, null, 2) ? undefined : after;
  };
  // Most often all is said already, and nobody has to wait for anybody.
  if (rewritten(ports.files.readText(target)) === undefined) return;
  await takeLock(ports, path);
  try {
    for (let left = 20;; left--) {
      const mark = markOf(ports, target);
      const after = rewritten(ports.files.readText(target));
      if (after === undefined) return;
      // A client that does not get the lock writes without it, so its change in between must be seen.
      if (markOf(ports, target) !== mark && left > 0) continue;
      ports.files.writeText(target, after, { mode: 0o600 });
      return;
    }
  } finally {
    ports.files.remove(lockOf(path));
  }
}

/** The lock is a folder; who makes it has it, and one left behind by a kill counts for nothing after a while. */
async function takeLock({ clock, files }: TrustPorts, path: string): Promise<void> {
  const lock = lockOf(path);
  const until = clock.monotonic() + 2 * lockAge;
  while (!files.claimFolder(lock)) {
    const made = files.stat(lock)?.modified;
    if (made !== undefined && clock.now() - made > lockAge) files.remove(lock);
    else if (clock.monotonic() < until) await clock.sleep(10);
    else {
      throw new CommandError("refused", `Cannot change "${path}": another process is changing it`, {
        code: "claude_state_locked",
        hints: [`If no claude is running: rmdir '${lock}'`],
      });
    }
  }
}

function lockOf(path: string): string {
  return `${path}.lock`;
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
