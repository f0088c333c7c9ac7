import type { InferOutput } from "valibot";
import type { townSchema } from "./config_schema.ts";

/** The configuration of a town with every default filled in. Keys are those of town.yaml; durations are in ms. */
export type TownConfig = InferOutput<typeof townSchema>;

/** The configuration of one rig. */
export type RigConfig = TownConfig["rigs"][string];

/** What must be green before a merge; `timeout` in ms. */
export type CheckConfig = RigConfig["checks"][number];

/** An agent as town.yaml describes it: changes to a preset, or a command of its own. */
export type AgentConfig = TownConfig["agents"][string];

/** How much, how often and how long (in ms). */
export type LimitsConfig = TownConfig["limits"];
