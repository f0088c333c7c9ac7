import { dirname, join } from "node:path";
import type { Ports } from "../ports/ports.ts";
import type { Caller } from "./caller.ts";
import { judgeCommand } from "./guard.ts";
import { logTrouble } from "./hook_call.ts";
import type { HookInput } from "./hook_input.ts";

/**
 * Why an agent may not run a command, or undefined where it may. Touches neither ledger nor configuration: it runs
 * before every command of every agent, and what it has to know is in the environment of the session.
 */
export function guardCommand(
  ports: Ports,
  options: { input: HookInput; caller: Caller },
): string | undefined {
  const { input, caller } = options;
  if (input.command === undefined || caller.role === "overseer" || caller.role === "coordinator") {
    return undefined;
  }
  try {
    const cwd = input.cwd ?? ports.env.cwd();
    const worktree = worktreeOf(ports, cwd);
    if (worktree === undefined) return undefined;
    return judgeCommand(input.command, {
      target: ports.env.get("GT_TARGET") ?? "main",
      branch: ports.env.get("GT_BRANCH") ?? (caller.bead === undefined ? "" : `gt/${caller.bead}`),
      cwd,
      worktree,
      exists: ports.files.exists,
    });
  } catch (error) {
    logTrouble(ports, { town: undefined, name: "guard", caller, error });
    return undefined;
  }
}

/** The worktree that a folder is in. */
function worktreeOf(ports: Pick<Ports, "files">, folder: string): string | undefined {
  for (let at = folder;; at = dirname(at)) {
    if (ports.files.exists(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}
