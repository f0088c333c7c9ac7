import { loopLogPath } from "./loops/loop_log.ts";
import type { LoopDeps } from "./loops/loop.ts";
import { readStatus } from "./status.ts";
import type { ProgramStatus } from "./programs.ts";

/** One program of the town, as a row and as a line for a person. */
export async function programStatus(
  deps: LoopDeps,
  name: string,
): Promise<{ row: ProgramStatus & { log: string }; text: string }> {
  const status = await readStatus(deps);
  const program = status.programs.find((each) => each.name === name)!;
  const log = loopLogPath(deps.town.paths, name);
  const words = { alive: "runs", gone: "does not run", unknown: "cannot be seen" };
  const failing = program.failures > 0 ? `, failed ${program.failures} times in a row` : "";
  const next = program.state === "gone" ? "gt start" : `gt attach ${name}`;
  return {
    row: { ...program, log },
    text: `${name} ${words[program.state]}${failing} (log: ${log}); next: ${next}`,
  };
}
