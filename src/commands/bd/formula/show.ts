import { defineCommand } from "../../../cli/command.ts";

/** `bd formula show`. */
export const command = defineCommand({
  name: "bd formula show",
  summary: "Show a molecule: its steps, variables and where it comes from",
  description: "Everything that it is composed of is in its place. With --source its file as it is written.",
  positionals: [{ name: "molecule", summary: "Its name or file", required: true, completes: "molecule" }],
  flags: { source: { type: "boolean", summary: "Print its file" } },
  examples: [
    { line: "bd formula show worker-work", summary: "The built-in checklist of a worker" },
    { line: "bd formula show worker-work --source > own.yaml", summary: "A beginning for your own" },
  ],
  exits: { 1: "there is no such molecule, or it is wrong" },
  async run(context) {
    const { command: show } = await import("../../gt/mol/show.ts");
    return await show.run(context);
  },
});
