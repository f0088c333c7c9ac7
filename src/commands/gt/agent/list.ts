import { defineCommand } from "../../../cli/command.ts";

/** `gt agent list`. */
export const command = defineCommand({
  name: "gt agent list",
  summary: "List the agents that can do the work, and which are found here",
  description: "Outside a town the built-in agents are listed. `*` marks the one that is used by default.",
  examples: [
    { line: "gt agent list", summary: "Built-in agents, and those of town.yaml" },
    { line: "gt agent list --json", summary: "With their commands and arguments" },
  ],
  async run({ ports, out }) {
    const { townAbove, findTown } = await import("../../../town/town.ts");
    const { townPaths } = await import("../../../town/paths.ts");
    const { parseConfig, readConfig } = await import("../../../town/config/read_config.ts");
    const { agentName, listAgents } = await import("../../../agents/presets.ts");
    const inside = ports.env.get("GT_TOWN") !== undefined || townAbove(ports, ports.env.cwd()) !== undefined;
    const config = inside
      ? await readConfig(ports, townPaths(findTown(ports)).config)
      : await parseConfig("town: none", "town.yaml");
    let chosen: string | undefined;
    try {
      chosen = agentName(ports, { config });
    } catch {
      // No default is an answer too: nothing is marked.
    }
    const agents = listAgents(ports, config).map((agent) => ({ ...agent, default: agent.name === chosen }));
    out.result(agents);
    const width = Math.max(...agents.map((agent) => agent.name.length));
    for (const agent of agents) {
      const where = agent.found ? out.style.green(agent.command) : out.style.dim("not on PATH");
      out.line(`${agent.default ? "*" : " "} ${agent.name.padEnd(width)}  ${agent.label}  ${where}`);
    }
    if (chosen === undefined) out.note("No agent is chosen: gt config set agent NAME");
  },
});
