import { defineCommand } from "../../../cli/command.ts";

/** `gt agent test`. */
export const command = defineCommand({
  name: "gt agent test",
  summary: "Start an agent in a scratch worktree, and say how far it gets",
  description:
    "Four steps: it is launched, it is ready, it takes a prompt, it ends when told to. A login, a question of trust or " +
    "the like on its screen is reported as waiting for a person. An agent with hooks is asked for a single word, which " +
    "its model may charge for. Nothing of the trial stays.",
  positionals: [{ name: "agent", summary: "Name of the agent", required: true, completes: "agent" }],
  flags: {
    timeout: {
      type: "string",
      summary: "How long it may take to be ready, and to take its prompt",
      placeholder: "TIME",
      default: "30s",
    },
  },
  examples: [
    { line: "gt agent test script", summary: "The built-in agent" },
    { line: "gt agent test script --json", summary: "The steps as JSON" },
  ],
  exits: { 1: "it did not get through, or waits for a person" },
  async run({ args, flags, ports, out }) {
    const [
      { townAbove, findTown },
      { townPaths },
      { parseConfig, readConfig },
      { resolveAgent },
      trial,
      duration,
    ] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/paths.ts"),
      import("../../../town/config/read_config.ts"),
      import("../../../agents/presets.ts"),
      import("../../../agents/trial.ts"),
      import("../../../lib/duration.ts"),
    ]);
    const inside = ports.env.get("GT_TOWN") !== undefined || townAbove(ports, ports.env.cwd()) !== undefined;
    const config = inside
      ? await readConfig(ports, townPaths(findTown(ports)).config)
      : await parseConfig("town: none", "town.yaml");
    const agent = resolveAgent(ports, { config, flag: args.agent as string });
    const marks = {
      ok: out.style.green("✓"),
      waits: out.style.yellow("?"),
      failed: out.style.red("✗"),
      skipped: out.style.dim("-"),
    };
    const steps = await trial.tryAgent(ports, {
      agent,
      patienceMs: duration.parseDuration(String(flags.timeout)) ?? 30_000,
      progress({ stage, outcome, detail, ms, screen }) {
        out.line(`${marks[outcome]} ${stage.padEnd(6)}  ${detail}${out.style.dim(`  ${ms} ms`)}`);
        const lines = (screen ?? "").split("\n").map((line) => line.trimEnd()).filter(Boolean);
        for (const line of lines.slice(-12)) out.line(out.style.dim(`    │ ${line}`));
      },
    });
    out.result({ agent: agent.name, command: agent.command, steps });
    return steps.every(({ outcome }) => outcome === "ok" || outcome === "skipped") ? 0 : 1;
  },
});
