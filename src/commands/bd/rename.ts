import { defineCommand } from "../../cli/command.ts";

/** `bd rename`. */
export const command = defineCommand({
  name: "bd rename",
  summary: "Give a bead another id",
  description:
    "Its children go with it: cs-4f.1 becomes cs-login.1. The old ids keep working everywhere, also in edges, comments and other clones.",
  positionals: [
    { name: "old", summary: "The id it has", required: true, completes: "bead" },
    { name: "new", summary: "The id it gets", required: true },
  ],
  flags: { "dry-run": { type: "boolean", summary: "Check everything, but rename nothing" } },
  examples: [
    { line: "bd rename cs-4f cs-login", summary: "A name one can remember" },
    { line: "bd show cs-4f", summary: "Still shows it" },
  ],
  async run(context) {
    const { args, flags } = context;
    const [{ resolveBead }, { renamingsOf }, { renameAndPrint }] = await Promise.all([
      import("../../beads/ids.ts"),
      import("../../beads/rename.ts"),
      import("../bd_support/renaming.ts"),
    ]);
    await renameAndPrint(context, {
      dry: flags["dry-run"] === true,
      choose: (view) =>
        renamingsOf(view, { bead: resolveBead(view, args.old as string), id: args.new as string }),
    });
  },
});
