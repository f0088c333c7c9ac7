import { agentParts } from "../agents/agent_parts.ts";
import { trustParts } from "../agents/trust_parts.ts";
import { runParts } from "../molecules/engine/driver/run_parts.ts";
import { townParts } from "../town/install.ts";
import { ledgerIndex } from "../town/ledger_index_part.ts";
import { machineParts } from "../town/machine_parts.ts";
import { rigParts } from "../town/rigs/rig_parts.ts";
import type { Town } from "../town/town.ts";
import type { TownPart } from "../town/town_part.ts";
import { leftoverParts } from "../work/leftover_parts.ts";

/** Everything the doctor looks at, in the order in which one thing needs another. */
export async function allParts(town: Town): Promise<TownPart[]> {
  return [
    ...machineParts,
    ...townParts,
    ledgerIndex,
    ...agentParts,
    ...await rigParts(town),
    ...leftoverParts,
    ...runParts,
    ...trustParts,
  ];
}
