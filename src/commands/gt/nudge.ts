import { defineCommand } from "../../cli/command.ts";

/** `gt nudge`. */
export const command = defineCommand({
  name: "gt nudge",
  summary: "Say something to an agent now, if that disturbs nobody, and at its next turn otherwise",
  description:
    "The message is mail: it cannot be lost. The agent's terminal is typed into only while the agent is idle, asks for no decision and nobody has typed half a line there. Delivered means that the agent's own hook took the message.",
  positionals: [
    {
      name: "target",
      summary: "worker-1, coordinator, crew/ann, @workers, @rig/RIG, or a bead for its worker",
      required: true,
      completes: "worker",
    },
    { name: "message", summary: "What to say", required: true, variadic: true },
  ],
  flags: { urgent: { type: "boolean", short: "u", summary: "Show it before all other mail" } },
  examples: [
    { line: 'gt nudge worker-1 "The API is frozen: do not rename anything"', summary: "Tell one worker" },
    { line: 'gt nudge @workers "Please commit what you have" --urgent', summary: "Tell all of them" },
  ],
  async run({ args, flags, ports, actor, out }) {
    const [{ openTown }, { nudge }, { whyQueued }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../agents/nudge.ts"),
      import("../../agents/doorbell.ts"),
    ]);
    const town = openTown(ports);
    const nudged = await nudge({ ports, town }, {
      from: actor,
      target: args.target as string,
      text: (args.message as readonly string[]).join(" "),
      urgent: flags.urgent === true,
    });
    out.result(nudged.map(({ to, message, outcome, because }) => ({
      to,
      message: message.id,
      outcome,
      ...(because === undefined ? {} : { because }),
    })));
    for (const { to, message, outcome, because } of nudged) {
      const how = outcome === "delivered"
        ? "delivered"
        : outcome === "rung"
        ? "rung, but not taken yet; it is shown at the next turn"
        : `queued for the next turn: ${whyQueued(because!)}`;
      out.line(`${to}: ${how}  ${out.style.dim(message.id)}`);
    }
  },
});
