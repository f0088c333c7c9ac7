import { CommandError } from "../../../lib/errors.ts";
import { hasEnded } from "../../machine/run.ts";
import type { OpenRun } from "./run_log.ts";
import { runName } from "./step_at.ts";

/** That a run is driven on another machine, which hears of nothing that is done here before both have synchronised. */
export function runElsewhere(
  open: Pick<OpenRun, "key">,
  { verb, by }: { verb: string; by: string },
): CommandError {
  const id = runName(open.key);
  const there = verb === "drive" ? [] : [`Do it there: gt mol ${verb} ${id}`];
  return new CommandError("refused", `Cannot ${verb} run "${id}": ${by} drives it on another machine`, {
    code: "run_elsewhere",
    hints: [
      ...there,
      `If that one is dead, or was here before .beads was removed, go on here: gt mol resume ${id} --take-over`,
    ],
  });
}

/** Refuses to change a run that is driven on another machine. @throws {CommandError} `run_elsewhere`. */
export function refuseElsewhere(
  open: Pick<OpenRun, "key" | "run">,
  { verb, replica }: { verb: string; replica: string },
): void {
  const { driver } = open.run;
  if (!driver || driver.replica === replica || hasEnded(open.run)) return;
  throw runElsewhere(open, { verb, by: driver.by });
}
