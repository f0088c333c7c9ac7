import { join } from "node:path";
import type { Ports } from "../ports/ports.ts";
import { isoTime } from "../ports/time.ts";
import { openTown, type Town } from "../town/town.ts";
import { type Caller, callerOf } from "./caller.ts";
import { type HookInput, readHookInput } from "./hook_input.ts";

/** What a hook works with. */
export interface HookDeps {
  ports: Ports;
  town: Town;
  caller: Caller;
  input: HookInput;
}

/**
 * Runs the work of a hook. Whatever goes wrong is a line in the town's `hooks.log`: an agent must never fail, or be
 * told no, because of trouble of ours. Returns what `work` returns, or undefined after trouble.
 */
export function runHook<T>(
  ports: Ports,
  options: { name: string; actor: string; work: (deps: HookDeps) => T },
): T | undefined {
  const input = readHookInput(ports);
  const caller = callerOf(ports.env, options.actor);
  let town: Town | undefined;
  try {
    town = openTown(ports);
    return options.work({ ports, town, caller, input });
  } catch (error) {
    logTrouble(ports, { town, name: options.name, caller, error });
    return undefined;
  } finally {
    closeQuietly(town);
  }
}

/** Adds a line about trouble in a hook to the log; trouble with the log itself has no place to go. */
export function logTrouble(
  ports: Ports,
  options: { town: Town | undefined; name: string; caller: Caller; error: unknown },
): void {
  const { town, name, caller, error } = options;
  const root = town?.root ?? ports.env.get("GT_TOWN");
  if (root === undefined) return;
  const who = caller.session ?? caller.actor;
  const what = error instanceof Error ? error.message : String(error);
  try {
    const path = town ? join(town.paths.logs, "hooks.log") : join(root, ".gt", "logs", "hooks.log");
    if (!ports.files.exists(root)) return;
    ports.files.appendText(
      path,
      `${isoTime(ports.clock.now())} ${who} ${name}: ${what.replaceAll("\n", " ")}\n`,
    );
  } catch {
    // The agent goes on all the same.
  }
}

function closeQuietly(town: Town | undefined): void {
  try {
    town?.close();
  } catch {
    // Nothing depends on it: the process ends now.
  }
}
