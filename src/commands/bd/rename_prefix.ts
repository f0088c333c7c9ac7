import { defineCommand } from "../../cli/command.ts";

/** `bd rename-prefix`. */
export const command = defineCommand({
  name: "bd rename-prefix",
  summary: "Let the ids of all beads begin with something else",
  description:
    "Every bead of the old prefix gets the new one, all in one change, and so does the setting `prefix` where it was the old one. The old ids keep " +
    "working. Ids of a longer prefix that `allowed_prefixes` names stay as they are.",
  positionals: [
    { name: "old", summary: "Without the dash: cs", required: true },
    { name: "new", summary: "Without the dash: web", required: true },
  ],
  flags: { "dry-run": { type: "boolean", summary: "Check everything, but rename nothing" } },
  ignored: ["--repair", "--repo="],
  examples: [
    { line: "bd rename-prefix cs web --dry-run", summary: "What would be renamed" },
    { line: "bd rename-prefix cs web", summary: "cs-login becomes web-login" },
  ],
  async run(context) {
    const { args, flags } = context;
    const [{ prefixRenamings }, { renameAndPrint }] = await Promise.all([
      import("../../beads/rename.ts"),
      import("../bd_support/renaming.ts"),
    ]);
    const bare = (name: string) => (args[name] as string).trim().toLowerCase().replace(/-$/, "");
    const [from, to] = [bare("old"), bare("new")];
    await renameAndPrint(context, {
      dry: flags["dry-run"] === true,
      prefix: { from, to },
      choose: (view) => {
        const allowed = view.setting("allowed_prefixes");
        const others = typeof allowed === "string" ? allowed.split(",").map((name) => name.trim()) : [];
        return prefixRenamings(view, { from, to, others });
      },
    });
  },
});
