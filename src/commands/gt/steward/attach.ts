import { defineCommand } from "../../../cli/command.ts";

/** `gt steward attach`. */
export const command = defineCommand({
  name: "gt steward attach",
  summary: "Watch the steward in this terminal; Ctrl-a d leaves it running",
  examples: [
    { line: "gt steward attach", summary: "The same as gt attach steward" },
    { line: "gt deacon attach", summary: "The same, in other words" },
  ],
  exits: { 1: "it does not run, or this is not a terminal" },
  async run({ ports, out }) {
    const [{ openTown }, { attachTo }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/attach.ts"),
    ]);
    out.result({ session: await attachTo({ ports, town: openTown(ports) }, "steward") });
  },
});
