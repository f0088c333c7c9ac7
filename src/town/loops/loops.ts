import type { TownConfig } from "../config/config.ts";
import { sessionNames } from "../session_names.ts";

/** What runs one of the town's loops. */
export interface LoopPlace {
  /** Name of its lock, its log and its record: `witness-csm`. */
  name: string;
  role: "steward" | "witness" | "refinery";
  rig?: string;
  /** Its tmux session: `gt-witness-csm`. */
  session: string;
  /** The words of `gt` that run it: `witness run csm`. */
  words: readonly string[];
}

/** The loop that keeps the others alive. */
export const stewardLoop: LoopPlace = {
  name: "steward",
  role: "steward",
  session: sessionNames.steward,
  words: ["steward", "run"],
};

/** The loop of a role in a rig. */
export function rigLoop(role: "witness" | "refinery", rig: string): LoopPlace {
  return { name: `${role}-${rig}`, role, rig, session: sessionNames[role] + rig, words: [role, "run", rig] };
}

/** The loops that a town has beside its steward: a witness and a refinery per rig. */
export function rigLoops(config: Pick<TownConfig, "rigs">): LoopPlace[] {
  return Object.keys(config.rigs).flatMap((rig) => [rigLoop("witness", rig), rigLoop("refinery", rig)]);
}
