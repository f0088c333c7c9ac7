import { defineCommand } from "../../cli/command.ts";

/** `gt attach`. */
export const command = defineCommand({
  name: "gt attach",
  summary: "Show a session in this terminal; Ctrl-a d leaves it running",
  positionals: [
    {
      name: "name",
      summary: "coordinator, steward, witness RIG, refinery RIG, worker-N or N, or a bead's id",
      required: true,
      variadic: true,
      completes: "session",
    },
  ],
  aliases: ["at"],
  examples: [
    { line: "gt attach coordinator", summary: "Talk to the coordinator" },
    { line: "gt attach 3", summary: "Watch worker 3" },
  ],
  exits: { 1: "no such session runs, or this is not a terminal" },
  async run({ ports, args, out }) {
    const [{ openTown }, { attachTo }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../town/attach.ts"),
    ]);
    const session = await attachTo(
      { ports, town: openTown(ports) },
      (args.name as readonly string[]).join(" "),
    );
    out.result({ session });
  },
});
