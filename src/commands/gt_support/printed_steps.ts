import type { Ledger } from "../../ledger/ledger.ts";
import { runFolder } from "../../molecules/engine/commands/command_files.ts";
import { attemptName, type Lanes, openLanes } from "../../molecules/engine/commands/lanes.ts";
import { printedLines } from "../../molecules/engine/commands/printed.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import type { Ports } from "../../ports/ports.ts";

/** Gives the last lines that an attempt of a command printed; none for what is no command. */
export type PrintedSteps = (
  open: Pick<OpenRun, "key">,
  options: { step: { id: string; attempt: number }; most: number },
) => string[];

/** Reads what commands printed; the records of a run are read on, not anew for each of its steps. */
export function createPrintedSteps(
  { ports: { files }, ledger }: { ports: Pick<Ports, "files">; ledger: Pick<Ledger, "folder"> },
): PrintedSteps {
  const known = new Map<string, Lanes>();
  const opened = (key: string): Lanes => {
    const lanes = openLanes(files, { folder: runFolder(ledger.folder, runName(key)) });
    known.set(key, lanes);
    return lanes;
  };
  return ({ key }, { step, most }) => {
    const lanes = known.get(key);
    lanes?.refresh();
    const name = attemptName(step);
    const printed = lanes?.printed(name) ?? opened(key).printed(name);
    return printed ? printedLines(files, { printed, most }) : [];
  };
}
