import { defineCommand } from "../../cli/command.ts";

/** `bd supersede`. */
export const command = defineCommand({
  name: "bd supersede",
  summary: "Close a bead because another takes its place",
  description:
    "The other gets an edge `supersedes` to the closed one, and what waited for that waits for the other as well. Again it changes nothing.",
  positionals: [{ name: "bead", summary: "The old one", required: true, completes: "bead" }],
  flags: {
    with: {
      type: "string",
      summary: "The one that takes its place",
      placeholder: "BEAD",
      completes: "bead",
      aliases: ["by"],
    },
  },
  examples: [
    { line: "bd supersede cs-4f --with cs-login", summary: "cs-login takes its place" },
    { line: "bd supersede cs-4f --with cs-login --json", summary: "For a script" },
  ],
  async run(context) {
    const { replaceAndPrint } = await import("../bd_support/replacing.ts");
    await replaceAndPrint(context, { type: "supersedes", flag: "with" });
  },
});
