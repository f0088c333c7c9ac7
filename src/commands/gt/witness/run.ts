import { defineCommand } from "../../../cli/command.ts";

/** `gt witness run`. */
export const command = defineCommand({
  name: "gt witness run",
  summary: "Run the witness of a rig in this terminal; gt start does it in a session",
  hidden: true,
  positionals: [{ name: "rig", summary: "Name of the rig; the only one by default", completes: "rig" }],
  examples: [
    { line: "gt witness run csm", summary: "Until the town is shut down" },
    { line: "gt witness run", summary: "Of the only rig" },
  ],
  exits: { 1: "it runs already, or the town is down" },
  async run({ ports, args, out }) {
    const [{ openTown }, { runWitness }, { chosenRig }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../witness/witness.ts"),
      import("../../gt_support/chosen_rig.ts"),
    ]);
    const town = openTown(ports);
    const rig = await chosenRig(town, args.rig as string | undefined);
    await runWitness({ ports, town }, { rig });
    out.result({ ended: true, rig });
  },
});
