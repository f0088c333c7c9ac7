import { defineCommand } from "../../../cli/command.ts";

/** `gt agent run-script`. */
export const command = defineCommand({
  name: "gt agent run-script",
  summary: "Be the built-in agent: follow the script of the bead on this session's hook",
  description:
    "The process that runs in a session of the agent `script`. It does what the script says, with the same hooks that Claude Code would call, and asks no model.",
  hidden: true,
  flags: {
    settings: {
      type: "string",
      summary: "The file that says which hooks to call",
      placeholder: "FILE",
      completes: "file",
    },
  },
  positionals: [{ name: "prompt", summary: "Taken and not used", variadic: true }],
  examples: [
    { line: "gt agent run-script", summary: "Follow the script of this session's bead, without hooks" },
    {
      line: "gt agent run-script --settings .gt/settings/worker.json",
      summary: "With the hooks of a worker",
    },
  ],
  async run({ flags, ports, actor }) {
    const [{ openTown }, { callerOf }, { runScriptAgent }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../agents/caller.ts"),
      import("../../../agents/script/run.ts"),
    ]);
    return await runScriptAgent({ ports, town: openTown(ports) }, {
      caller: callerOf(ports.env, actor),
      settings: flags.settings as string | undefined,
    });
  },
});
