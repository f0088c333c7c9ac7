import { defineCommand } from "../../../cli/command.ts";

/** `gt mq retry`. */
export const command = defineCommand({
  name: "gt mq retry",
  summary: "Try a merge again now, or give a bead that was given up another attempt",
  description:
    "An entry that waits because the remote refused it is tried at once. A bead that nothing automatic was left " +
    "for goes back to a worker, with what went wrong.",
  positionals: [{ name: "bead", summary: "Id of the bead", required: true, completes: "bead" }],
  flags: {
    fresh: {
      type: "boolean",
      summary: "Begin anew on the target branch; what was there stays under a rescue ref",
    },
  },
  examples: [
    { line: "gt mq retry cs-login", summary: "After the remote was repaired" },
    { line: "gt mq retry cs-login --fresh", summary: "Let a worker begin anew" },
  ],
  async run({ ports, args, flags, out, actor }) {
    const [{ openTown }, { retryEntry }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../refinery/queue_control.ts"),
    ]);
    const { how, assignment: { bead, attempt } } = await retryEntry({ ports, town: openTown(ports) }, {
      bead: args.bead as string,
      by: actor,
      ...(flags.fresh ? { fresh: true } : {}),
    });
    out.line(
      how === "at-once"
        ? `${out.style.green("✓")} ${bead.id} is tried at once`
        : `${out.style.green("✓")} ${bead.id} goes back to a worker as attempt ${attempt.n}`,
    );
    out.result({ bead: bead.id, rig: attempt.rig, attempt: attempt.n, state: attempt.state, how });
  },
});
