import { defineCommand } from "../../../cli/command.ts";

/** `gt crew add`. */
export const command = defineCommand({
  name: "gt crew add",
  summary: "Make a worktree of a rig for a person, on a branch of its own",
  description:
    "The worktree is rigs/RIG/crew/NAME, on the branch crew/NAME. Nothing in it is assigned, restarted or removed by " +
    "itself, and its branch is pushed and merged by whoever works there, not by the merge queue. Mail and beads reach " +
    "it as crew/NAME.",
  positionals: [{ name: "name", summary: "Name of the person or the task", required: true }],
  flags: {
    rig: {
      type: "string",
      summary: "The rig; the only one by default",
      placeholder: "RIG",
      completes: "rig",
    },
  },
  examples: [
    { line: "gt crew add ann --rig csm", summary: "A worktree of csm for ann" },
    { line: "gt crew add spike", summary: "In the only rig, for a try" },
  ],
  async run({ ports, args, flags, out }) {
    const [{ openTown }, { addCrew }, { chosenRig }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/crew.ts"),
      import("../../gt_support/chosen_rig.ts"),
    ]);
    const town = openTown(ports);
    const rig = await chosenRig(town, flags.rig as string | undefined);
    const added = await addCrew({ ports, town }, { name: args.name as string, rig });
    out.result(added);
    const what = added.created ? "is ready" : "is there already";
    out.line(`${out.style.green("✓")} crew/${added.name} ${what}: ${out.style.bold(added.path)}`);
    out.line(`Work there yourself, or with an agent: gt crew attach ${added.name}`);
  },
});
