import { formatDuration } from "../../../lib/duration.ts";
import type { Reason } from "../../machine/run.ts";

/** Why a gate fails whose time is over, in ms; `trouble` is what was wrong when it was asked last. */
export function unopened(timeout: number, trouble?: string): Reason {
  const more = trouble === undefined ? "" : `; the last time ${trouble}`;
  return { kind: "timeout", text: `nothing opened it within ${formatDuration(timeout)}${more}` };
}
