import { defineCommand } from "../../../cli/command.ts";

/** `gt mq reject`. */
export const command = defineCommand({
  name: "gt mq reject",
  summary: "Take a bead out of the merge queue and give it back to its worker",
  positionals: [{ name: "bead", summary: "Id of the bead", required: true, completes: "bead" }],
  flags: {
    reason: {
      type: "string",
      summary: "What the worker has to do differently",
      placeholder: "WHY",
      short: "r",
    },
  },
  examples: [
    {
      line: 'gt mq reject cs-login --reason "The form needs tests"',
      summary: "It is reworked, with the reason",
    },
    { line: "gt mq reject cs-login", summary: "Without a reason" },
  ],
  exits: { 1: "it does not wait in a queue" },
  async run({ ports, args, flags, out, actor }) {
    const [{ openTown }, { rejectEntry }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../refinery/queue_control.ts"),
    ]);
    const { bead, attempt } = await rejectEntry({ ports, town: openTown(ports) }, {
      bead: args.bead as string,
      by: actor,
      reason: (flags.reason as string | undefined) ?? "no reason was given",
    });
    out.line(
      attempt.state === "escalated"
        ? `${
          out.style.yellow("!")
        } ${bead.id} has used up its attempts; decide: gt sling ${bead.id} ${attempt.rig}`
        : `${out.style.green("✓")} ${bead.id} goes back to a worker as attempt ${attempt.n}`,
    );
    out.result({ bead: bead.id, rig: attempt.rig, attempt: attempt.n, state: attempt.state });
  },
});
