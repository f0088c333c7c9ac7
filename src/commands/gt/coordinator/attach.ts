import { defineCommand } from "../../../cli/command.ts";

/** `gt coordinator attach`. */
export const command = defineCommand({
  name: "gt coordinator attach",
  summary:
    "Talk to the coordinator in this terminal, and start it where it does not run; Ctrl-a d leaves it running",
  flags: { detach: { type: "boolean", summary: "Only start it" } },
  examples: [
    { line: "gt coordinator attach", summary: "Start it if need be, and show it" },
    { line: "gt mayor attach", summary: "The same, in other words" },
  ],
  exits: { 1: "its agent cannot be used, or this is not a terminal" },
  async run({ ports, flags, out }) {
    const [{ openTown }, { attachTo }, { startCoordinator }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/attach.ts"),
      import("../../../agents/agent_session.ts"),
    ]);
    const deps = { ports, town: openTown(ports) };
    const started = await startCoordinator(deps);
    if (flags.detach !== true) await attachTo(deps, "coordinator");
    else out.line(started ? "The coordinator is started" : "The coordinator runs already");
    out.result({ session: "gt-coordinator", started });
  },
});
