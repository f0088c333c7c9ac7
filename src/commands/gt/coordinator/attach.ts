import { defineCommand } from "../../../cli/command.ts";

/** `gt coordinator attach`. */
export const command = defineCommand({
  name: "gt coordinator attach",
  summary: "Talk to the coordinator in this terminal; Ctrl-a d leaves it running",
  examples: [
    { line: "gt coordinator attach", summary: "The same as gt attach coordinator" },
    { line: "gt mayor attach", summary: "The same, in other words" },
  ],
  exits: { 1: "it does not run, or this is not a terminal" },
  async run({ ports, out }) {
    const [{ openTown }, { attachTo }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/attach.ts"),
    ]);
    out.result({ session: await attachTo({ ports, town: openTown(ports) }, "coordinator") });
  },
});
