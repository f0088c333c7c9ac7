import { elapsed } from "../../lib/duration.ts";
import type { Observation } from "../../lib/observation.ts";
import type { Style } from "../../lib/style.ts";
import { isLoopRunning } from "../../town/loops/loop.ts";
import { loopRecord } from "../../town/loops/loop_record.ts";
import { loopLogPath } from "../../town/loops/loop_log.ts";
import { rigLoop } from "../../town/loops/loops.ts";
import type { WorkDeps } from "../../work/sling.ts";

/** The program of a rig, as `gt refinery status --json` gives it. Times are ms since the epoch. */
export interface RigProgram {
  name: string;
  rig: string;
  session: string;
  state: Observation;
  /** Its process and when that was started; absent when it does not run. */
  pid?: number;
  since?: number;
  /** Ticks in a row that failed. */
  failures: number;
  log: string;
}

/** Looks whether the witness or the refinery of a rig runs; spawns nothing. */
export function describeProgram(
  deps: WorkDeps,
  options: { role: "witness" | "refinery"; rig: string },
): RigProgram {
  const { ports, town } = deps;
  const place = rigLoop(options.role, options.rig);
  const state = isLoopRunning(deps, place.name);
  const record = state === "gone" ? undefined : loopRecord(town, place.name);
  const isOwn = record && ports.processes.observe(record.pid, record.mark ?? undefined) !== "gone";
  return {
    name: place.name,
    rig: options.rig,
    session: place.session,
    state,
    ...(isOwn ? { pid: record.pid, since: record.startedAt } : {}),
    failures: isOwn ? record.failures : 0,
    log: loopLogPath(town.paths, place.name),
  };
}

/** One line about a program for a person; `detail` says what it has to do. */
export function programLine(
  program: RigProgram,
  options: { style: Style; now: number; detail: string },
): string {
  const { style, now, detail } = options;
  const words = {
    alive: `${style.green("●")} runs`,
    gone: `${style.red("○")} does not run`,
    unknown: `${style.yellow("?")} cannot be seen`,
  };
  const process = program.pid === undefined
    ? ""
    : `, process ${program.pid}${program.since === undefined ? "" : ` for ${elapsed(now - program.since)}`}`;
  const failing = program.failures === 0
    ? ""
    : style.yellow(`, failed ${program.failures} times in a row (log: ${program.log})`);
  const next = program.state === "gone" ? "; next: gt start" : "";
  return `${style.bold(program.name)} ${words[program.state]}${process}${failing}: ${detail}${next}`;
}
