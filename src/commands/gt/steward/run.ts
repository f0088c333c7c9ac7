import { defineCommand } from "../../../cli/command.ts";

/** `gt steward run`. */
export const command = defineCommand({
  name: "gt steward run",
  summary: "Run the steward in this terminal; gt start does it in a session",
  hidden: true,
  examples: [
    { line: "gt steward run", summary: "Until the town is shut down" },
    { line: "gt steward run --town .", summary: "Of the town in this folder" },
  ],
  exits: { 1: "it runs already, or the town is down" },
  async run({ ports, out }) {
    const [{ openTown }, { runSteward }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../steward/steward.ts"),
    ]);
    await runSteward({ ports, town: openTown(ports) });
    out.result({ ended: true });
  },
});
