import { defineCommand } from "../../cli/command.ts";

/** `bd duplicate`. */
export const command = defineCommand({
  name: "bd duplicate",
  summary: "Close a bead as a duplicate of another",
  description:
    "The closed bead keeps an edge `duplicates` to the other, and what waited for it waits for the other as well. Again it changes nothing.",
  positionals: [{ name: "bead", summary: "The one that is too many", required: true, completes: "bead" }],
  flags: {
    of: { type: "string", summary: "The one that stays", placeholder: "BEAD", completes: "bead" },
  },
  examples: [
    { line: "bd duplicate cs-4f --of cs-login", summary: "cs-login stays" },
    { line: "bd duplicates", summary: "Which might be duplicates at all" },
  ],
  async run(context) {
    const { replaceAndPrint } = await import("../bd_support/replacing.ts");
    await replaceAndPrint(context, { type: "duplicates", flag: "of" });
  },
});
