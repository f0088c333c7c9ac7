import { isEnded } from "../../machine/draft.ts";
import { recordAt } from "../../machine/step_list.ts";
import { stepNumber } from "../../machine/step_number.ts";
import type { OpenRun } from "../journal/run_log.ts";
import { endGroup, type EndingPorts } from "./end_group.ts";
import type { Lanes } from "./lanes.ts";

/**
 * Ends the commands of a run that are at work although their step is over: what another machine had written before has
 * arrived, and what let them begin never happened. One whose step is to begin yet is found again as that. `moved` is
 * whether other processes may have the numbers of those that were begun here.
 */
export async function endOrphans(
  { ports, lanes }: { ports: EndingPorts; lanes: Lanes },
  { open, moved }: { open: OpenRun; moved: boolean },
): Promise<void> {
  const orphans = lanes.unended().filter(({ name, pid, mark }) =>
    isOver(open, name) && (mark !== undefined || !moved) && ports.processes.observe(pid, mark) === "alive"
  );
  await Promise.all(orphans.map(({ pid }) => endGroup(ports, pid)));
}

/** Whether nothing more is to come of an attempt, by its name. */
function isOver({ rules, run }: OpenRun, name: string): boolean {
  const end = name.lastIndexOf(".");
  const index = stepNumber(rules, { steps: run.steps, step: name.slice(0, end) });
  const record = index === undefined ? undefined : recordAt(run.steps, index);
  return !record || isEnded(record) || record.attempt > Number(name.slice(end + 1));
}
