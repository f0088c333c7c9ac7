import { defineCommand } from "../../../cli/command.ts";

/** `gt refinery attach`. */
export const command = defineCommand({
  name: "gt refinery attach",
  summary: "Watch the refinery of a rig in this terminal; Ctrl-a d leaves it running",
  positionals: [{ name: "rig", summary: "Name of the rig; the only one by default", completes: "rig" }],
  examples: [
    { line: "gt refinery attach csm", summary: "The program that merges its finished work" },
    { line: "gt refinery attach", summary: "Of the only rig" },
  ],
  exits: { 1: "it does not run, or this is not a terminal" },
  async run({ ports, args, out }) {
    const [{ openTown }, { attachTo }, { chosenRig }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/attach.ts"),
      import("../../gt_support/chosen_rig.ts"),
    ]);
    const town = openTown(ports);
    const rig = await chosenRig(town, args.rig as string | undefined);
    out.result({ session: await attachTo({ ports, town }, `refinery ${rig}`) });
  },
});
