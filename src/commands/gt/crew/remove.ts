import { defineCommand } from "../../../cli/command.ts";

/** `gt crew remove`. */
export const command = defineCommand({
  name: "gt crew remove",
  summary: "Remove a crew's worktree, its branch here, and its session",
  description:
    "Commits that the remote does not have are kept under a rescue ref of the rig's repository. A member with beads on " +
    "the hook, or with changes that are not committed, is refused; --force takes the beads off, keeps the changes " +
    "there as well, and removes it.",
  aliases: ["rm"],
  positionals: [{ name: "name", summary: "Name of the worktree", required: true }],
  flags: {
    force: { type: "boolean", summary: "Also with beads on the hook, or changes that are not committed" },
  },
  examples: [
    { line: "gt crew remove ann", summary: "When all of it is committed" },
    {
      line: "gt crew remove ann --force",
      summary: "Take beads off its hook, and keep the rest under a rescue ref",
    },
  ],
  async run({ ports, args, flags, out, actor }) {
    const [{ openTown }, { removeCrew }, { forgetTrust, trustOfTown }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/crew.ts"),
      import("../../../agents/trust_parts.ts"),
    ]);
    const town = openTown(ports);
    const removed = await removeCrew({ ports, town }, {
      name: args.name as string,
      force: flags.force === true,
      by: actor,
    });
    const trust = await trustOfTown(town);
    await forgetTrust(town, trust.map((one) => ({ ...one, folders: [removed.path] })));
    out.result(removed);
    out.line(`crew/${removed.name} is removed from rig ${removed.rig}`);
    if (removed.released.length > 0) out.line(`came off its hook: ${removed.released.join(", ")}`);
    if (removed.rescue) out.line(`kept what only it held as ${out.style.bold(removed.rescue)}`);
  },
});
