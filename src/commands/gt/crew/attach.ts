import { defineCommand } from "../../../cli/command.ts";

/** `gt crew attach`. */
export const command = defineCommand({
  name: "gt crew attach",
  summary: "Work with an agent in a crew's worktree; Ctrl-a d leaves it running",
  description:
    "Starts the session where it does not run. It ends with gt shutdown, and is not started again by itself.",
  positionals: [{ name: "name", summary: "Name of the worktree", required: true }],
  flags: {
    agent: {
      type: "string",
      summary: "The agent; the rig's by default, `shell` for none",
      placeholder: "NAME",
      completes: "agent",
    },
    detach: { type: "boolean", summary: "Only start it" },
  },
  examples: [
    { line: "gt crew attach ann", summary: "With the agent of the rig" },
    { line: "gt crew attach ann --agent shell --detach", summary: "A plain shell, in the background" },
  ],
  exits: { 1: "there is no such worktree, its agent cannot be used, or this is not a terminal" },
  async run({ ports, args, flags, out }) {
    const [{ openTown }, { attachTo }, { crewMember }, { startCrew }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/attach.ts"),
      import("../../../town/crew_members.ts"),
      import("../../../agents/agent_session.ts"),
    ]);
    const deps = { ports, town: openTown(ports) };
    const member = crewMember(deps, args.name as string);
    const started = await startCrew(deps, { member, agent: flags.agent as string | undefined });
    const session = `gt-crew-${member.name}`;
    if (flags.detach === true) out.line(`${session} ${started ? "is started" : "runs already"}`);
    else await attachTo(deps, `crew/${member.name}`);
    out.result({ session, started });
  },
});
