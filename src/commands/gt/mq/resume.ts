import { defineCommand } from "../../../cli/command.ts";

/** `gt mq resume`. */
export const command = defineCommand({
  name: "gt mq resume",
  summary: "Let the merge queue of a rig go on",
  positionals: [{ name: "rig", summary: "Name of the rig; the only one by default", completes: "rig" }],
  examples: [
    { line: "gt mq resume csm", summary: "End the pause of rig csm" },
    { line: "gt mq resume --json", summary: "Of the only rig, for a script" },
  ],
  async run({ ports, args, out }) {
    const [{ openTown }, { resumeQueue }, { chosenRig }, { wakeLoops }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../refinery/pause.ts"),
      import("../../gt_support/chosen_rig.ts"),
      import("../../../town/desired.ts"),
    ]);
    const town = openTown(ports);
    const rig = await chosenRig(town, args.rig as string | undefined);
    const changed = resumeQueue(ports, { paths: town.paths, rig });
    if (changed) wakeLoops(ports, town.paths);
    out.line(
      changed ? `${out.style.green("✓")} The queue of ${rig} goes on` : `The queue of ${rig} is not paused`,
    );
    out.result({ rig, paused: false, changed });
  },
});
