import type { Observation } from "../lib/observation.ts";
import type { TownConfig } from "./config/config.ts";
import { isLoopRunning, type LoopDeps } from "./loops/loop.ts";
import { loopRecord } from "./loops/loop_record.ts";
import { rigLoops, stewardLoop } from "./loops/loops.ts";
import { sessionNames } from "./session_names.ts";

/** A program of the town: one of the loops, or the coordinator's agent. */
export interface ProgramStatus {
  name: string;
  role: "steward" | "witness" | "refinery" | "coordinator";
  rig?: string;
  session: string;
  state: Observation;
  /** Its process; absent when it does not run. */
  pid?: number;
  /** Ticks in a row that failed. */
  failures: number;
}

/** The steward first, then the coordinator, then the programs of the rigs. */
export function readPrograms(deps: LoopDeps, config: TownConfig): ProgramStatus[] {
  const loops = [stewardLoop, ...rigLoops(config)].map(({ name, role, rig, session }): ProgramStatus => {
    const state = isLoopRunning(deps, name);
    const record = state === "gone" ? undefined : loopRecord(deps.town, name);
    return {
      name,
      role,
      ...(rig === undefined ? {} : { rig }),
      session,
      state,
      ...(record ? { pid: record.pid } : {}),
      failures: record?.failures ?? 0,
    };
  });
  const [steward, ...rest] = loops;
  return [steward!, readCoordinator(deps), ...rest];
}

function readCoordinator(deps: LoopDeps): ProgramStatus {
  const record = upkeepOf(deps, "coordinator");
  const state = record?.pid === undefined ? "gone" : deps.ports.processes.observe(record.pid, record.mark);
  const { coordinator: session } = sessionNames;
  return {
    name: "coordinator",
    role: "coordinator",
    session,
    state,
    ...(state === "alive" ? { pid: record!.pid! } : {}),
    failures: state === "gone" ? record?.failures ?? 0 : 0,
  };
}

/** What the steward remembers of something it keeps running. */
function upkeepOf(
  { town }: LoopDeps,
  name: string,
): { pid?: number; mark?: string; failures?: number } | undefined {
  return town.ledger.ephemeral.get("upkeep", name);
}
