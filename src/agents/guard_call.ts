import { dirname, join, resolve } from "node:path";
import type { Ports } from "../ports/ports.ts";
import { townPaths } from "../town/paths.ts";
import type { TownConfig } from "../town/config/config.ts";
import type { Caller } from "./caller.ts";
import { judgeCommand } from "./guard.ts";
import { logTrouble } from "./hook_call.ts";
import type { HookInput } from "./hook_input.ts";
import type { GuardSettings, Objection } from "./guard_rules.ts";

/**
 * Why an agent may not run a command, or undefined where it may. Touches neither ledger nor configuration: it runs
 * before every command of every agent, and what it has to know is in the environment of the session.
 */
export function guardCommand(
  ports: Ports,
  options: { input: HookInput; caller: Caller },
): Objection | undefined {
  const { input, caller } = options;
  if (input.command === undefined || caller.role === "overseer" || caller.role === "coordinator") {
    return undefined;
  }
  try {
    const cwd = input.cwd ?? ports.env.cwd();
    const worktree = ownWorktree(ports.env) ?? worktreeOf(ports, cwd);
    if (worktree === undefined) return undefined;
    const { env } = ports;
    const town = env.get("GT_TOWN");
    const { off, writable, deny } = readSettings(env.get("GT_GUARD"));
    return judgeCommand(input.command, {
      off,
      writable,
      deny,
      target: ports.env.get("GT_TARGET") ?? "main",
      branch: ports.env.get("GT_BRANCH") ?? (caller.bead === undefined ? "" : `gt/${caller.bead}`),
      cwd,
      worktree,
      ...(town === undefined ? {} : { town }),
      home: env.get("HOME") ?? "/",
      scratch: [...new Set([env.get("TMPDIR") ?? "/tmp", "/tmp", "/var/tmp", "/private/tmp"])],
      exists: ports.files.exists,
    });
  } catch (error) {
    logTrouble(ports, { town: undefined, name: "guard", caller, error });
    return undefined;
  }
}

/** The worktree of a worker's session, wherever its shell is now. */
function ownWorktree(env: Ports["env"]): string | undefined {
  const [town, rig, worker] = ["GT_TOWN", "GT_RIG", "GT_WORKER"].map((name) => env.get(name));
  return town && rig && worker ? townPaths(town).rig(rig).worker(worker) : undefined;
}

/** The worktree that a folder is in. */
function worktreeOf(ports: Pick<Ports, "files">, folder: string): string | undefined {
  for (let at = folder;; at = dirname(at)) {
    if (ports.files.exists(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** What a session is given of the town's wishes, as its variable GT_GUARD; undefined where there are none. */
export function guardVariable(config: Pick<TownConfig, "guard">, home: string): string | undefined {
  const { allow, writable, deny } = config.guard;
  if (allow.length + writable.length + deny.length === 0) return undefined;
  const folders = writable.map((folder) => resolve(folder.replace(/^~(?=\/|$)/, home)));
  return JSON.stringify({ off: allow, writable: folders, deny } satisfies GuardSettings);
}

function readSettings(text: string | undefined): GuardSettings {
  const none: GuardSettings = { off: [], writable: [], deny: [] };
  return text === undefined ? none : { ...none, ...JSON.parse(text) as Partial<GuardSettings> };
}
