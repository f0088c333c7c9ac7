import type { Town } from "../town/town.ts";
import { fail, type Finding, ok, type TownPart } from "../town/town_part.ts";
import { resolveAgent } from "./presets.ts";

/** The agents that town.yaml, or the lack of it, chooses: for the coordinator and for each rig. */
export const agentParts: readonly TownPart[] = [{ name: "agents", look: lookAtAgents }];

async function lookAtAgents(town: Town): Promise<Finding> {
  const config = await town.config();
  const agents = [
    resolveAgent(town.ports, { config, role: "coordinator" }),
    ...Object.keys(config.rigs).map((rig) => resolveAgent(town.ports, { config, rig })),
  ];
  const broken = agents.find((agent) =>
    agent.promptMode === "typed" && agent.hooks === "none" && agent.ready === undefined
  );
  if (broken) {
    return fail(
      `agent "${broken.name}" gets its prompt typed, but nothing says when it is ready`,
      `gt config set agents.${broken.name}.ready PATTERN`,
    );
  }
  return ok([...new Set(agents.map((agent) => `${agent.name} (${agent.command})`))].join(", "));
}
