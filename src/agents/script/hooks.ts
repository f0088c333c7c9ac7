import { shellWords } from "../../lib/shell.ts";
import type { Finished } from "../../ports/process.ts";
import type { Ports } from "../../ports/ports.ts";

/** Calls an agent's hooks the way Claude Code does: each command by a shell, with a JSON object on its input. */
export interface Hooks {
  /** Runs the commands of one event; `tool` chooses among those with a matcher. Returns what each came to. */
  fire(event: string, fields?: { [name: string]: unknown; tool_name?: string }): Promise<Finished[]>;
}

interface Settings {
  hooks?: { [event: string]: { matcher?: string; hooks?: { command?: string; timeout?: number }[] }[] };
}

/** Reads hook settings; a file that is missing or broken has no hooks. */
export function createHooks(
  ports: Pick<Ports, "files" | "processes">,
  options: { settings: string | undefined; sessionId: string; cwd: string },
): Hooks {
  const { settings, sessionId, cwd } = options;
  const known = settings === undefined ? {} : parseSettings(ports.files.readText(settings));
  return {
    async fire(event, fields = {}) {
      const outcomes: Finished[] = [];
      for (const entry of known.hooks?.[event] ?? []) {
        if (
          entry.matcher && fields.tool_name !== undefined &&
          !new RegExp(`^(?:${entry.matcher})$`).test(fields.tool_name)
        ) continue;
        for (const { command, timeout } of entry.hooks ?? []) {
          if (command === undefined) continue;
          const stdin = JSON.stringify({ session_id: sessionId, cwd, hook_event_name: event, ...fields });
          outcomes.push(
            await ports.processes.run(shellWords(command), {
              cwd,
              stdin,
              timeoutMs: (timeout ?? 60) * 1_000,
            }),
          );
        }
      }
      return outcomes;
    },
  };
}

function parseSettings(text: string | undefined): Settings {
  try {
    return JSON.parse(text ?? "{}") as Settings;
  } catch {
    return {};
  }
}
