import type { Observation } from "../lib/observation.ts";
import { present } from "../lib/present.ts";
import type { Processes } from "./process.ts";

/** Which process it is, also when another has its number by now, or the machine was started anew. */
export interface ProcessIdentity {
  pid: number;
  /** Start mark of the process. */
  mark?: string;
  /** What tells this start of the machine from others. */
  boot?: string;
}

/** What identifies a process that runs now. */
export function identityOf(
  processes: Pick<Processes, "startMark" | "bootMark">,
  pid: number,
): ProcessIdentity {
  return { pid, ...present({ mark: processes.startMark(pid), boot: processes.bootMark() }) };
}

/** Whether that process still runs. */
export function observeIdentity(
  processes: Pick<Processes, "observe" | "bootMark">,
  { pid, mark, boot }: ProcessIdentity,
): Observation {
  return boot === processes.bootMark() ? processes.observe(pid, mark) : "gone";
}
