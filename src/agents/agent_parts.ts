import type { Town } from "../town/town.ts";
import { fail, type Finding, ok, type TownPart } from "../town/town_part.ts";
import { settingsOf, settingsPath } from "./launch.ts";
import { resolveAgent } from "./presets.ts";
import { agentRoles } from "./settings.ts";

/** The agents that town.yaml, or the lack of it, chooses: for the coordinator and for each rig. */
export const agentParts: readonly TownPart[] = [
  { name: "agents", look: lookAtAgents },
  { name: "agents' settings", look: lookAtSettings, make: makeSettings },
];

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

/** The settings files that agents were started with, held against what would be written now. */
function lookAtSettings(town: Town): Finding {
  const stale = agentRoles.filter((role) => {
    const found = town.ports.files.readText(settingsPath(town, role));
    return found !== undefined && found !== settingsOf(town, role);
  });
  return stale.length === 0
    ? ok("current")
    : fail(`those of ${stale.join(", ")} are not what this version writes`);
}

/** Writes the settings that are there anew; those of other roles come with their first agent. */
function makeSettings(town: Town): void {
  for (const role of agentRoles) {
    const path = settingsPath(town, role);
    if (town.ports.files.exists(path)) town.ports.files.writeText(path, settingsOf(town, role));
  }
}
