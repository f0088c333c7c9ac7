import { defineCommand } from "../../../cli/command.ts";

/** `gt mq pause`. */
export const command = defineCommand({
  name: "gt mq pause",
  summary: "Begin no new merges in a rig until it is resumed",
  description: "What is being merged at the moment is brought to its end. The pause outlives restarts.",
  positionals: [{ name: "rig", summary: "Name of the rig; the only one by default", completes: "rig" }],
  flags: { reason: { type: "string", summary: "Why, for whoever looks", placeholder: "WHY", short: "r" } },
  examples: [
    { line: "gt mq pause csm", summary: "Hold the queue of rig csm" },
    { line: 'gt mq pause csm --reason "release day"', summary: "And say why" },
  ],
  async run({ ports, args, flags, out, actor }) {
    const [{ openTown }, { pauseQueue, readPause }, { chosenRig }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../refinery/pause.ts"),
      import("../../gt_support/chosen_rig.ts"),
    ]);
    const town = openTown(ports);
    const rig = await chosenRig(town, args.rig as string | undefined);
    const reason = flags.reason as string | undefined;
    const pause = { by: actor, at: ports.clock.now(), ...(reason === undefined ? {} : { reason }) };
    const changed = pauseQueue(ports, { paths: town.paths, rig, pause });
    out.line(
      changed
        ? `${out.style.green("✓")} The queue of ${rig} is paused; go on with: gt mq resume ${rig}`
        : `The queue of ${rig} is paused already, by ${readPause(ports, { paths: town.paths, rig })?.by}`,
    );
    out.result({ rig, paused: true, changed });
  },
});
