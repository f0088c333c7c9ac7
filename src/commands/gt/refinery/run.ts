import { defineCommand } from "../../../cli/command.ts";

/** `gt refinery run`. */
export const command = defineCommand({
  name: "gt refinery run",
  summary: "Run the refinery of a rig in this terminal; gt start does it in a session",
  hidden: true,
  positionals: [{ name: "rig", summary: "Name of the rig; the only one by default", completes: "rig" }],
  examples: [
    { line: "gt refinery run csm", summary: "Until the town is shut down" },
    { line: "gt refinery run", summary: "Of the only rig" },
  ],
  exits: { 1: "it runs already, or the town is down" },
  async run({ ports, args, out }) {
    const [{ openTown }, { runRefinery }, { chosenRig }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../refinery/refinery.ts"),
      import("../../gt_support/chosen_rig.ts"),
    ]);
    const town = openTown(ports);
    const rig = await chosenRig(town, args.rig as string | undefined);
    await runRefinery({ ports, town }, { rig });
    out.result({ ended: true, rig });
  },
});
