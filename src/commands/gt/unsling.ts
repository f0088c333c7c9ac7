import { defineCommand } from "../../cli/command.ts";

export const command = defineCommand({
  name: "gt unsling",
  summary: "Take beads off their hook; they are open again",
  description:
    "All are taken off, or none. The session of the worker ends. What is in its worktree stays under a rescue ref, and its branch stays.",
  aliases: ["unhook"],
  positionals: [{ name: "bead", summary: "Ids of beads", required: true, variadic: true, completes: "bead" }],
  examples: [
    { line: "gt unsling cs-login", summary: "cs-login can be slung to somebody else" },
    { line: "gt unsling cs-login cs-session --json", summary: "the open beads as JSON" },
  ],
  async run({ ports, args, out, actor }) {
    const { openTown } = await import("../../town/town.ts");
    const { releaseBeads } = await import("../../work/release.ts");
    const deps = { ports, town: openTown(ports) };
    const beads = releaseBeads(deps, { beads: args.bead as readonly string[], by: actor });
    for (const bead of beads) out.line(`${out.style.green("✓")} ${out.style.bold(bead.id)} is open again`);
    out.result(beads.map(({ id, status }) => ({ bead: id, status })));
  },
});
