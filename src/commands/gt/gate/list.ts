import { defineCommand } from "../../../cli/command.ts";

/** `gt gate list`. */
export const command = defineCommand({
  name: "gt gate list",
  summary: "List the gates that wait for a person",
  description: "Workflows wait there until somebody approves or rejects. Needs no town.",
  aliases: ["ls"],
  flags: { all: { type: "boolean", short: "a", summary: "Also those that are over" } },
  examples: [
    { line: "gt gate list", summary: "What waits for you" },
    { line: "gt gate list --all --json", summary: "What was decided, and by whom" },
  ],
  async run(context) {
    const { showGates } = await import("../../gt_support/gates.ts");
    showGates(context);
  },
});
