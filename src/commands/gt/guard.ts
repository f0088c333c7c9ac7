import { defineCommand } from "../../cli/command.ts";

/** `gt guard`. */
export const command = defineCommand({
  name: "gt guard",
  summary: "Judge a shell command that an agent is about to run, for the agent's own hook",
  description:
    "Reads what Claude Code tells its PreToolUse hooks on standard input. Blocks what would harm others: pushing to the target branch, force-pushing, leaving or removing the worktree or its branch, changing files outside of it. `guard` in town.yaml changes that, for sessions that start from then on.",
  hidden: true,
  positionals: [{ name: "command", summary: "Judge this command instead of standard input" }],
  examples: [
    { line: "gt guard 'git status'", summary: "Judge a command by hand: nothing is said, it may run" },
    { line: "gt guard 'npm test' --json", summary: "The same, for a script" },
  ],
  exits: { 2: "blocked; the reason is on standard error" },
  async run({ args, out, ports, actor }) {
    const [{ readHookInput }, { callerOf }, { guardCommand }] = await Promise.all([
      import("../../agents/hook_input.ts"),
      import("../../agents/caller.ts"),
      import("../../agents/guard_call.ts"),
    ]);
    const given = args.command as string | undefined;
    const input = given === undefined ? readHookInput(ports) : { stopHookActive: false, command: given };
    const objection = guardCommand(ports, { input, caller: callerOf(ports.env, actor) });
    out.result({ blocked: objection !== undefined, ...objection });
    if (objection === undefined) return 0;
    ports.terminal.writeError(`Blocked: ${objection.reason}\n`);
    return 2;
  },
});
