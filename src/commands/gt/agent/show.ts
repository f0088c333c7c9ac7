import type { ListedAgent } from "../../../agents/presets.ts";
import { defineCommand } from "../../../cli/command.ts";

/** `gt agent show`. */
export const command = defineCommand({
  name: "gt agent show",
  summary: "Show how an agent is launched",
  positionals: [{ name: "agent", summary: "Name of the agent", required: true, completes: "agent" }],
  examples: [
    { line: "gt agent show claude", summary: "Command, arguments, hooks" },
    { line: "gt agent show script --json", summary: "The same as JSON" },
  ],
  async run({ args, ports, out }) {
    const { townAbove, findTown } = await import("../../../town/town.ts");
    const { townPaths } = await import("../../../town/paths.ts");
    const { parseConfig, readConfig } = await import("../../../town/config/read_config.ts");
    const { listedAgent } = await import("../../../agents/presets.ts");
    const inside = ports.env.get("GT_TOWN") !== undefined || townAbove(ports, ports.env.cwd()) !== undefined;
    const config = inside
      ? await readConfig(ports, townPaths(findTown(ports)).config)
      : await parseConfig("town: none", "town.yaml");
    const agent = listedAgent(ports, { config, name: args.agent as string });
    out.result(agent);
    out.line(`${out.style.bold(agent.name)}  ${agent.label}`);
    out.line(`  command  ${agent.command}${agent.found ? "" : out.style.yellow(" (not on PATH)")}`);
    out.line(`  args     ${[...agent.args, ...agent.folderArgs].join(" ") || "-"}`);
    out.line(
      `  prompt   ${agent.promptMode}${agent.promptFlag === undefined ? "" : `, after ${agent.promptFlag}`}`,
    );
    out.line(`  hooks    ${agent.hooks}`);
    out.line(`  resume   ${agent.resumeFlag ?? agent.continueWords?.join(" ") ?? "-"}`);
    out.line(`  ready    ${agent.ready ?? "-"}`);
    if (agent.input !== undefined) out.line(`  input    ${agent.input}`);
    out.line(`  usage    ${usageOf(agent)}`);
    for (const [name, value] of Object.entries(agent.env)) out.line(`  env      ${name}=${value}`);
    out.line(`  from     ${agent.configured ? "town.yaml" : "built in"}`);
  },
});

function usageOf({ hooks, records, promptMode }: ListedAgent): string {
  if (promptMode === "none") return "none";
  if (hooks !== "none") return "counted from the transcripts that its hooks name";
  return records === undefined ? "not counted" : `counted from the records of ${records}`;
}
