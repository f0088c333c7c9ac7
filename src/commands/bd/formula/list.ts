import { defineCommand } from "../../../cli/command.ts";

/** `bd formula list`. */
export const command = defineCommand({
  name: "bd formula list",
  summary: "List the molecules: your own and the built-in ones",
  description:
    "Your own are files molecules/NAME.yaml of the repository or the town. Formulas of earlier tools become such files with `gt mol import`.",
  aliases: ["ls"],
  ignored: ["--type="],
  examples: [
    { line: "bd formula list", summary: "What is there" },
    { line: "bd formula list --json", summary: "For a script" },
  ],
  exits: { 1: "the file of one of them is wrong" },
  async run(context) {
    const { command: list } = await import("../../gt/mol/list.ts");
    return await list.run(context);
  },
});
